/** What may stand before the `@`: anything but what ends an attribute, a word or a JSON string; entities are one sign. */
const ADDRESS =
  /((?:&#\d+;|[^\s<>"'`=(),;:@&\\/])(?:&#\d+;|[^\s<>"'`=(),;:@&\\/])*)@([^\s<>"'`(),;:@&?\\/]+\.[^\s<>"'`(),;:@&?\\/]+)/gu;
const FIRST = /^(?:&#\d+;|.)/u;

/**
 * Text of a page, document or file with every address cut to `j…@example.com`: for those who may see that somebody fails,
 * and not who (contract S19). Applied to what is sent, so that no page can forget it.
 */
export function maskAddresses(text: string): string {
  return text.replace(
    ADDRESS,
    (_all, name: string, domain: string) => `${FIRST.exec(name)?.[0] ?? ""}…@${domain}`,
  );
}
