import type { Freshness } from "../../store/pages/freshness.ts";
import type { RunProgress, RunningRun } from "../../store/runs/run-progress.ts";
import { grouped } from "../../model/count-words.ts";
import { SIDE_NAMES } from "../../model/side.ts";
import type { Fragment, Safe } from "../frame/layout/html.ts";
import { html } from "../frame/layout/html.ts";
import { laneName } from "../../words/run-words.ts";
import { timeElement } from "../parts/time-element.ts";
import { span } from "../../words/time-words.ts";

/** A rate over less than this is chance. */
const FEWEST_DONE = 20;
const SHORTEST_MS = 10_000;
const SMALLEST_SHARE = 0.01;
/** A step tells every two seconds; silent for so long it waits for a limit, or was killed. */
const SILENT_MS = 60_000;

/**
 * How long the step under way will still take at the pace that it had so far; `null` where nobody can tell: the total is
 * not known, too little was done to have a pace, or nothing was heard for a minute.
 */
export function remainingMs({ done, from, total, since, at }: RunProgress, now: Date): number | null {
  if (total === null || now.getTime() - at.getTime() > SILENT_MS) return null;
  const worked = done - from;
  const elapsed = at.getTime() - since.getTime();
  if (worked < Math.max(FEWEST_DONE, total * SMALLEST_SHARE) || elapsed < SHORTEST_MS) return null;
  return Math.max(0, ((total - done) / worked) * elapsed);
}

const STEPS = [
  { step: "read", label: "Read both sides" },
  { step: "look_up", label: "Look up who is on the other side" },
  { step: "link", label: "Link contacts by email address" },
  { step: "compare", label: "Compare" },
  { step: "write", label: "Write" },
] as const;

/** Before the first whole run: what is being filled and how far it is, for somebody who waits for it. */
export function progressSection(running: RunningRun | null, freshness: Freshness, now: Date): Fragment {
  if (running === null || !isFirst(running, freshness)) return null;
  const { progress } = running;
  return html`<section aria-labelledby="progress">
    <h2 id="progress">The first sync</h2>
    <p>
      Since ${timeElement(running.startedAt, now)}. ${grouped(freshness.sightings ?? 0)} contacts were read so
      far. You can close this page: the sync continues, also after a restart.
    </p>
    ${progress !== null && stepList(progress)} ${progress !== null && bar(progress, now)}
    <p><a href="/">Refresh</a></p>
  </section>`;
}

/** Every later run in two lines, beside the runs before it: it comes and goes every quarter of an hour. */
export function goingRun(running: RunningRun | null, freshness: Freshness, now: Date): Fragment {
  if (running === null || isFirst(running, freshness)) return null;
  return html`<p>
      ${laneName(running.kind)}: a run is going since ${timeElement(running.startedAt, now)}.
      <a href="/">Refresh</a>
    </p>
    ${running.progress !== null && bar(running.progress, now)}`;
}

function isFirst({ kind }: RunningRun, { filledAt }: Freshness): boolean {
  return filledAt === null && kind === "contacts";
}

function stepList({ step }: RunProgress): Safe {
  const at = STEPS.findIndex((one) => one.step === step);
  return html`<ol class="steps">
    ${STEPS.map(
      ({ label }, index) =>
        html`<li ${index === at && html`aria-current="step"`}>
          ${label}${index < at ? " – done" : index === at ? " – now" : ""}
        </li>`,
    )}
  </ol>`;
}

function bar(progress: RunProgress, now: Date): Safe {
  const { step, side, done, total, at } = progress;
  const label = STEPS.find((one) => one.step === step)?.label ?? step;
  const where = side === null ? "" : ` in ${SIDE_NAMES[side]}`;
  const words =
    total === null ? `${grouped(done)} so far${where}` : `${grouped(done)} of ${grouped(total)}${where}`;
  const left = remainingMs(progress, now);
  const silent = now.getTime() - at.getTime() > SILENT_MS;
  return html`<p>
      <label for="step">${label}:</label> ${words}${
        left !== null
          ? `, about ${span(left)} left for this step`
          : silent
            ? `; nothing was heard for ${span(now.getTime() - at.getTime())}`
            : ""
      }.
    </p>
    ${
      total === null
        ? html`<progress id="step">${words}</progress>`
        : html`<progress id="step" max="${Math.max(1, total)}" value="${Math.min(done, total)}">
            ${words}
          </progress>`
    }`;
}
