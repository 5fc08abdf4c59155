import type { LinkState } from "../../model/link.ts";
import type { PerSide } from "../../model/side.ts";
import type { Freshness } from "../../store/pages/freshness.ts";
import type { RunningRun } from "../../store/runs/run-progress.ts";
import type { ToldSideNote } from "../../store/runs/side-notes.ts";
import { barChart } from "../parts/bar-chart.ts";
import type { Cause, Overview, RunRow } from "../../store/pages/overview.ts";
import { counted, grouped } from "../../model/count-words.ts";
import { connectionProblems } from "./connection-problems.ts";
import { errorsAddress } from "../errors/errors-address.ts";
import type { Fragment, Safe } from "../frame/layout/html.ts";
import { html } from "../frame/layout/html.ts";
import type { Frame } from "../frame/layout/layout.ts";
import { HEALTH_LABELS } from "../../words/health-words.ts";
import { causeExample } from "../../words/problem-words.ts";
import { fixList } from "../parts/fix-list.ts";
import { freshnessSection, quotaSection } from "./freshness-section.ts";
import { goingRun, progressSection } from "./progress-section.ts";
import { runControls } from "./run-controls.ts";
import { runsChart } from "../runs/runs-chart.ts";
import { chartTable, runsTable } from "../runs/runs-page.ts";
import { STATES } from "../../words/state-words.ts";
import { timeElement } from "../parts/time-element.ts";

/** What the first page shows beside the frame. */
export interface OverviewView {
  readonly frame: Frame;
  readonly freshness: Freshness;
  readonly notes: PerSide<ToldSideNote | null>;
  readonly running: RunningRun | null;
  /** Of the contact lane in the last day, the oldest first. */
  readonly latest: readonly RunRow[];
}

/** Answers in five seconds: is it working, is it current, must somebody act? */
export function overviewPage(view: OverviewView): Safe {
  const { frame, freshness, notes, running } = view;
  const { overview, health, now } = frame;
  const { tone } = HEALTH_LABELS[health.word];
  return html`
    <div class="heading">
      <h1>Overview</h1>
      ${runControls(frame)}
    </div>
    <p class="banner ${tone}"><span>${health.sentence}</span></p>
    ${progressSection(running, freshness, now)} ${counters(overview, now)}
    ${overview.connectionProblems.length > 0 && connectionProblems(overview.connectionProblems, now)}
    ${causes(overview, now)} ${freshnessSection(freshness, overview, now)} ${quotaSection(notes, now)}
    ${latestRuns(view)}
  `;
}

function counters(overview: Overview, now: Date): Safe {
  const { counters: links, total } = overview;
  return html`<section aria-labelledby="contacts">
    <h2 id="contacts">Contacts</h2>
    <ul class="cards">
      ${STATES.map(
        ({ state, label, meaning }) =>
          html`<li class="card ${state}">
            <p class="label">
              <a href="${state === "failing" ? "/errors" : `/contacts?state=${state}`}">${label}</a>
            </p>
            <p class="number">${grouped(links[state])}</p>
            <p>${more(state, overview, now)}</p>
            <p class="meaning">${meaning}</p>
          </li>`,
      )}
    </ul>
    <p class="total">${counted(total, "contact")} in all.</p>
  </section>`;
}

/** What one asks next about a state. */
function more(
  state: LinkState,
  { counters: links, total, causes, oldestWaiting }: Overview,
  now: Date,
): Fragment {
  if (links[state] === 0) return null;
  if (state === "in_sync") return `${shareWords(links.in_sync, total)} of all`;
  if (state === "failing") return counted(causes.length, "cause");
  return state === "waiting" && oldestWaiting !== null && html`oldest ${timeElement(oldestWaiting, now)}`;
}

/** One digit behind the point; never 100 % while somebody is left out. */
function shareWords(part: number, all: number): string {
  return `${String(Math.floor((part / all) * 1_000) / 10)} %`;
}

function causes(overview: Overview, now: Date): Safe {
  return html`<section aria-labelledby="causes">
    <h2 id="causes">Needs attention</h2>
    ${overview.causes.length === 0 ? nobodyFails(overview, now) : overview.causes.map((cause) => causeOf(cause, now))}
  </section>`;
}

function nobodyFails({ lastFinishedAt, counters: { failing } }: Overview, now: Date): Safe {
  if (failing > 0) return html`<p><a href="/errors">${counted(failing, "contact")}</a> failing.</p>`;
  if (lastFinishedAt === null) return html`<p>Nothing has been checked yet.</p>`;
  return html`<p>No contact needs attention. Last checked ${timeElement(lastFinishedAt, now)}.</p>`;
}

function causeOf(cause: Cause, now: Date): Safe {
  const others = cause.titles - 1;
  return html`<article class="problem">
    <h3>
      <a href="${errorsAddress({ cause: cause.code, field: cause.field })}">${cause.title}</a>
      <span class="count">${counted(cause.contacts, "contact")}</span>
    </h3>
    <p>${causeExample(cause)}</p>
    <details>
      <summary>How to fix</summary>
      ${fixList(cause.fix)}
    </details>
    <p class="muted">
      ${cause.code} · first seen
      ${timeElement(cause.firstSeen, now)}${others > 0 && ` · and ${counted(others, "other")} of this kind`}
    </p>
  </article>`;
}

function latestRuns({ frame, latest, running, freshness }: OverviewView): Safe {
  const { runs: rows } = frame.overview;
  if (rows.length === 0) {
    return html`<section aria-labelledby="runs">
      <h2 id="runs">Latest runs</h2>
      <p>
        No runs yet. <code>tandem sync</code> starts one, <code>tandem start</code> runs them on schedule.
      </p>
    </section>`;
  }
  const chart = runsChart(latest, "overview-chart", "last 24 hours");
  return html`<section aria-labelledby="runs">
    <h2 id="runs">Latest runs</h2>
    ${goingRun(running, freshness, frame.now)}
    ${
      latest.length > 0 &&
      html`${barChart(chart)}
        <p class="muted">${chart.reading} Each bar is a contact run. A hatched bar with a cross failed.</p>
        ${chartTable(latest)}`
    }
    <div class="scroll" role="region" aria-label="Table of the latest runs" tabindex="0">
      ${runsTable(rows, frame.now, "Latest runs, newest first")}
    </div>
    <p><a href="/runs">All runs</a></p>
  </section>`;
}
