import type { EmailKey } from "../model/email.ts";

/** What there is of somebody, to be shown before it is removed. */
export interface ToErase {
  /** Every address that is the same person's; theirs goes with it. */
  readonly addresses: readonly string[];
  readonly contacts: number;
}

/** What became of an erasure. */
export type Erased =
  | { readonly kind: "erased"; readonly contacts: number; readonly addresses: number }
  /** A run is under way, and nothing was removed. */
  | { readonly kind: "busy" };

/** Removes what Tandem keeps of a person, as `tandem erase` does. */
export interface Erasing {
  known(email: EmailKey): Promise<ToErase>;
  erase(email: EmailKey): Promise<Erased>;
}
