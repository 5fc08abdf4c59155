import { EMAIL_FIELD } from "../model/mapping.ts";
import type { Values } from "../model/value.ts";

/** Shows a written email address at once, because links are found by it. */
export function addressIn(stored: Values): {
  readonly fields: Values;
  readonly shown: { readonly address?: string | null };
} {
  const address = stored[EMAIL_FIELD.key];
  if (address !== null && typeof address !== "string") return { fields: {}, shown: {} };
  return { fields: { [EMAIL_FIELD.key]: address }, shown: { address } };
}
