import { withoutQuery } from "../../../model/clicked-link.ts";
import type { Engagement } from "../../../model/engagement.ts";

/** One line of a note: one thing that somebody did, with how often. */
export interface NoteLine {
  /** What was done, without when and how often: what two lines of one thing have in common. */
  readonly thing: string;
  /** `2026-11-02 08:00`, UTC; `null` where a person wrote the line. */
  readonly first: string | null;
  readonly last: string | null;
  readonly times: number;
  readonly byBot: boolean;
  /** The line as it is written, without the tags around it. */
  readonly html: string;
  readonly isLink: boolean;
}

/** A note as HubSpot has it. */
export interface NoteSeen {
  readonly body: string;
  /** Milliseconds. */
  readonly at: number;
}

/** A note's text around its list, and the lines in it. */
export interface NoteParts {
  readonly before: string;
  readonly after: string;
  readonly lines: readonly NoteLine[];
  /** As many lines it says it left out. */
  readonly hidden: number;
}

/** To the minute, as a line has it. */
export const minuteOf = ({ at }: Pick<Engagement, "at">): string => `${at.slice(0, 10)} ${at.slice(11, 16)}`;

const WRITTEN =
  /^(\d{4}-\d\d-\d\d \d\d:\d\d) UTC – (.*?)(?: \((\d+) times, last (\d{4}-\d\d-\d\d \d\d:\d\d) UTC\))?(, probably by a bot)?$/s;
const REST = /^and ([\d,]+) more( links?)?$/;

/** Puts a line into words. `html` says what was done. */
export function lineOf(
  html: string,
  { first, last, times, byBot }: Pick<NoteLine, "times" | "byBot"> & Record<"first" | "last", string>,
): NoteLine {
  const often = times === 1 ? "" : ` (${times} times, last ${last} UTC)`;
  const bot = byBot ? ", probably by a bot" : "";
  const isLink = html.includes("<a ");
  const whole = `${first} UTC – ${html}${often}${bot}`;
  return { thing: thingOf(html), first, last, times, byBot, html: whole, isLink };
}

/**
 * Takes a note apart: its list is the one with lines of ours. HubSpot and people may have changed everything else, which
 * stays as it is. `null` where no such list is left.
 */
export function noteParts(body: string): NoteParts | null {
  for (const { begin, inner } of elementsIn(body, LIST_OPENS, /<\/ul>/gi)) {
    const items = [...elementsIn(inner, ITEM_OPENS, /<\/li>/gi)].map((item) => item.inner.trim());
    const lines = items.map(readLine);
    if (!lines.some((line) => line.first !== null)) continue;
    const rest = items.map((html) => REST.exec(plainText(html))?.[1]?.replaceAll(",", ""));
    return {
      before: body.slice(0, begin),
      after: body.slice(begin + inner.length),
      lines: lines.filter((_line, place) => rest[place] === undefined),
      hidden: rest.reduce((sum, count) => sum + Number(count ?? 0), 0),
    };
  }
  return null;
}

const LIST_OPENS = /<ul\b[^<>]*>/gi;
const ITEM_OPENS = /<li\b[^<>]*>/gi;

/**
 * The elements that begin with such a tag, with where their content begins. A pattern for the whole of one would look for
 * its end from each beginning again, which takes minutes in a long note without one.
 */
function* elementsIn(
  html: string,
  opens: RegExp,
  closes: RegExp,
): Generator<{ readonly begin: number; readonly inner: string }> {
  let end = 0;
  for (const open of html.matchAll(opens)) {
    if (open.index < end) continue;
    const begin = open.index + open[0].length;
    closes.lastIndex = begin;
    const close = closes.exec(html);
    if (close === null) return;
    end = close.index;
    yield { begin, inner: html.slice(begin, end) };
  }
}

function readLine(html: string): NoteLine {
  const written = WRITTEN.exec(plainText(html));
  const isLink = html.includes("<a ");
  if (written === null)
    return { thing: thingOf(html), first: null, last: null, times: 1, byBot: false, html, isLink };
  const [, first = "", , times, last = first, bot] = written;
  const [, , what = ""] = WRITTEN.exec(plainText(html.replaceAll(ANCHOR, ""))) ?? written;
  const thing = [what, ...linksIn(html)].join(" ");
  return { thing, first, last, times: Number(times ?? 1), byBot: bot !== undefined, html, isLink };
}

/**
 * The lines of a note, with those that are known now. What only the note says stays: the database may have been lost
 * since, or the events be older than what was read. A thing that both know is one line, from its first time to its last.
 *
 * @param known with the minutes at which it was done, and its words
 */
export function joinLines(
  present: readonly NoteLine[],
  known: readonly (NoteLine & { readonly minutes: readonly string[]; readonly words: string })[],
): readonly NoteLine[] {
  const own = new Map(known.map((line) => [line.thing, line]));
  const before = new Set(present.map(({ thing }) => thing));
  const joined = oneOfEach(present, own).map((line) => {
    const now = own.get(line.thing);
    const { first, last } = line;
    if (now === undefined || first === null || last === null) return line;
    const outside = now.minutes.filter((minute) => minute < first || minute > last).length;
    return lineOf(now.words, {
      first: earlier(first, now.first),
      last: later(last, now.last),
      times: Math.max(now.times, line.times + outside),
      byBot: line.byBot && now.byBot,
    });
  });
  // What a person added has no time, and stays behind what has one.
  return [...joined, ...known.filter(({ thing }) => !before.has(thing))].toSorted((one, other) =>
    (one.first ?? "~") < (other.first ?? "~") ? -1 : (one.first ?? "~") > (other.first ?? "~") ? 1 : 0,
  );
}

/** Lines of two links that differ only in a query string are one line now, where Tandem writes it again. */
function oneOfEach(present: readonly NoteLine[], known: ReadonlyMap<string, unknown>): readonly NoteLine[] {
  const lines = new Map<string | NoteLine, NoteLine>();
  for (const line of present) {
    const { thing, first, last, times, byBot } = line;
    const key = first !== null && known.has(thing) ? thing : line;
    const other = lines.get(key);
    if (other === undefined || other.first === null || other.last === null || first === null) {
      lines.set(key, line);
      continue;
    }
    lines.set(key, {
      ...other,
      first: earlier(other.first, first),
      last: later(other.last, last),
      times: other.times + times,
      byBot: other.byBot && byBot,
    });
  }
  return [...lines.values()];
}

const earlier = (one: string, other: string | null): string => (other !== null && other < one ? other : one);
const later = (one: string, other: string | null): string => (other !== null && other > one ? other : one);

/** A link counts by where it leads, without the query string that older notes have. */
function thingOf(html: string): string {
  return [plainText(html.replaceAll(ANCHOR, "")), ...linksIn(html)].join(" ");
}

const ANCHOR = /<a [^<>]*>[^<>]*<\/a>/gi;

function linksIn(html: string): readonly string[] {
  return [...html.matchAll(/\bhref="([^"]*)"/gi)].map(([, href = ""]) => withoutQuery(decoded(href)));
}

/** What a person reads of it. */
function plainText(html: string): string {
  return decoded(html.replaceAll(/<[^<>]*>/g, ""))
    .replaceAll(/\s+/g, " ")
    .trim();
}

const NAMED: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: " ",
  ndash: "–",
};

/** HubSpot may write a sign as itself, by its name or by its number. */
function decoded(text: string): string {
  return text.replaceAll(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(\w+));/gi, (whole, decimal, hex, name) => {
    const code = decimal ? Number(decimal) : hex ? Number.parseInt(String(hex), 16) : null;
    if (code === null) return NAMED[String(name).toLowerCase()] ?? whole;
    return code <= 0x10_ff_ff ? String.fromCodePoint(code) : whole;
  });
}
