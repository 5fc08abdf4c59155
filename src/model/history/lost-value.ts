import type { Side } from "../side.ts";
import type { Value } from "../value.ts";

/** A value that a person set and that does not stand, kept so that it can be put back. */
export interface LostValue {
  /** `written_over`: it was set after the last reading, and found in the history only afterwards. */
  readonly kind: "changed_on_both" | "first_sync" | "target_edited" | "written_over";
  readonly winner: Side;
  readonly won: Value;
  readonly lost: Value;
}
