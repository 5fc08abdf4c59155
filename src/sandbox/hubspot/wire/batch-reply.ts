import type { Reply } from "../../route.ts";
import type { VendorError } from "./vendor-error.ts";
import type { PathVersion } from "./versioned-paths.ts";

/** Result of a batch. */
export interface BatchOutcome {
  /** The code of a batch in which everything went well. */
  readonly status: 200 | 201;
  readonly version: PathVersion;
  readonly at: number;
  readonly results: readonly unknown[];
  readonly vendorErrors: readonly VendorError[];
}

/** The envelope of a batch: 207 where something failed, but in 2026-09, which says so in the envelope alone. */
export function batchReply({ status, version, at, results, vendorErrors }: BatchOutcome): Reply {
  const time = new Date(at).toISOString();
  const envelope = { status: "COMPLETE", results, startedAt: time, completedAt: time };
  if (vendorErrors.length === 0) return { status, body: envelope };
  const errors = vendorErrors.map(
    ({ message, detail: { category = "VALIDATION_ERROR", context, subCategory } }) => ({
      status: "error",
      category,
      message,
      context: context ?? {},
      ...(subCategory === undefined ? {} : { subCategory }),
    }),
  );
  return {
    status: version === "2026-09" ? status : 207,
    body: { ...envelope, numErrors: errors.length, errors },
  };
}

/** A repeatable order that has nothing to do with that of the request: results must be matched, never counted off. */
export function scrambled<T>(items: readonly T[], numberOf: (item: T) => number): readonly T[] {
  const rank = (item: T): number => Math.imul(numberOf(item) % 2_147_483_647, 0x9e3779b1) >>> 0;
  return [...items].sort((one, other) => rank(one) - rank(other));
}
