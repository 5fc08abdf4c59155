/**
 * Text with values from outside in it, fit for a terminal: a contact's name may hold what a terminal would obey, or what
 * turns the reading direction round. Such characters are shown by their number; line breaks and tabs
 * stay.
 */
export function plainText(text: string): string {
  return text.replace(STEERING, escaped);
}

/** Control characters, what turns the direction of text, line and paragraph separators, halves of a character. */
const STEERING = /[^\n\t\P{Cc}]|[\p{Bidi_Control}\u2028\u2029\p{Cs}]/gu;

/** As JSON escapes it, so that it reads the same in both kinds of output. */
function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
