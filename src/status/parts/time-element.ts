import type { Safe } from "../frame/layout/html.ts";
import { html } from "../frame/layout/html.ts";
import { exact, fromNow } from "../../words/time-words.ts";

/** Older than this, "days ago" says less than the date. */
const RELATIVE_FOR_MS = 30 * 24 * 60 * 60 * 1_000;

/** A moment: how long ago for reading, the exact time for machines and on pointing at it. */
export function timeElement(time: Date, now: Date): Safe {
  const near = Math.abs(now.getTime() - time.getTime()) < RELATIVE_FOR_MS;
  if (!near) return html`<time datetime="${time.toISOString()}">${exact(time)}</time>`;
  return html`<time datetime="${time.toISOString()}" title="${exact(time)}">${fromNow(time, now)}</time>`;
}
