/**
 * Keys of this installation, each for one purpose, all derived from one secret. None of them is ever stored in the
 * database, so that a copy of the database cannot make what they vouch for.
 */
export interface InstallationKeys {
  /** Tells two keys apart, and nothing about either. */
  readonly id: string;
  /** For saved plans and undos. */
  readonly files: Uint8Array;
  /** For the consent ledger. */
  readonly consent: Uint8Array;
  /** For pseudonyms of people on pages that mask them. */
  readonly viewers: Uint8Array;
  /** For the audit. */
  readonly audit: Uint8Array;
}
