import type { Overview } from "../../../store/pages/overview.ts";
import { grouped } from "../../../model/count-words.ts";
import type { Health } from "../../health.ts";
import type { HealthWord } from "../../../words/health-words.ts";
import { HEALTH_LABELS } from "../../../words/health-words.ts";
import type { Fragment, Safe } from "./html.ts";
import { html } from "./html.ts";
import type { Place } from "./places.ts";
import { PLACES } from "./places.ts";
import type { Visitor } from "../access/role.ts";
import { mayDo } from "../access/role.ts";
import { timeElement } from "../../parts/time-element.ts";

/** What the frame of every page shows of the connection, and to whom. */
export interface Frame {
  readonly overview: Overview;
  readonly health: Health;
  readonly now: Date;
  readonly shell: Shell;
}

/** What the frame shows of the one who asks. */
export interface Shell {
  /** `null` for somebody who is not signed in. */
  readonly visitor: Visitor | null;
  /** Signed in, so that one can sign out. */
  readonly signedIn: boolean;
  /** For every form: without it nothing is done. */
  readonly csrf: string;
  readonly nonce: string;
  readonly theme: Theme;
  /** What the action before has done; said once. */
  readonly said: string | null;
  /** Path and query of this page. */
  readonly url: string;
  /** The places that there are pages of. */
  readonly places: ReadonlySet<Place>;
}

export type Theme = "system" | "light" | "dark";
export const THEMES: readonly Theme[] = ["system", "light", "dark"];

export interface PageParts {
  /** For the window; the page's own words first. */
  readonly title: string;
  /** The page's place in the navigation; `null` where it has none. */
  readonly place: Place | null;
  /** `null` where nothing could be read, or nothing may be shown: then the frame stays empty. */
  readonly frame: Pick<Frame, "overview" | "health" | "now"> | null;
  readonly shell: Shell;
  /** With the page's one `h1`. */
  readonly content: Fragment;
}

/** Without it a form does nothing: it proves that the form came from a page of ours. */
export function csrfField({ csrf }: Pick<Shell, "csrf">): Safe {
  return html`<input type="hidden" name="_csrf" value="${csrf}" />`;
}

/** A whole page round its content: landmarks, skip link, health line, navigation. */
export function layout({ title, place, frame, shell, content }: PageParts): Safe {
  const name = frame === null ? null : frame.overview.name;
  const known = shell.visitor !== null;
  return html`<!doctype html>
    <html lang="en" data-theme="${shell.theme}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title}${name !== null && ` – ${name}`} – Tandem</title>
        <link rel="stylesheet" href="/fonts.css" />
        <link rel="stylesheet" href="/style.css" />
        <script src="/page.js" nonce="${shell.nonce}" defer></script>
      </head>
      <body>
        <a class="skip" href="#content">Skip to content</a>
        <header class="top">
          <p class="brand">
            <a href="/">tandem</a>${name !== null && html` <span><bdi>${name}</bdi></span>`}
          </p>
          ${known && findContact(shell)} ${frame !== null && healthLine(frame)}
        </header>
        <div class="columns ${!known && "alone"}">
          ${known && navigation(place, frame, shell)}
          <main id="content" tabindex="-1">
            <p class="said ok" role="status" ${shell.said === null && html`hidden`}>${shell.said}</p>
            ${shell.signedIn && endingSoon()} ${frame !== null && place !== "/" && banner(frame)} ${content}
          </main>
        </div>
        ${foot(shell)}
      </body>
    </html> `;
}

/** Any page leads to a contact. Viewers see masked email addresses, and find people by name or id. */
function findContact({ visitor }: Shell): Safe {
  const by = visitor !== null && mayDo(visitor.role, "operator") ? "Email, name or id" : "Name or id";
  return html`<form method="get" action="/contacts" role="search" aria-label="Find a contact" class="find">
    <label for="find" class="unseen">Find a contact: ${by.toLowerCase()}</label>
    <input id="find" name="q" type="search" placeholder="${by}" autocomplete="off" spellcheck="false" />
    <button type="submit">Find</button>
  </form>`;
}

/** These keep no contact from syncing, beyond those that Errors counts. */
const QUIET: ReadonlySet<HealthWord> = new Set(["healthy", "attention", "empty", "degraded"]);

/**
 * What keeps the whole connection from working, said once on every page: anybody who looks at a contact must not wonder why
 * nothing moves. The overview says it in full. Failing contacts are told by the number beside Errors.
 */
function banner({ health }: Pick<Frame, "health">): Fragment {
  if (QUIET.has(health.word)) return null;
  return html`<p class="banner ${HEALTH_LABELS[health.word].tone}">
    <span>${health.sentence}</span>
    ${
      health.word === "held"
        ? html`<a href="/mapping?show=held">Review and decide</a>`
        : html`<a href="/">See what to do</a>`
    }
  </p>`;
}

/** Shown by the script two minutes before one is signed out: what is written in a form would be lost. */
function endingSoon(): Safe {
  return html`<div id="ending" class="banner warn" role="alert" hidden>
    <p data-when="soon" hidden>You will be signed out in less than two minutes.</p>
    <p data-when="over" hidden>You were signed out. <a href="/sign-in">Sign in again</a></p>
    <button type="button" hidden>Stay signed in</button>
  </div>`;
}

function healthLine({ health, overview, now }: Pick<Frame, "overview" | "health" | "now">): Safe {
  const { label, tone } = HEALTH_LABELS[health.word];
  return html`<p class="health" id="pulse">
    <strong class="tag ${tone}">${label}</strong>
    <span class="look"
      >Last sync ${overview.lastFinishedAt === null ? "not yet" : timeElement(overview.lastFinishedAt, now)}
      <strong class="silent" role="status" hidden>Tandem does not answer</strong></span
    >
  </p>`;
}

function navigation(place: Place | null, frame: PageParts["frame"], { places }: Shell): Safe {
  return html`<nav aria-label="Pages">
    <ul>
      ${PLACES.filter(({ address }) => places.has(address)).map(
        ({ address, label }) =>
          html`<li>
            <a href="${address}" ${place === address && html`aria-current="page"`}
              >${label}${address === "/errors" && failing(frame)}</a
            >
          </li>`,
      )}
    </ul>
  </nav>`;
}

function failing(frame: PageParts["frame"]): Fragment {
  const count = frame?.overview.counters.failing ?? 0;
  return count > 0 && html` <span class="count">${grouped(count)}<span class="unseen"> failing</span></span>`;
}

function foot(shell: Shell): Safe {
  const { visitor, signedIn, theme, url } = shell;
  return html`<footer>
    <p>Tandem keeps HubSpot contacts and Klaviyo profiles in step.</p>
    ${
      visitor !== null &&
      html`<form method="post" action="/theme" class="bare">
        ${csrfField(shell)}<input type="hidden" name="back" value="${url}" />
        <label for="theme">Colors</label>
        <select id="theme" name="theme">
          ${THEMES.map(
            (one) =>
              html`<option value="${one}" ${one === theme && html`selected`}>
                ${one.charAt(0).toUpperCase() + one.slice(1)}
              </option>`,
          )}
        </select>
        <button type="submit">Use</button>
      </form>`
    }
    ${
      signedIn &&
      visitor !== null &&
      html`<form method="post" action="/sign-out" class="bare">
        ${csrfField(shell)}
        <span>${visitor.name}, ${visitor.role}</span>
        <button type="submit">Sign out</button>
      </form>`
    }
  </footer>`;
}
