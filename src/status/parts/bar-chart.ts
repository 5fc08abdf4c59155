import type { Fragment, Safe } from "../frame/layout/html.ts";
import { html } from "../frame/layout/html.ts";
import { grouped } from "../../model/count-words.ts";

/** One bar: its number, what it is called, and whether it went wrong. */
export interface Bar {
  readonly label: string;
  readonly value: number;
  readonly failed: boolean;
}

/** A chart and its reading. */
export interface Chart {
  /** Unique on its page. */
  readonly id: string;
  readonly title: string;
  /** The reading in one sentence, for those who do not see it. */
  readonly reading: string;
  readonly bars: readonly Bar[];
  /** Under the first bar and the last. */
  readonly from?: Fragment;
  readonly until?: Fragment;
}

/** As many as a day has quarters of an hour. */
export const MOST_BARS = 96;

const HEIGHT = 72;
const STEP = 10;
const WIDTH = 8;
/** What is 0 is still there. */
const LOWEST = 2;

/** Bars on a logarithmic scale, so that small runs beside a large one are seen. Needs no script. What failed differs by its hatching and a mark, never by colour alone. */
export function barChart({ id, title, reading, bars, from, until }: Chart): Fragment {
  if (bars.length === 0) return null;
  const highest = Math.max(1, ...bars.map(({ value }) => value));
  const width = Math.max(24, bars.length) * STEP;
  return html`<svg
      class="chart"
      viewBox="0 0 ${width} ${HEIGHT + 12}"
      role="img"
      aria-labelledby="${id}-title ${id}-reading"
      preserveAspectRatio="none"
    >
      <title id="${id}-title">${title}</title>
      <desc id="${id}-reading">${reading}</desc>
      <defs>
        <pattern
          id="${id}-hatch"
          width="4"
          height="4"
          patternUnits="userSpaceOnUse"
          patternTransform="rotate(45)"
        >
          <rect width="4" height="4" class="hatch-ground" />
          <line x1="0" y1="0" x2="0" y2="4" class="hatch-line" />
        </pattern>
      </defs>
      ${bars.map((bar, index) => barOf(bar, index, highest, id))}
      <line x1="0" y1="${HEIGHT + 0.5}" x2="${width}" y2="${HEIGHT + 0.5}" class="axis" />
    </svg>
    ${from !== undefined && html`<p class="times muted"><span>${from}</span><span>highest bar: ${grouped(highest)}</span><span>${until}</span></p>`}`;
}

function barOf({ value, failed }: Bar, index: number, highest: number, id: string): Safe {
  const height = failed
    ? HEIGHT
    : Math.max(LOWEST, Math.round((Math.log1p(value) / Math.log1p(highest)) * HEIGHT));
  const x = index * STEP + (STEP - WIDTH) / 2;
  const box = html`x="${x}" y="${HEIGHT - height}" width="${WIDTH}" height="${height}"`;
  if (!failed) return html`<rect ${box} class="bar" />`;
  return html`<rect ${box} fill="url(#${id}-hatch)" class="failed" />
    <path d="M${x} ${HEIGHT + 4} l${WIDTH} 6 m0 -6 l-${WIDTH} 6" class="cross" />`;
}
