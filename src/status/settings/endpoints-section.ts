import type { BreakerState, EndpointHealth, PaceState } from "../../model/watch/api-health.ts";
import type { PerSide, Side } from "../../model/side.ts";
import { SIDES, SIDE_NAMES } from "../../model/side.ts";
import { counted, grouped } from "../../model/count-words.ts";
import type { NotedHealth } from "../../store/runs/side-health.ts";
import { span, took } from "../../words/time-words.ts";
import type { Fragment, Safe } from "../frame/layout/html.ts";
import { html } from "../frame/layout/html.ts";
import { timeElement } from "../parts/time-element.ts";

/** What was noted longer ago is about another hour. */
const ABOUT_NOW_MS = 60 * 60_000;

/** How calls to both sides went in the last hour, which may go now, and what of each limit is left. */
export function endpointsSection(health: PerSide<NotedHealth | null>, now: Date): Safe {
  return html`<section aria-labelledby="endpoints">
    <h2 id="endpoints">API calls of the last hour</h2>
    ${SIDES.map((side) => sidePart(side, health[side], now))}
  </section>`;
}

function sidePart(side: Side, health: NotedHealth | null, now: Date): Safe {
  const system = SIDE_NAMES[side];
  if (health === null || now.getTime() - health.notedAt.getTime() > ABOUT_NOW_MS)
    return html`<h3>${system}</h3>
      <p>No calls in the last hour.</p>`;
  return html`<h3>${system}</h3>
    <p>${breakerSentence(health.endpoints, now)} Noted ${timeElement(health.notedAt, now)}.</p>
    ${endpointTable(system, health.endpoints, now)} ${paceTable(system, health.paces)}`;
}

function breakerSentence(endpoints: readonly EndpointHealth[], now: Date): string {
  const stopped = endpoints.filter(({ breaker }) => breaker.state !== "closed");
  const [first] = stopped;
  if (first === undefined || first.breaker.state === "closed") return "All endpoints may be called.";
  const { reason, code } = first.breaker;
  return `${counted(stopped.length, "endpoint")} of ${endpoints.length} ${stopped.length === 1 ? "is" : "are"} stopped: ${reason} (${code}). ${nextTry(first.breaker, now)}.`;
}

function nextTry(breaker: Exclude<BreakerState, { readonly state: "closed" }>, now: Date): string {
  const left = breaker.nextTryAt - now.getTime();
  return left <= 0 ? "Tandem tries with its next call" : `Tandem tries again in ${span(left)}`;
}

const HEADS = ["Endpoint", "Status", "Calls", "Failed", "Typical", "Slowest 5 %"];

function endpointTable(system: string, endpoints: readonly EndpointHealth[], now: Date): Fragment {
  if (endpoints.length === 0) return null;
  const sorted = endpoints.toSorted((one, other) => other.calls - one.calls);
  return html`<div class="scroll" role="region" aria-label="Endpoints of ${system}" tabindex="0">
    <table>
      <caption class="unseen">
        Each endpoint of ${system}: status, calls, failed calls and response times
      </caption>
      <thead>
        <tr>
          ${HEADS.map((head, at) => html`<th scope="col" class="${at > 1 && "right"}">${head}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${sorted.map(
          ({ endpoint, calls, failed, p50Ms, p95Ms, breaker }) =>
            html`<tr>
              <th scope="row"><code>${endpoint}</code></th>
              <td>${breakerTag(breaker, now)}</td>
              <td class="right">${grouped(calls)}</td>
              <td class="right">${failed === 0 ? "0" : `${grouped(failed)} (${percent(failed / calls)})`}</td>
              <td class="right">${time(p50Ms)}</td>
              <td class="right">${time(p95Ms)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function breakerTag(breaker: BreakerState, now: Date): Safe {
  switch (breaker.state) {
    case "closed":
      return html`<span class="tag ok">OK</span>`;
    case "half_open":
      return html`<span class="tag warn">Trying again</span> ${breaker.reason}`;
    case "open":
      return html`<span class="tag bad">Stopped</span> ${breaker.reason}. ${nextTry(breaker, now)}`;
  }
}

function paceTable(system: string, paces: readonly PaceState[]): Fragment {
  const rows = paces.flatMap((pace) => pace.windows.map((window) => ({ ...pace, ...window })));
  if (rows.length === 0) return null;
  return html`<details>
    <summary>Pace of ${system}</summary>
    <div class="scroll" role="region" aria-label="Pace of ${system}" tabindex="0">
      <table>
        <caption class="unseen">
          What of Tandem's share of each limit was left
        </caption>
        <thead>
          <tr>
            <th scope="col">Limit</th>
            <th scope="col">In</th>
            <th scope="col" class="right">Allowed</th>
            <th scope="col" class="right">Left</th>
            <th scope="col">Waiting</th>
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            ({ name, perMs, allowed, left, waiting, pausedMs }) =>
              html`<tr>
                <th scope="row">${name}</th>
                <td>${took(perMs)}</td>
                <td class="right">${grouped(allowed)}</td>
                <td class="right">${grouped(left)}</td>
                <td>
                  ${waiting === 0 ? "0" : counted(waiting, "call")}${pausedMs > 0 && `, paused for ${took(pausedMs)}`}
                </td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </details>`;
}

function percent(part: number): string {
  return `${part > 0 && part < 0.01 ? "under 1" : Math.round(part * 100)} %`;
}

function time(ms: number | null): string {
  if (ms === null) return "";
  return ms < 1_000 ? `${ms} ms` : `${(ms / 1_000).toFixed(1)} s`;
}
