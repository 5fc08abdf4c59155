declare const normalised: unique symbol;

/** The key of a link: trimmed, NFC, lower case, its domain in ASCII. Two addresses of one mailbox give one key. */
export type EmailKey = string & { readonly [normalised]: true };

/** RFC 5321 § 4.5.3.1.3 leaves 254 characters for an address in a path. */
const LONGEST_ADDRESS = 254;

/** At least two labels, the last beginning with a letter: `localhost` and `127.0.0.1` are nobody's mail domain. */
const MAIL_DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z](?:[a-z0-9-]*[a-z0-9])$/;

/**
 * The key of an address as either system shows it, or `null` where it is none.
 * Plus-tags and dots stay: they are part of the address, and both systems keep them.
 */
export function emailKey(raw: string | null | undefined): EmailKey | null {
  if (raw === null || raw === undefined) return null;
  // NFC last: a lower-case letter may have a composed form that its capital lacks (`J̌`, `ǰ`).
  const address = raw.trim().toLowerCase().normalize("NFC");
  const at = address.indexOf("@");
  if (at < 1 || /[\s<>,;\p{Cc}\p{Cs}]/u.test(address)) return null;
  const domain = asciiDomain(address.slice(at + 1));
  if (domain === null) return null;
  const key = `${address.slice(0, at)}@${domain}`;
  return key.length <= LONGEST_ADDRESS ? (key as EmailKey) : null;
}

/** The domain as the URL parser writes a host; what would be another part of a URL, or be decoded, is no domain. */
function asciiDomain(domain: string): string | null {
  if (/[@/\\?#:%]/.test(domain) || !URL.canParse(`http://${domain}/`)) return null;
  const host = new URL(`http://${domain}/`).host;
  return MAIL_DOMAIN.test(host) ? host : null;
}
