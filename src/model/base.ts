import type { PerSide } from "./side.ts";
import type { Value } from "./value.ts";

/**
 * What each side held of one field at the last agreement. One value per side, because a system may store what it was
 * sent in its own form; compared with that form, its own normalising never looks like an edit.
 */
export interface FieldBase extends PerSide<Value> {
  /**
   * True while this side was written by a call that does not tell what it stored (an import job): the first value seen
   * that differs only in ways systems normalise is taken over as the base instead of as a person's edit.
   */
  readonly settling?: PerSide<boolean>;
}

/** By `FieldRule.key`. A field without an entry was never agreed on: it starts from empty. */
export type Base = Readonly<Record<string, FieldBase>>;

/** Where no agreement was yet, both sides count as having been empty, so that an empty field never looks like a clear. */
export const NO_AGREEMENT: FieldBase = { hubspot: null, klaviyo: null };
