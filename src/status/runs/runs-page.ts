import type { RunRow } from "../../store/pages/overview.ts";
import type { RunsPage, RunsQuery } from "../../store/runs/run-list.ts";
import { ALL_RUNS } from "../../store/runs/run-list.ts";
import { barChart } from "../parts/bar-chart.ts";
import type { Choice } from "../parts/choice-field.ts";
import { WITHIN_CHOICES, choiceField } from "../parts/choice-field.ts";
import { counted, grouped } from "../../model/count-words.ts";
import type { Fragment, Safe } from "../frame/layout/html.ts";
import { html } from "../frame/layout/html.ts";
import type { Frame } from "../frame/layout/layout.ts";
import { pager } from "../parts/pager.ts";
import { RESULTS, RUN_COUNTS, resultWords } from "../../words/state-words.ts";
import { exactElement, timeElement } from "../parts/time-element.ts";
import { LANES, laneName, tookWords, triggerName, written } from "../../words/run-words.ts";
import { runsChart } from "./runs-chart.ts";
import type { RunsRequest, Span } from "./runs-query.ts";
import { SPANS, runsAddress } from "./runs-query.ts";

/** What the list of runs shows: the question, its answer, and the runs of the chart. */
export interface RunsView extends RunsRequest {
  readonly frame: Frame;
  readonly found: RunsPage;
  /** Of the lane that is asked for, the oldest first. */
  readonly charted: readonly RunRow[];
}

const SPAN_WORDS: Readonly<Record<Span, string>> = {
  day: "last 24 hours",
  week: "last 7 days",
  month: "last 30 days",
};

/** When Tandem ran, how each run ended, and the way to its details. */
export function runsPage(view: RunsView): Safe {
  const { query, span, found, frame } = view;
  return html`
    <h1>Runs</h1>
    ${chart(view)}
    <section aria-labelledby="list">
      <h2 id="list">All runs</h2>
      ${filters(view)} ${found.total === 0 ? nothing(query) : table(found, frame.now)}
      ${pager(found.page, found.pages, "runs", (page) => runsAddress({ query: { ...query, page }, span }))}
    </section>
  `;
}

function chart({ charted, span, query }: RunsView): Safe {
  const lane = laneName(query.kind ?? "contacts");
  const drawn = runsChart(charted, "runs-chart", SPAN_WORDS[span]);
  return html`<section aria-labelledby="chart">
    <h2 id="chart">${lane}, ${SPAN_WORDS[span]}</h2>
    <ul class="chips" aria-label="How far back">
      ${SPANS.map(
        (one) =>
          html`<li>
            <a
              href="${runsAddress({ query: { ...query, page: 1 }, span: one })}"
              ${one === span && html`aria-current="true"`}
              >${SPAN_WORDS[one]}</a
            >
          </li>`,
      )}
    </ul>
    ${
      charted.length === 0
        ? html`<p>No runs of this lane in the ${SPAN_WORDS[span]}.</p>`
        : html`${barChart(drawn)}
            <p class="muted">${drawn.reading} Each bar is a run. A hatched bar with a cross failed.</p>
            ${chartTable(charted)}`
    }
  </section>`;
}

/** The chart's numbers, for those who do not see it. */
export function chartTable(runs: readonly RunRow[]): Safe {
  return html`<details>
    <summary>These numbers as a table</summary>
    <div class="scroll" role="region" aria-label="Numbers of the chart" tabindex="0">
      <table>
        <caption class="unseen">
          The runs of the chart, the oldest first
        </caption>
        <thead>
          <tr>
            <th scope="col">Started</th>
            <th scope="col">Result</th>
            <th scope="col" class="right">Changes written</th>
          </tr>
        </thead>
        <tbody>
          ${runs.map(
            (run) =>
              html`<tr>
                <th scope="row">${exactElement(run.startedAt)}</th>
                <td>${resultWords(run).label}</td>
                <td class="right">${grouped(written(run))}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </details>`;
}

function filters({ query, span, found }: RunsView): Safe {
  const kinds = new Set([...LANES.map(({ kind }) => kind as string), ...found.kinds]);
  const results = Object.entries(RESULTS).map(([word, { label }]): Choice => [word, label]);
  const triggers = new Set([...found.triggers, ...(query.trigger === null ? [] : [query.trigger])]);
  return html`<form method="get" action="/runs" role="search" aria-label="Runs" class="filters">
    ${span !== "day" && html`<input type="hidden" name="span" value="${span}" />`}
    ${choiceField(
      "kind",
      "Kind",
      query.kind,
      [...kinds].map((kind): Choice => [kind, laneName(kind)]),
      "Any",
    )}
    ${choiceField("result", "Result", query.result, results, "Any")}
    ${choiceField(
      "trigger",
      "Started by",
      query.trigger,
      [...triggers].map((one): Choice => [one, triggerName(one)]),
      "Anyone",
    )}
    ${choiceField("within", "Started", query.within, WITHIN_CHOICES, "Any time")}
    <div class="buttons">
      <button type="submit" class="first">Apply</button>
      ${filtered(query) && html`<a href="/runs">Clear all</a>`}
    </div>
  </form>`;
}

function filtered(query: RunsQuery): boolean {
  return runsAddress({ query: { ...query, page: ALL_RUNS.page } }) !== "/runs";
}

function nothing(query: RunsQuery): Safe {
  if (filtered(query)) return html`<p>No runs match these filters. <a href="/runs">Clear all</a></p>`;
  return html`<p>
    No runs yet. <code>tandem sync</code> starts one, <code>tandem start</code> runs them on schedule.
  </p>`;
}

function table({ runs, total }: RunsPage, now: Date): Safe {
  return html`<div class="scroll" role="region" aria-label="Runs" tabindex="0">
    ${runsTable(runs, now, `${counted(total, "run")}, latest first`)}
  </div>`;
}

/** Runs as rows, each a link to what it did. */
export function runsTable(runs: readonly RunRow[], now: Date, caption: string): Safe {
  return html`<table>
    <caption>
      ${caption}
    </caption>
    <thead>
      <tr>
        <th scope="col">Started</th>
        <th scope="col">Kind</th>
        <th scope="col">Started by</th>
        <th scope="col">Result</th>
        <th scope="col" class="right">Took</th>
        ${RUN_COUNTS.map(({ label }) => html`<th scope="col" class="right">${label}</th>`)}
        <th scope="col" class="right">API calls</th>
      </tr>
    </thead>
    <tbody>
      ${runs.map((run) => row(run, now))}
    </tbody>
  </table>`;
}

function row(run: RunRow, now: Date): Safe {
  const { label, tone } = resultWords(run);
  return html`<tr>
    <th scope="row"><a href="/runs/${run.id}">${timeElement(run.startedAt, now)}</a></th>
    <td>${laneName(run.kind)}</td>
    <td><bdi>${triggerName(run.trigger)}</bdi></td>
    <td>
      <span class="tag ${tone}">${label}</span>
      ${run.note !== "" && html`<p class="note muted">${run.note}</p>`}
    </td>
    <td class="right">${tookWords(run, now)}</td>
    ${RUN_COUNTS.map(({ key }) => html`<td class="right">${count(run.counts[key])}</td>`)}
    <td class="right">${calls(run)}</td>
  </tr>`;
}

function calls({ counts }: RunRow): Fragment {
  const all = (counts["hubspot_calls"] ?? 0) + (counts["klaviyo_calls"] ?? 0);
  return all > 0 && grouped(all);
}

function count(number: number | undefined): Fragment {
  return number !== undefined && grouped(number);
}
