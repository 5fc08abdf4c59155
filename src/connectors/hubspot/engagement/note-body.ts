import { createHash } from "node:crypto";
import type { Engagement } from "../../../model/engagement.ts";
import type { EntryGroup, TimelineEntry } from "../../engagement-port.ts";
import { whatHappened } from "./entry-words.ts";
import { clip } from "../../../model/clip.ts";

/** The text of a note, and when the last of it happened (ISO, UTC). */
export interface NoteText {
  readonly body: string;
  readonly at: string;
}

/** A note holds 65,536 characters; a person reads a screen of it. */
const MOST_LINES = 60;
const LONGEST_WORD = 300;

/**
 * All that one contact did with one message, in the order in which it began, the same thing once with how often. Links
 * of a cleaned address only, everything else is text.
 */
export function noteText({ fresh, shown, contact }: EntryGroup): NoteText {
  const entries = distinct([...shown, ...fresh]).toSorted((one, other) =>
    one.engagement.at < other.engagement.at ? -1 : 1,
  );
  const lines = new Map<string, Engagement[]>();
  for (const { engagement } of entries) {
    const thing = JSON.stringify([whatHappened(engagement), engagement.url, engagement.detail]);
    lines.set(thing, [...(lines.get(thing) ?? []), engagement]);
  }
  const listed = [...lines.values()].map(lineOf);
  const left = listed.length - MOST_LINES;
  const items = [...listed.slice(0, MOST_LINES), ...(left > 0 ? [`and ${left} more`] : [])];
  const list = `<ul>${items.map((item) => `<li>${item}</li>`).join("")}</ul>`;
  const marker = `<span style="display:none">${noteMarker({ fresh, shown }, contact)}</span>`;
  const newest = entries.at(-1)?.engagement;
  return { body: `<div>${headOf(newest)}${list}${marker}</div>`, at: newest?.at ?? "" };
}

/**
 * What a note is known by again: the same for ever for one message. The contact stands behind it because the answer to
 * a batch tells notes apart by it; a merge may change that part.
 */
export function noteMarker(group: Pick<EntryGroup, "fresh" | "shown">, contact: string): string {
  return `${messageMarker(group)}:${contact}`;
}

export function messageMarker({ fresh, shown }: Pick<EntryGroup, "fresh" | "shown">): string {
  const entries = [...shown, ...fresh];
  const message = entries.find(({ engagement }) => engagement.message !== null)?.engagement.message;
  // Something without a message is on its own: its entry is what it is known by.
  const about = message ?? entries.map(({ id }) => id).toSorted((one, other) => (one < other ? -1 : 1))[0];
  return `tandem-note:${createHash("sha256")
    .update(about ?? "")
    .digest("hex")
    .slice(0, 32)}`;
}

function distinct(entries: readonly TimelineEntry[]): readonly TimelineEntry[] {
  return [...new Map(entries.map((entry) => [entry.id, entry])).values()];
}

function headOf(newest: Engagement | undefined): string {
  if (newest === undefined) return "";
  const { messageName, subject, source, channel } = newest;
  const of = source.kind === "unknown" || source.name === null ? null : `${source.kind} ${source.name}`;
  const facts = [
    channel === "email" ? "E-mail" : "Text message",
    messageName === source.name ? of?.split(" ", 1)[0] : of,
    subject === null ? null : `subject: ${subject}`,
  ];
  const told = facts.flatMap((fact) => (fact === null || fact === undefined ? [] : [escaped(fact)]));
  return `<p><strong>Klaviyo: ${escaped(messageName ?? subject ?? "message")}</strong></p><p>${told.join(", ")}</p>`;
}

function lineOf(same: readonly Engagement[]): string {
  const [first] = same;
  const last = same.at(-1);
  if (first === undefined || last === undefined) return "";
  const often = same.length === 1 ? "" : ` (${same.length} times, last ${timeOf(last)})`;
  const link = first.url === null ? "" : `: <a href="${escaped(first.url, 2_000)}">${escaped(first.url)}</a>`;
  const detail = first.detail === null ? "" : `: ${escaped(first.detail)}`;
  const machine = same.every(({ byMachine }) => byMachine) ? ", probably by a machine" : "";
  return `${timeOf(first)} – ${escaped(whatHappened(first))}${link}${detail}${often}${machine}`;
}

const timeOf = ({ at }: Engagement): string => `${at.slice(0, 10)} ${at.slice(11, 16)} UTC`;

const SIGNS: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string, longest = LONGEST_WORD): string {
  return clip(text, longest).replaceAll(/[&<>"']/g, (sign) => SIGNS[sign] ?? sign);
}
