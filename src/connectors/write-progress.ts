import type { Operation } from "../model/operation.ts";
import { SystemUnavailable } from "../model/problem.ts";
import type { WriteAnswer, WriteResult } from "./connector.ts";

type Traced = Pick<Operation, "traceId">;

/** One request of a `write`, with all its attempts. */
export interface WriteRequest {
  /** An attempt with these goes now: nobody knows of them until its answer comes. */
  goes(operations: readonly Traced[]): void;
  /** No attempt so far did anything. What an earlier request may have done stays unknown. */
  didNothing(): void;
}

/** What is known of each operation of one call of `write`: nothing is done before a request with it goes. */
export interface WriteProgress {
  request(): WriteRequest;
  settle(operation: Traced, result: WriteResult): void;
  resultOf(operation: Traced): WriteResult;
  /**
   * @param stoppedBy what was thrown; `null` where all were tried
   * @throws `stoppedBy` where it is neither an outage nor the signal: a bug
   */
  answer(operations: readonly Traced[], stoppedBy: { readonly reason: unknown } | null): WriteAnswer;
}

export function writeProgress(signal: AbortSignal): WriteProgress {
  const results = new Map<string, WriteResult>();
  const resultOf = ({ traceId }: Traced): WriteResult => results.get(traceId) ?? { outcome: "not_sent" };
  return {
    request() {
      const own = new Set<string>();
      return {
        goes(operations) {
          for (const operation of operations) {
            if (resultOf(operation).outcome !== "not_sent") continue;
            results.set(operation.traceId, { outcome: "unknown" });
            own.add(operation.traceId);
          }
        },
        didNothing() {
          for (const traceId of own) if (results.get(traceId)?.outcome === "unknown") results.delete(traceId);
          own.clear();
        },
      };
    },
    settle: ({ traceId }, result) => void results.set(traceId, result),
    resultOf,
    answer(operations, stoppedBy) {
      const isStop = stoppedBy?.reason instanceof SystemUnavailable || signal.aborted;
      if (stoppedBy !== null && !isStop) throw stoppedBy.reason;
      return { results: operations.map(resultOf), stoppedBy };
    },
  };
}
