import type { Safe } from "../frame/layout/html.ts";
import { html, inUtc, seen } from "../frame/layout/html.ts";
import { exact, fromNow } from "../../words/time-words.ts";

/** Older than this, "days ago" says less than the date. */
const RELATIVE_FOR_MS = 30 * 24 * 60 * 60 * 1_000;

/** A moment: how long ago for reading, the exact time for machines and on pointing at it. */
export function timeElement(time: Date, now: Date): Safe {
  const near = Math.abs(now.getTime() - time.getTime()) < RELATIVE_FOR_MS;
  if (!near) return exactElement(time);
  return html`<time datetime="${time.toISOString()}" title="${onHover(time)}">${fromNow(time, now)}</time>`;
}

/** A moment to the minute in the mapping's zone, with UTC on pointing at it. */
export function exactElement(time: Date): Safe {
  return html`<time datetime="${time.toISOString()}" title="${inUtc(exact(time))}">${exact(time)}</time>`;
}

/** In the mapping's zone, and in UTC where that is another one. */
function onHover(time: Date): Safe {
  return seen(({ zone }) =>
    zone === "UTC" ? html`${exact(time)}` : html`${exact(time)}, ${inUtc(exact(time))}`,
  );
}
