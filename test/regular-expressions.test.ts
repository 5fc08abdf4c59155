import { Script, createContext } from "node:vm";
import { expect, test } from "vitest";
import type { KnownPattern } from "./support/patterns.ts";
import { patternsOfSource } from "./support/patterns.ts";
import type { Pattern } from "./support/worst-inputs.ts";
import { worstInputs } from "./support/worst-inputs.ts";

/** The largest form a page takes. */
const SIZE = 64 * 1_024;
const LONGEST_MS = 50;
/** A first look at so much text tells which inputs are worth the whole: what is quadratic takes a hundredth of it. */
const SHORT = SIZE / 10;
const SUSPICIOUS_MS = LONGEST_MS / 200;
/** On a busy machine a process may be left out for longer than a pattern may take: the fastest of so many counts. */
const TRIES = 4;
/** A pattern that has not read all of its worst inputs by then never will. */
const ENOUGH_MS = 20_000;

/** Makes patterns out of words that are escaped, or of a date pattern with parts of a fixed length. */
const MADE_BY_HAND = ["sandbox/hubspot/search/search-match.ts", "values/date-pattern.ts"];

const { literals, made } = patternsOfSource();
/** The rehearsal servers listen on this machine alone, and only Tandem asks them. */
const foreign = literals.filter(({ path }) => !path.startsWith("sandbox/"));
const rooms = [...new Set(foreign.map(({ path }) => path.split("/")[0] ?? ""))];

/** Runs the work of this process for so long at most, even where a regular expression never ends. */
function within(work: () => void, milliseconds: number): boolean {
  try {
    new Script("work()").runInContext(createContext({ work }), { timeout: milliseconds });
    return true;
  } catch (error) {
    // Thrown in the context, so it is no Error of ours.
    if (Reflect.get(Object(error), "code") === "ERR_SCRIPT_EXECUTION_TIMEOUT") return false;
    throw error;
  }
}

/** The first of a pattern's worst inputs that takes too long; `null` where none does. */
function tooSlow({ source, flags }: Pattern, enoughMs = ENOUGH_MS): string | null {
  // Every match is asked for, whether or not the code asks for one only.
  const pattern = new RegExp(source, flags.includes("g") ? flags : `${flags}g`);
  let input = "";
  let slow: string | null = null;
  const shown = () => JSON.stringify(`${input.slice(0, 40)}…${input.slice(-5)}`);
  const work = () => {
    for (const shaped of worstInputs({ source, flags })) {
      input = shaped(SHORT);
      if (fastest(pattern, input, SUSPICIOUS_MS) < SUSPICIOUS_MS) continue;
      input = shaped(SIZE);
      const ms = fastest(pattern, input, LONGEST_MS);
      if (ms < LONGEST_MS) continue;
      slow = `${Math.round(ms)} ms for ${shown()}`;
      return;
    }
  };
  return within(work, enoughMs) ? slow : `no end with ${shown()}`;
}

function fastest(pattern: RegExp, input: string, enough: number): number {
  let ms = Infinity;
  for (let tried = 0; tried < TRIES && ms > enough; tried += 1) {
    const begun = performance.now();
    input.replace(pattern, "");
    ms = Math.min(ms, performance.now() - begun);
  }
  return ms;
}

/** Without a part that repeats without an end, a pattern looks at each place so many times and no more. */
const repeats = ({ source }: Pattern) => /[*+]|\{\d+,\}/.test(source);

const named = ({ path, source, flags }: KnownPattern) => `${path} /${source}/${flags}`;

test.each(rooms)("every regular expression of %s reads 64 kB of its worst text in under 50 ms", (room) => {
  const slow = foreign
    .filter(({ path }) => path.startsWith(`${room}/`))
    .filter(repeats)
    .flatMap((pattern) => {
      const found = tooSlow(pattern);
      return found === null ? [] : [`${named(pattern)}: ${found}`];
    });
  expect(slow).toEqual([]);
});

test("a regular expression is made of a string in two places only", () =>
  expect(made.toSorted()).toEqual(MADE_BY_HAND));

test.each([
  { source: "[^\\s@]+@", flags: "u" },
  { source: "^\\s*\\(?\\s*\\+", flags: "" },
  { source: "^(?:a+)+$", flags: "" },
  { source: "<b>.*</b>", flags: "s" },
])("a slow one is found: /$source/$flags", (pattern) => expect(tooSlow(pattern, 2_000)).not.toBeNull());
