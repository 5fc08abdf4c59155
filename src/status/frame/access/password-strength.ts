import { readFileSync } from "node:fs";

/** Shorter ones are found by trying. */
const SHORTEST_PASSWORD = 12;
/** The sign-in form takes no longer ones. */
const LONGEST_PASSWORD = 1_000;
/** Four letters again and again are as good as four. */
const LONGEST_UNIT = 4;

let common: ReadonlySet<string> | null = null;

/**
 * Why a password must not be used, as the end of a sentence that begins with its name; `null` where it may. Checks its
 * length, and a list of passwords that were breached often (OWASP ASVS 6.2.4).
 */
export function passwordProblem(password: string): string | null {
  const signs = Array.from(password.normalize("NFKC"));
  if (signs.length < SHORTEST_PASSWORD) return `is shorter than ${SHORTEST_PASSWORD} characters`;
  if (password.length > LONGEST_PASSWORD) return `is longer than ${LONGEST_PASSWORD} characters`;
  if (/^\d+$/.test(password)) return "has digits only";
  if (isRepeated(signs)) return "repeats a few characters";
  const word = signs.join("").toLowerCase();
  common ??= readCommon();
  if (common.has(word) || common.has(stemOf(word)))
    return "is one that is breached often, or such a one with digits";
  return null;
}

/** The word without the digits and signs that people add to make it longer. */
function stemOf(word: string): string {
  const isLetter = (sign: string): boolean => /^\p{L}$/u.test(sign);
  const signs = Array.from(word);
  const first = signs.findIndex(isLetter);
  return signs.slice(Math.max(first, 0), signs.findLastIndex(isLetter) + 1).join("");
}

function isRepeated(signs: readonly string[]): boolean {
  return Array.from({ length: LONGEST_UNIT }, (_, index) => index + 1).some((length) =>
    signs.every((sign, index) => sign === signs[index % length]),
  );
}

function readCommon(): ReadonlySet<string> {
  const text = readFileSync(new URL("common-passwords.txt", import.meta.url), "utf8");
  return new Set(text.split("\n").filter((line) => line !== "" && !line.startsWith("#")));
}
