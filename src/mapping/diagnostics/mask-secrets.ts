/**
 * Klaviyo's private keys (`pk_…`), HubSpot's tokens (`pat-…`), and what no name or id of either system looks like but
 * keys do: UUIDs and 32 or more hexadecimal digits.
 */
const KEY =
  /(?<![A-Za-z0-9])(?:[ps]k_[\w-]{6,}|pat-[\w-]{6,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32,})/gi;

/** A value written straight after a key that names a secret; `{`, `&`, `*` begin a reference instead. */
const SECRET_PAIR =
  /((?:token|secret|password|passwd|api_?key|private_?key|access_?key|webhook|smtp|(?<![A-Za-z_])url|routing_?key|authorization)["']?[ \t]*:[ \t]+)(?![{&*#[\s|>])([^,}#\n]*[^,}#\s])/gi;

/** The line above ends with such a key, so that this line is its value. */
const OPEN_SECRET =
  /(?:token|secret|password|api_?key|private_?key|webhook|smtp|(?<![A-Za-z_])url|routing_?key)["']?[ \t]*:[ \t]*(?:[|>][-+\d]*[ \t]*)?$/i;

/** May this text be a key itself? Then it is shown to nobody. */
export function looksLikeKey(text: string): boolean {
  return text.search(KEY) !== -1;
}

/** The same text with everything that looks like a key as stars, of the same length so that carets still point right. */
export function maskSecrets(text: string): string {
  return text.replace(KEY, stars);
}

/** A line of a mapping file, fit to be printed. */
export function maskLine(line: string, lineAbove: string): string {
  const masked = maskSecrets(
    line.replace(SECRET_PAIR, (_all, key: string, value: string) => key + stars(value)),
  );
  if (!OPEN_SECRET.test(lineAbove) || /^\s*(?:[\w-]+\s*:(?:\s|$)|-\s|\{|#|$)/.test(line)) return masked;
  return masked.replace(/\S[^]*/, stars);
}

function stars(found: string): string {
  return "*".repeat(found.length);
}
