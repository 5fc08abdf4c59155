import { clip } from "../../../model/clip.ts";
import { counted } from "../../../model/count-words.ts";
import type { Engagement } from "../../../model/engagement.ts";
import { storableText } from "../../../model/value.ts";
import type { EntryGroup, TimelineEntry } from "../../engagement-port.ts";
import { whatHappened } from "./entry-words.ts";
import { noteReference } from "./note-reference.ts";

/** The text of a note, and when the last of it happened (ISO, UTC). */
export interface NoteText {
  readonly body: string;
  readonly at: string;
}

/**
 * HubSpot takes 65,536 characters and does not say what it counts: bytes are never fewer than characters, so a note
 * within so many bytes is within every reading of the rule.
 */
export const LONGEST_NOTE = 65_536;
/** A person reads a screen of it. */
const MOST_LINES = 60;
const LONGEST_WORD = 300;
/** A browser follows no longer link; cut off it would lead elsewhere, so a longer one is text. */
const LONGEST_LINK = 2_000;

/** Of the line that says how many are left out; how long that is depends on what fits. */
const ROOM_FOR_REST = 64;

/** One line of a note. */
interface Line {
  readonly html: string;
  readonly isLink: boolean;
}

/**
 * All that one contact did with one message, in the order in which it began, the same thing once with how often. Links
 * of a cleaned address only, everything else is text.
 */
export function noteText({ fresh, shown, contact }: EntryGroup): NoteText {
  const entries = distinct([...shown, ...fresh]).toSorted((one, other) =>
    one.engagement.at < other.engagement.at ? -1 : 1,
  );
  const things = new Map<string, Engagement[]>();
  for (const { engagement } of entries) {
    const thing = JSON.stringify([whatHappened(engagement), engagement.url, engagement.detail]);
    things.set(thing, [...(things.get(thing) ?? []), engagement]);
  }
  const newest = entries.at(-1)?.engagement;
  const reference = noteReference({ fresh, shown }, contact);
  // HubSpot strips styles from a note's preview, so this has to read well without one.
  const foot = `<p style="font-size:11px;color:#7c98b6">Synced from Klaviyo. Ref ${reference}</p>`;
  const [before, after] = [`<div>${headOf(newest)}<ul>`, `</ul>${foot}</div>`];
  const items = itemsWithin(LONGEST_NOTE - bytes(before) - bytes(after), [...things.values()].map(lineOf));
  return { body: before + items.join("") + after, at: newest?.at ?? "" };
}

/** The line that a salesperson sees first, as HTML. */
export function noteTitle({ messageName, subject }: Pick<Engagement, "messageName" | "subject">): string {
  return encoded(`Klaviyo: ${clip(messageName ?? subject ?? "message", LONGEST_WORD)}`);
}

/** The lines that fit, in their order. What says what happened goes before one link more. */
function itemsWithin(room: number, lines: readonly Line[]): readonly string[] {
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
  const last = out.length === 0 ? [] : [restOf(out)];
  return [...items.filter((item) => kept.has(item)).map(({ html }) => html), ...last];
}

function restOf(out: readonly Pick<Line, "isLink">[]): string {
  const onlyLinks = out.every(({ isLink }) => isLink);
  return `<li>and ${onlyLinks ? counted(out.length, "more link") : `${out.length} more`}</li>`;
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

function lineOf(same: readonly Engagement[]): Line {
  const [first] = same;
  const last = same.at(-1);
  if (first === undefined || last === undefined) return { html: "", isLink: false };
  const often = same.length === 1 ? "" : ` (${same.length} times, last ${timeOf(last)})`;
  const link = first.url === null ? "" : `: ${linkTo(first.url)}`;
  const detail = first.detail === null ? "" : `: ${escaped(first.detail)}`;
  const bot = same.every(({ byMachine }) => byMachine) ? ", probably by a bot" : "";
  const html = `${timeOf(first)} – ${escaped(whatHappened(first))}${link}${detail}${often}${bot}`;
  return { html, isLink: first.url !== null };
}

function linkTo(url: string): string {
  const whole = storableText(url);
  return whole.length > LONGEST_LINK ? escaped(url) : `<a href="${encoded(whole)}">${escaped(url)}</a>`;
}

const timeOf = ({ at }: Engagement): string => `${at.slice(0, 10)} ${at.slice(11, 16)} UTC`;

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
