/** Digits with what people write between them. */
const RUN = /[+(]?\d[\d ()\-./\u00a0]*/gu;
const DATE = /(?<!\d)(\d{4}-\d\d-\d\d)(?!\d)/;
/** E.164 has at most 15 digits; what is shorter than seven calls nobody from outside. */
const FEWEST = 7;
const MOST = 15;
const SHOWN = 2;
const QUOTES = "\"'“”‘’";

/**
 * A text with its phone numbers cut to their last two digits: numbers with a plus sign, numbers that are written in
 * groups, and bare digits in quotes. Ids, counts, dates and times are no phone numbers.
 */
export function maskPhones(text: string): string {
  return text.replaceAll(RUN, (run, at: number) => {
    let from = at;
    return run
      .split(DATE)
      .map((part, place) => {
        // Between two parts stands a date.
        const own =
          place % 2 === 1 ? part : maskPart(part, text.charAt(from - 1), text.charAt(from + part.length));
        from += part.length;
        return own;
      })
      .join("");
  });
}

/** The value of a phone field, however it is written. */
export function maskPhone(value: string): string {
  const digits = value.replaceAll(/\D/g, "");
  return digits.length < FEWEST ? "…" : `…${digits.slice(-SHOWN)}`;
}

/** Is it the field of a phone number, by its key (`hubspot:klaviyo:type`) or the name of a property? */
export function isPhoneField(field: string): boolean {
  return /phone|mobile|fax/i.test(field);
}

function maskPart(whole: string, before: string, after: string): string {
  const lead = whole.slice(0, Math.max(0, whole.search(/[+(\d]/)));
  if (lead !== "") return lead + maskPart(whole.slice(lead.length), lead.slice(-1), after);
  return maskNumber(whole, before, after);
}

function maskNumber(part: string, before: string, after: string): string {
  const [number = ""] = /^[+(]?\d(?:.*\d)?/s.exec(part) ?? [];
  const digits = number.replaceAll(/\D/g, "");
  const next = part.length > number.length ? part.charAt(number.length) : after;
  if (digits.length < FEWEST || digits.length > MOST || /[\p{L}\p{N}_]/u.test(next)) return part;
  if (!number.startsWith("+") && /[\p{L}\p{N}_/.=#&?%-]/u.test(before)) return part;
  if (number === digits && !(QUOTES.includes(before) && before !== "" && QUOTES.includes(next))) return part;
  // A decimal number, or the address of a machine.
  if (/^\d+\.\d+$/.test(number) || /^\d{1,3}(?:\.\d{1,3}){3}$/.test(number)) return part;
  return `…${digits.slice(-SHOWN)}${part.slice(number.length)}`;
}
