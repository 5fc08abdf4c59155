import type { Reply } from "../../route.ts";
import { batchReply, scrambled } from "./batch-reply.ts";
import { invalid, VendorError } from "./vendor-error.ts";
import type { JsonObject } from "./request-parts.ts";
import type { PathVersion } from "./versioned-paths.ts";

/** One input that was found to be in order. */
export interface BatchRow {
  /** Whom it writes to; two rows with one key are refused with the whole batch. */
  readonly key: string | null;
  /** The address it takes, or an empty text. */
  readonly claims: string;
  commit(): { readonly order: number; readonly result: JsonObject };
}

type Attempt =
  | { readonly kind: "row"; readonly input: JsonObject; readonly row: BatchRow }
  | { readonly kind: "refused"; readonly input: JsonObject; readonly vendorError: VendorError };

/**
 * Writes a batch. Where every input carries its own `objectWriteTraceId`, what is in order is written and the
 * rest is told in `errors`; otherwise one bad input refuses them all and nothing is written.
 */
export function batchWrite(
  inputs: readonly JsonObject[],
  status: 200 | 201,
  version: PathVersion,
  at: number,
  prepare: (input: JsonObject) => BatchRow,
): Reply {
  const traced = everyInputIsTraced(inputs);
  const attempts = inputs.map((input) => attempt(input, prepare));
  refuseTwice(attempts);
  const checked = refuseSharedAddresses(attempts);
  if (!traced) {
    const bad = checked.find((each) => each.kind === "refused");
    if (bad?.kind === "refused") throw bad.vendorError;
  }
  const written: { order: number; result: JsonObject }[] = [];
  const vendorErrors: VendorError[] = [];
  for (const each of checked) {
    const trace = each.input["objectWriteTraceId"];
    if (each.kind === "row") {
      const { order, result } = each.row.commit();
      written.push({ order, result: traced ? { ...result, objectWriteTraceId: trace } : result });
    } else {
      vendorErrors.push(withTrace(each.vendorError, String(trace)));
    }
  }
  const results = scrambled(written, ({ order }) => order).map(({ result }) => result);
  return batchReply({ status, version, at, results, vendorErrors });
}

function everyInputIsTraced(inputs: readonly JsonObject[]): boolean {
  const traces = new Set(inputs.map((input) => input["objectWriteTraceId"]));
  return (
    traces.size === inputs.length && [...traces].every((trace) => typeof trace === "string" && trace !== "")
  );
}

function attempt(input: JsonObject, prepare: (input: JsonObject) => BatchRow): Attempt {
  try {
    return { kind: "row", input, row: prepare(input) };
  } catch (error) {
    if (error instanceof VendorError) return { kind: "refused", input, vendorError: error };
    throw error;
  }
}

function refuseTwice(attempts: readonly Attempt[]): void {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const each of attempts) {
    if (each.kind !== "row" || each.row.key === null) continue;
    if (seen.has(each.row.key)) twice.add(each.row.key);
    seen.add(each.row.key);
  }
  if (twice.size === 0) return;
  const ids = [...twice];
  throw invalid(`Duplicate IDs found in batch input: [${ids.join(", ")}]. IDs must be unique`, {
    context: { ids },
  });
}

/** Each row alone was in order; together two of them must not take one address. */
function refuseSharedAddresses(attempts: readonly Attempt[]): readonly Attempt[] {
  const claimed = new Set<string>();
  return attempts.map((each) => {
    if (each.kind !== "row" || each.row.claims === "") return each;
    if (!claimed.has(each.row.claims)) {
      claimed.add(each.row.claims);
      return each;
    }
    const vendorError = invalid(`Another input of this batch already sets email to ${each.row.claims}`);
    return { kind: "refused", input: each.input, vendorError };
  });
}

function withTrace({ status, message, detail }: VendorError, trace: string): VendorError {
  return new VendorError(status, message, {
    ...detail,
    context: { ...detail.context, objectWriteTraceId: [trace] },
  });
}
