import { clip } from "../../../model/clip.ts";
import { counted, grouped } from "../../../model/count-words.ts";
import type { Engagement } from "../../../model/engagement.ts";
import { storableText } from "../../../model/value.ts";
import type { EntryGroup, TimelineEntry } from "../../engagement-port.ts";
import { whatHappened } from "./entry-words.ts";
import type { NoteLine, NoteParts, NoteSeen } from "./note-lines.ts";
import { joinLines, lineOf, minuteOf, noteParts } from "./note-lines.ts";
import { isMarked, noteReference } from "./note-reference.ts";

/** The text of a note, and when the last of it happened (ISO, UTC). */
export interface NoteText {
  readonly body: string;
  readonly at: string;
}

/**
 * HubSpot takes 65,536 characters and does not say what it counts: bytes are never fewer than characters, so a note
 * within so many bytes is within every reading of the rule.
 */
const LONGEST_NOTE = 65_536;
/** A person reads a screen of it. */
const MOST_LINES = 60;
const LONGEST_WORD = 300;
/** A browser follows no longer link; cut off it would lead elsewhere, so a longer one is text. */
const LONGEST_LINK = 2_000;

/** Of the line that says how many are left out; how long that is depends on what fits. */
const ROOM_FOR_REST = 64;

/**
 * All that one contact did with one message, in the order in which it began, the same thing once with how often. Links
 * of a cleaned address only, everything else is text.
 *
 * @param present the note as HubSpot has it now, where there is one: whatever stands in it and is not known here stays
 */
export function noteText({ fresh, shown, contact }: EntryGroup, present: NoteSeen | null): NoteText {
  const entries = distinct([...shown, ...fresh]).toSorted((one, other) =>
    one.engagement.at < other.engagement.at ? -1 : 1,
  );
  const things = new Map<string, Engagement[]>();
  for (const { engagement } of entries) {
    const thing = JSON.stringify([whatHappened(engagement), engagement.url, engagement.detail]);
    things.set(thing, [...(things.get(thing) ?? []), engagement]);
  }
  const known = [...things.values()].flatMap(knownLine);
  const newest = entries.at(-1)?.engagement;
  // HubSpot strips styles from a note's preview, so this has to read well without one.
  const reference = noteReference({ fresh, shown }, contact);
  const foot = `<p style="font-size:11px;color:#7c98b6">Synced from Klaviyo. Ref ${reference}</p>`;
  const parts = partsOf(present, `<div>${headOf(newest)}<ul>`, foot);
  const { before, after, lines } = parts;
  const old = new Set(lines.map(({ thing }) => thing));
  // Of the lines that the note left out, those that are not among the known ones.
  const told = known.filter((one) => !old.has(one.thing) && one.begun <= (present?.at ?? 0)).length;
  const hidden = Math.max(0, parts.hidden - told);
  const room = LONGEST_NOTE - bytes(before) - bytes(after);
  const items = itemsWithin(room, joinLines(lines, known), hidden);
  const at = newest === undefined ? 0 : Date.parse(newest.at);
  const isLater = newest === undefined || (present !== null && present.at > at);
  return {
    body: before + items.join("") + after,
    at: isLater ? new Date(present?.at ?? 0).toISOString() : newest.at,
  };
}

/** A note's text around the list of what happened, and the lines that it has already. */
function partsOf(present: NoteSeen | null, before: string, foot: string): NoteParts {
  if (present === null) return { before, after: `</ul>${foot}</div>`, lines: [], hidden: 0 };
  const marked = isMarked(present.body) ? "" : foot;
  const parts = noteParts(present.body);
  if (parts !== null) return { ...parts, after: parts.after + marked };
  // Somebody rewrote all of it: what they wrote stays, and what is known goes below.
  return { before: `${present.body}<ul>`, after: `</ul>${marked}`, lines: [], hidden: 0 };
}

/** The line that a salesperson sees first, as HTML. */
export function noteTitle({ messageName, subject }: Pick<Engagement, "messageName" | "subject">): string {
  return encoded(`Klaviyo: ${clip(messageName ?? subject ?? "message", LONGEST_WORD)}`);
}

/** The lines that fit, in their order. What says what happened goes before one link more. */
function itemsWithin(room: number, lines: readonly NoteLine[], hidden: number): readonly string[] {
  const items = lines.map(({ html, isLink }) => ({ isLink, html: `<li>${html}</li>` }));
  let left = room - ROOM_FOR_REST;
  const kept = new Set<(typeof items)[number]>();
  const inTurn = [...items.filter(({ isLink }) => !isLink), ...items.filter(({ isLink }) => isLink)];
  for (const item of inTurn) {
    const size = bytes(item.html);
    if (kept.size === MOST_LINES || size > left) continue;
    kept.add(item);
    left -= size;
  }
  const out = items.filter((item) => !kept.has(item));
  const last = out.length + hidden === 0 ? [] : [restOf(out, hidden)];
  return [...items.filter((item) => kept.has(item)).map(({ html }) => html), ...last];
}

/** Of what is `hidden` nobody knows any more what it was; only links are left out before anything else. */
function restOf(out: readonly Pick<NoteLine, "isLink">[], hidden: number): string {
  const onlyLinks = out.every(({ isLink }) => isLink);
  const count = out.length + hidden;
  return `<li>and ${onlyLinks ? counted(count, "more link") : `${grouped(count)} more`}</li>`;
}

function distinct(entries: readonly TimelineEntry[]): readonly TimelineEntry[] {
  return [...new Map(entries.map((entry) => [entry.id, entry])).values()];
}

function headOf(newest: Engagement | undefined): string {
  if (newest === undefined) return "";
  const { messageName, subject, source, channel } = newest;
  const of = source.kind === "unknown" || source.name === null ? null : `${source.kind} ${source.name}`;
  const facts = [
    channel === "email" ? "Email" : "Text message",
    messageName === source.name ? of?.split(" ", 1)[0] : of,
    subject === null ? null : `subject: ${subject}`,
  ];
  const told = facts.flatMap((fact) => (fact === null || fact === undefined ? [] : [escaped(fact)]));
  return `<p><strong>${noteTitle({ messageName, subject })}</strong></p><p>${told.join(", ")}</p>`;
}

interface KnownLine extends NoteLine {
  /** Milliseconds. */
  readonly begun: number;
  readonly minutes: readonly string[];
  readonly words: string;
}

function knownLine(same: readonly Engagement[]): readonly KnownLine[] {
  const [first] = same;
  const last = same.at(-1);
  if (first === undefined || last === undefined) return [];
  const link = first.url === null ? "" : `: ${linkTo(first.url)}`;
  const detail = first.detail === null ? "" : `: ${escaped(first.detail)}`;
  const words = `${escaped(whatHappened(first))}${link}${detail}`;
  const byBot = same.every(({ byMachine }) => byMachine);
  const when = { first: minuteOf(first), last: minuteOf(last), times: same.length, byBot };
  const line = lineOf(words, when);
  // A link that is text, because it is too long to be one, is left out like the others.
  const isLink = first.url !== null;
  return [{ ...line, isLink, words, begun: Date.parse(first.at), minutes: same.map(minuteOf) }];
}

function linkTo(url: string): string {
  const whole = storableText(url);
  return whole.length > LONGEST_LINK ? escaped(url) : `<a href="${encoded(whole)}">${escaped(url)}</a>`;
}

const bytes = (text: string): number => Buffer.byteLength(text, "utf8");

const SIGNS: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function encoded(text: string): string {
  return text.replaceAll(/[&<>"']/g, (sign) => SIGNS[sign] ?? sign);
}

function escaped(text: string): string {
  return encoded(clip(text, LONGEST_WORD));
}
