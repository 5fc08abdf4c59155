import type { MetricTotals } from "../../feeds/engagement/completeness.ts";
import type { EngagementMapping } from "../../model/mapping.ts";
import { RECORD_AS } from "../../model/engagement.ts";
import type { EngagementDay } from "../../store/feeds/engagement-days.ts";
import type { OlderProgress } from "../../store/feeds/engagement-older.ts";
import type { EngagementStream } from "../../store/feeds/engagement-streams.ts";
import type { StoredProblem } from "../../store/pages/overview.ts";
import { counted, grouped } from "../../model/count-words.ts";
import type { Fragment, Safe } from "../frame/layout/html.ts";
import { html } from "../frame/layout/html.ts";
import type { Frame } from "../frame/layout/layout.ts";
import { fixList } from "../parts/fix-list.ts";
import { timeElement } from "../parts/time-element.ts";
import { olderWords } from "../../words/older-words.ts";
import { SINK_FACTS } from "./sinks.ts";

/** How far back the page looks, in days. */
export const SPANS = [7, 30, 90] as const;

/** What the engagement page shows. */
export interface EngagementView {
  readonly frame: Frame;
  /** `null` where the mapping in use has no such section, or cannot be read. */
  readonly rules: EngagementMapping | null;
  readonly days: number;
  readonly totals: readonly MetricTotals[];
  readonly byDay: readonly EngagementDay[];
  readonly streams: readonly EngagementStream[];
  /** How far the older events are read that a larger back-fill asks for. */
  readonly older: readonly OlderProgress[];
  /** What keeps some of it from being shown. */
  readonly problems: readonly StoredProblem[];
}

/** What became of each event, so that the numbers are all of it. */
const FATES: readonly {
  readonly key: keyof MetricTotals & keyof EngagementDay;
  readonly label: string;
  readonly why: string;
}[] = [
  { key: "recorded", label: "Shown", why: "shown in HubSpot" },
  { key: "repeats", label: "Repeats", why: "the same message opened again, or the same link clicked again" },
  { key: "machines", label: "Machines", why: "Klaviyo takes it for a mail scanner or a privacy proxy" },
  { key: "outOfScope", label: "Out of scope", why: "a campaign, flow or person that the mapping leaves out" },
  { key: "unknown", label: "Unknown people", why: "HubSpot has no contact with this address" },
  { key: "waiting", label: "Waiting", why: "not shown yet; it continues automatically" },
  { key: "failed", label: "Refused", why: "HubSpot does not take it" },
];

/** What Klaviyo's messages led to, how much of it HubSpot shows, and why the rest is not there. */
export function engagementPage(view: EngagementView): Safe {
  const { rules } = view;
  return html`
    <h1>Engagement</h1>
    ${rules === null ? off() : intro(rules)} ${problems(view)} ${completeness(view)} ${byDay(view)}
    ${sinks(rules)} ${streams(view)}
  `;
}

function off(): Safe {
  return html`<p>
    The mapping has no <code>engagement</code> section: what people do with Klaviyo's messages is not shown in
    HubSpot. Add the section to the file to begin.
  </p>`;
}

function intro({ recordAs, paused, line, metrics, unknownContacts }: EngagementMapping): Safe {
  const kinds = Object.keys(metrics).join(", ");
  return html`<p>
    ${paused && html`<span class="tag info">Paused</span> in the mapping. `}Shown as
    <strong>${SINK_FACTS[recordAs].label}</strong>, as
    <a href="/mapping?show=file#L${line}">line ${line}</a> of the mapping says: ${kinds}. Events of people
    whom HubSpot does not know ${unknownContacts === "create" ? "make a contact" : "are left out"}.
  </p>`;
}

function problems({ problems: all, frame }: EngagementView): Fragment {
  if (all.length === 0) return null;
  return html`<section aria-labelledby="problems">
    <h2 id="problems">What is in the way</h2>
    ${all.map(
      ({ code, title, explanation, fix, firstSeen }) =>
        html`<article class="problem">
          <h3>${title}</h3>
          <p>${explanation}</p>
          ${fixList(fix)}
          <p class="muted">${code} · since ${timeElement(firstSeen, frame.now)}</p>
        </article>`,
    )}
  </section>`;
}

/** The fates that anything of this had, in their order: columns of nothing hide the one that counts. */
function fatesOf(rows: readonly (MetricTotals | EngagementDay)[]): typeof FATES {
  return FATES.filter(({ key }) => key === "recorded" || rows.some((row) => figure(row[key]) !== ""));
}

function completeness({ totals, days }: EngagementView): Safe {
  return html`<section aria-labelledby="completeness">
    <h2 id="completeness">Recorded, of what was selected</h2>
    <ul class="chips" aria-label="How far back">
      ${SPANS.map(
        (one) =>
          html`<li>
            <a href="/engagement?days=${one}" ${one === days && html`aria-current="true"`}
              >Last ${one} days</a
            >
          </li>`,
      )}
    </ul>
    ${totals.length === 0 ? html`<p>Nothing was read in the last ${days} days.</p>` : html`${table(totals)} ${legend(totals)}`}
  </section>`;
}

function legend(totals: readonly MetricTotals[]): Safe {
  return html`<dl class="legend">
    ${fatesOf(totals).map(
      ({ label, why }) =>
        html`<div>
          <dt>${label}</dt>
          <dd>${why}</dd>
        </div>`,
    )}
  </dl>`;
}

/** `1,204 of 1,204`: seen of what Klaviyo itself counts, where it was asked. */
export function seenWords({
  counted: all,
  seen,
  seenOfCounted,
}: Pick<MetricTotals, "counted" | "seen" | "seenOfCounted">): string {
  // What came after the counting is seen and not counted yet.
  return all === 0 ? grouped(seen) : `${grouped(seenOfCounted)} of ${grouped(Math.max(all, seenOfCounted))}`;
}

function table(totals: readonly MetricTotals[]): Safe {
  const fates = fatesOf(totals);
  return html`<div class="scroll" role="region" aria-label="Table of the metrics" tabindex="0">
    <table>
      <caption>
        By metric: what Klaviyo counts, what Tandem read, and the result
      </caption>
      <thead>
        <tr>
          <th scope="col">Metric</th>
          <th scope="col" class="right">Seen</th>
          ${fates.map(({ label }) => html`<th scope="col" class="right">${label}</th>`)}
          <th scope="col" class="right">Missing</th>
        </tr>
      </thead>
      <tbody>
        ${totals.map(
          (one) =>
            html`<tr>
              <th scope="row"><bdi>${one.metric}</bdi></th>
              <td class="right">${seenWords(one)}</td>
              ${fates.map(({ key }) => html`<td class="right">${figure(one[key])}</td>`)}
              <td class="right">
                ${one.missing > 0 ? missing(one) : html`<span class="tag ok">None</span>`}
              </td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function figure(value: number | string | null): string {
  return typeof value === "number" && value > 0 ? grouped(value) : "";
}

function missing({ missing: count, daysMissing }: MetricTotals): Safe {
  const [last = ""] = daysMissing;
  return html`<span class="tag warn">${grouped(count)}</span> last of ${last}; the weekly look reads these
    days again`;
}

function byDay({ byDay: rows }: EngagementView): Fragment {
  if (rows.length === 0) return null;
  const fates = fatesOf(rows);
  return html`<details>
    <summary>By day</summary>
    <div class="scroll" role="region" aria-label="Engagement by day" tabindex="0">
      <table>
        <caption class="unseen">
          By metric and UTC day, the latest first
        </caption>
        <thead>
          <tr>
            <th scope="col">Day</th>
            <th scope="col">Metric</th>
            <th scope="col" class="right">Klaviyo counts</th>
            <th scope="col" class="right">Seen</th>
            ${fates.map(({ label }) => html`<th scope="col" class="right">${label}</th>`)}
            <th scope="col" class="right">Missing</th>
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            (row) =>
              html`<tr>
                <th scope="row">${row.day}</th>
                <td><bdi>${row.metric}</bdi></td>
                <td class="right">${row.counted === null ? "not asked" : grouped(row.counted)}</td>
                <td class="right">${grouped(row.seen)}</td>
                ${fates.map(({ key }) => html`<td class="right">${figure(row[key])}</td>`)}
                <td class="right">${figure(row.missing)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </details>`;
}

function sinks(rules: EngagementMapping | null): Safe {
  return html`<section aria-labelledby="sinks">
    <h2 id="sinks">Where it shown in HubSpot</h2>
    ${
      rules !== null &&
      html`<p>To see it on a contact's record:</p>
        <ol>
          ${SINK_FACTS[rules.recordAs].show.map((step) => html`<li>${step}</li>`)}
        </ol>`
    }
    <table class="stacks" role="table">
      <caption>
        The ways of showing it, as
        <code>engagement.record_as</code>
        names them, and what each needs.
        <code>tandem doctor</code>
        says which of them this account can use.
      </caption>
      <thead role="rowgroup">
        <tr role="row">
          ${["Way", "In the mapping", "What it needs"].map(
            (head) => html`<th scope="col" role="columnheader">${head}</th>`,
          )}
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${RECORD_AS.map(
          (way) =>
            html`<tr role="row">
              <th scope="row" role="rowheader" data-label="Way">
                ${SINK_FACTS[way].label}${way === rules?.recordAs && html` <span class="tag info">In use</span>`}
              </th>
              <td role="cell" data-label="In the mapping"><code>${way}</code></td>
              <td role="cell" data-label="What it needs">${SINK_FACTS[way].needs}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </section>`;
}

function streams({ streams: all, older, frame }: EngagementView): Fragment {
  if (all.length === 0) return null;
  return html`<section aria-labelledby="streams">
    <h2 id="streams">How far each metric is read</h2>
    <div class="scroll" role="region" aria-label="Table of how far each is read" tabindex="0">
      <table>
        <caption>
          ${counted(all.length, "metric")} of Klaviyo
        </caption>
        <thead>
          <tr>
            ${["Metric", "Read up to", "Not before", "Under way"].map((head) => html`<th scope="col">${head}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${all.map(
            ({ metricId, name, watermark, floor, open }) =>
              html`<tr>
                <th scope="row"><bdi>${name}</bdi></th>
                <td>${watermark === null ? "not once yet" : timeElement(watermark, frame.now)}</td>
                <td>${timeElement(floor, frame.now)}</td>
                <td>
                  ${open !== null && html`a ${open.pass} pass since ${timeElement(open.begun, frame.now)}`}
                  ${older.filter((one) => one.metricId === metricId).map((one) => html`<br />${olderWords(one)}`)}
                </td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}
