import type { Values } from "../model/value.ts";
import { sameValue } from "../model/value.ts";
import type { PlannedOperation } from "../plan/planned.ts";

type PlannedUpdate = Extract<PlannedOperation, { readonly kind: "update" }>;

/**
 * An update without the fields that hold something else than what it was planned on: neither vendor has a conditional
 * write, so this is what keeps the window small in which an edit could be overwritten (CONTRACT.md, Write).
 *
 * @param now what the target holds; undefined where it is gone
 * @returns the very same where nothing moved; `null` where everything did
 */
export function unmovedFields(planned: PlannedUpdate, now: Values | undefined): PlannedUpdate | null {
  const still = Object.entries(planned.fields).filter(([field]) => {
    const value = now !== undefined && Object.hasOwn(now, field) ? now[field] : undefined;
    return value !== undefined && sameValue(value, planned.pre[field] ?? null);
  });
  if (still.length === 0) return null;
  if (still.length === Object.keys(planned.fields).length) return planned;
  return { ...planned, fields: Object.fromEntries(still) };
}
