import type { Overview } from "../store/overview.ts";
import { grouped } from "./count-words.ts";
import type { Health, HealthWord } from "./health.ts";
import type { Fragment, Safe } from "./html.ts";
import { html } from "./html.ts";
import { timeElement } from "./time-element.ts";

/** What the frame of every page shows of the connection. */
export interface Frame {
  readonly overview: Overview;
  readonly health: Health;
  readonly now: Date;
}

export interface PageParts {
  /** For the window; the page's own words first. */
  readonly title: string;
  /** The address of the page's place in the navigation; `null` where it has none. */
  readonly place: "/" | "/errors" | null;
  /** `null` where nothing could be read: then the frame stays empty. */
  readonly frame: Frame | null;
  /** With the page's one `h1`. */
  readonly content: Fragment;
}

/** Never by colour alone: the word stands beside it. */
export const HEALTH_LABELS: Readonly<Record<HealthWord, { readonly label: string; readonly tone: string }>> =
  {
    healthy: { label: "Healthy", tone: "ok" },
    degraded: { label: "Degraded", tone: "warn" },
    delayed: { label: "Delayed", tone: "warn" },
    paused: { label: "Paused", tone: "info" },
    stopped: { label: "Stopped", tone: "bad" },
  };

/** A whole page round its content: landmarks, skip link, health line, navigation. */
export function layout({ title, place, frame, content }: PageParts): Safe {
  const name = frame === null ? null : frame.overview.name;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}${name !== null && ` – ${name}`} – Tandem</title>
        <link rel="stylesheet" href="/style.css" />
      </head>
      <body>
        <a class="skip" href="#content">Skip to content</a>
        <header class="top">
          <p class="brand">
            <a href="/">tandem</a>${name !== null && html` <span><bdi>${name}</bdi></span>`}
          </p>
          ${frame !== null && healthLine(frame)}
        </header>
        <nav aria-label="Pages">
          <ul>
            <li><a href="/" ${current(place === "/")}>Overview</a></li>
            <li><a href="/errors" ${current(place === "/errors")}>Errors${failing(frame)}</a></li>
          </ul>
        </nav>
        <main id="content" tabindex="-1">${content}</main>
        <footer><p>Tandem keeps HubSpot contacts and Klaviyo profiles in step.</p></footer>
      </body>
    </html> `;
}

function healthLine({ health, overview, now }: Frame): Safe {
  const { label, tone } = HEALTH_LABELS[health.word];
  return html`<p class="health">
    <strong class="tag ${tone}">${label}</strong>
    <span class="look"
      >Last look
      ${overview.lastFinishedAt === null ? "not yet" : timeElement(overview.lastFinishedAt, now)}</span
    >
  </p>`;
}

function failing(frame: Frame | null): Fragment {
  const count = frame?.overview.counters.failing ?? 0;
  return count > 0 && html` <span class="count">${grouped(count)}<span class="unseen"> failing</span></span>`;
}

function current(here: boolean): Fragment {
  return here && html`aria-current="page"`;
}
