import { mayBeDone } from "../problems/failure-kinds.ts";
import { chunks } from "../../../model/chunks.ts";
import { CallFailed } from "../problems/failure.ts";
import type { VendorError } from "../wire/parse.ts";
import { SystemUnavailable } from "../../../model/problem.ts";

/** What became of one item. `id` is the system's own, where the answer tells one. */
export type Verdict =
  | { readonly kind: "done"; readonly id: string | null }
  | { readonly kind: "refused"; readonly status: number; readonly error: VendorError }
  | { readonly kind: "unknown" };

/** What an answer says of a batch that was not refused whole. */
export interface Taken {
  /** Ids by the items' keys; `"all"` where the answer has no place for some. */
  readonly done: "all" | ReadonlyMap<string, string>;
  readonly errors: readonly VendorError[];
}

export interface Sender<T> {
  readonly size: number;
  readonly keyOf: (item: T) => string;
  /** Does an error of a partly taken batch speak of this item? */
  readonly blames: (error: VendorError, item: T) => boolean;
  /** Rejects with `CallFailed` as `Calls.write` does. */
  readonly send: (batch: readonly T[]) => Promise<Taken>;
  /** 409 says that the item is there already; of a batch, that one of them is and none was taken. */
  readonly conflictIsDone: boolean;
}

/** So many items that are refused one by one, in the same words, and none that is taken: it is not about them. */
const SAME_WORDS = 4;
const LOCKED = 423;

/**
 * Sends items in batches. A batch that is refused whole is halved until the one to blame stands alone, so that one bad
 * item spoils no other. The whole side being out is thrown only where nothing was answered yet: what was answered counts,
 * and the rest is unknown.
 */
export async function sendInBatches<T>(
  items: readonly T[],
  sender: Sender<T>,
): Promise<ReadonlyMap<T, Verdict>> {
  const verdicts = new Map<T, Verdict>();
  const queue = chunks(items, sender.size).map((batch) => batch);
  const rejections = new Map<string, number>();
  let anyDone = false;

  const judge = (item: T, verdict: Verdict): void => {
    verdicts.set(item, verdict);
    if (verdict.kind === "done") anyDone = true;
    if (verdict.kind === "refused") {
      const words = wordsOf(verdict);
      rejections.set(words, (rejections.get(words) ?? 0) + 1);
    }
  };
  const isAboutAll = (rejection: Extract<Verdict, { kind: "refused" }>): boolean =>
    !anyDone && (rejections.get(wordsOf(rejection)) ?? 0) >= SAME_WORDS;

  const refusedWhole = (batch: readonly T[], status: number, error: VendorError): void => {
    const verdict = { kind: "refused", status, error } as const;
    const [only] = batch;
    if (status === 409 && sender.conflictIsDone) {
      if (batch.length > 1) queue.unshift(...batch.map((item) => [item]));
      else if (only !== undefined) judge(only, { kind: "done", id: null });
    } else if (batch.length === 1 || status === LOCKED || isAboutAll(verdict)) {
      for (const item of batch) judge(item, verdict);
    } else queue.unshift(...halves(batch));
  };

  const settle = (batch: readonly T[], { done, errors }: Taken): void => {
    const open: T[] = [];
    for (const item of batch) {
      const id = done === "all" ? null : done.get(sender.keyOf(item));
      const error = errors.find((each) => sender.blames(each, item));
      if (id !== undefined) judge(item, { kind: "done", id });
      else if (error !== undefined) judge(item, { kind: "refused", status: statusOf(error), error });
      else open.push(item);
    }
    const anonymous = errors.find((error) => !batch.some((item) => sender.blames(error, item)));
    if (open.length === 0) return;
    // In neither part of the answer: only asking again can tell.
    if (anonymous === undefined) for (const item of open) judge(item, { kind: "unknown" });
    else refusedWhole(open, statusOf(anonymous), anonymous);
  };

  for (let batch = queue.shift(); batch !== undefined; batch = queue.shift()) {
    try {
      settle(batch, await sender.send(batch));
    } catch (error) {
      if (error instanceof SystemUnavailable && verdicts.size > 0) break;
      if (!(error instanceof CallFailed)) throw error;
      const { failure } = error;
      if (failure.kind === "answered" && !mayBeDone(failure)) {
        refusedWhole(batch, failure.status, failure.error);
      } else for (const item of batch) judge(item, { kind: "unknown" });
    }
  }
  return new Map(items.map((item) => [item, verdicts.get(item) ?? { kind: "unknown" }]));
}

function halves<T>(batch: readonly T[]): readonly (readonly T[])[] {
  const middle = Math.ceil(batch.length / 2);
  return [batch.slice(0, middle), batch.slice(middle)];
}

const wordsOf = ({ status, error }: Extract<Verdict, { kind: "refused" }>): string =>
  `${status} ${error.category ?? ""} ${error.message ?? ""}`;

/** An item's error has no status. */
function statusOf({ category }: VendorError): number {
  if (category === "CONFLICT") return 409;
  return category === "OBJECT_NOT_FOUND" ? 404 : 400;
}
