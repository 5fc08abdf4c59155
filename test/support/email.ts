import type { EmailKey } from "../../src/model/email.ts";
import { emailKey } from "../../src/model/email.ts";

/** The key of an email address that a test made up. */
export function key(address: string): EmailKey {
  const made = emailKey(address);
  if (made === null) throw new Error(`${address} is no email address`);
  return made;
}
