import { SENT_TEXT, replaceAddresses } from "./email-addresses.ts";

/**
 * Text of a page, document or file with every address cut to `j…@example.com`: for those who may see that somebody fails,
 * and not who (contract S19). Applied to what is sent, so that no page can forget it.
 */
export function maskAddresses(text: string): string {
  return replaceAddresses(text, SENT_TEXT, ({ first, domain }) => `${first}…@${domain}`);
}
