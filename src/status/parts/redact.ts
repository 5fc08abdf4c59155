import { replaceAddresses } from "../../words/email-addresses.ts";

/** Keys of both systems, and what stands behind the word Bearer. */
const KEYS = /\b(?:pat-[a-z0-9]+-[\w-]{8,}|pk_[A-Za-z0-9]{8,}|(?:Bearer|Klaviyo-API-Key)\s+\S+)/g;

/** What went over the wire without keys, and without anybody's address but the person's own. */
export function redact(text: string, own: string): string {
  return replaceAddresses(text.replace(KEYS, "(key left out)"), "json", ({ name, domain }) => {
    const address = `${name}@${domain}`;
    return address.toLowerCase() === own.toLowerCase() ? address : "(another's address)";
  });
}
