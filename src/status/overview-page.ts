import type { Cause, ConnectionProblem, Overview, RunRow } from "../store/overview.ts";
import { counted, grouped } from "./count-words.ts";
import { errorsAddress } from "./errors-address.ts";
import type { Fragment, Safe } from "./html.ts";
import { html } from "./html.ts";
import type { Frame } from "./layout.ts";
import { HEALTH_LABELS } from "./layout.ts";
import { fixList, place } from "./problem-words.ts";
import { RESULTS, RUN_COUNTS, STATES } from "./state-words.ts";
import { timeElement } from "./time-element.ts";
import { took } from "./time-words.ts";

/** Answers in five seconds: is it working, is it current, must somebody act? */
export function overviewPage(frame: Frame): Safe {
  const { overview, health, now } = frame;
  const { tone } = HEALTH_LABELS[health.word];
  return html`
    <h1>Overview</h1>
    <p class="banner ${tone}"><span>${health.sentence}</span></p>
    ${counters(overview)}
    ${overview.connectionProblems.length > 0 && connectionProblems(overview.connectionProblems, now)}
    ${causes(overview, now)} ${freshness(overview, now)} ${runs(overview.runs, now)}
  `;
}

function counters({ counters: links, total }: Overview): Safe {
  return html`<section aria-labelledby="contacts">
    <h2 id="contacts">Contacts</h2>
    <ul class="cards">
      ${STATES.map(({ state, label, meaning }) => {
        const name = state === "failing" ? html`<a href="/errors">${label}</a>` : label;
        return html`<li class="card ${state}">
          <p class="label">${name}</p>
          <p class="number">${grouped(links[state])}</p>
          <p class="meaning">${meaning}</p>
        </li>`;
      })}
    </ul>
    <p class="total">${counted(total, "contact")} in all.</p>
  </section>`;
}

function connectionProblems(problems: readonly ConnectionProblem[], now: Date): Safe {
  return html`<section aria-labelledby="connection">
    <h2 id="connection">What concerns the whole connection</h2>
    ${problems.map(
      (problem) =>
        html`<article class="problem">
          <h3>${problem.title}</h3>
          <p>${problem.explanation}</p>
          ${fixList(problem.fix)}
          <p class="muted">
            ${[problem.code, place(problem)].filter((part) => part !== "").join(" · ")} · since
            ${timeElement(problem.firstSeen, now)}${problem.reference !== null && ` · reference ${problem.reference}`}
          </p>
        </article>`,
    )}
  </section>`;
}

function causes(overview: Overview, now: Date): Safe {
  return html`<section aria-labelledby="causes">
    <h2 id="causes">Needs you</h2>
    ${overview.causes.length === 0 ? nobodyFails(overview, now) : overview.causes.map((cause) => causeOf(cause, now))}
  </section>`;
}

function nobodyFails({ lastFinishedAt, counters: { failing } }: Overview, now: Date): Safe {
  if (failing > 0) return html`<p><a href="/errors">${counted(failing, "contact")}</a> failing.</p>`;
  if (lastFinishedAt === null) return html`<p>Nothing was checked yet.</p>`;
  return html`<p>No contact needs attention. Last checked ${timeElement(lastFinishedAt, now)}.</p>`;
}

function causeOf(cause: Cause, now: Date): Safe {
  const others = cause.titles - 1;
  return html`<article class="problem">
    <h3>
      <a href="${errorsAddress({ cause: cause.code })}">${cause.title}</a>
      <span class="count">${counted(cause.contacts, "contact")}</span>
    </h3>
    <p>${cause.explanation}</p>
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

function freshness({ lastFinishedAt, oldestWaiting }: Overview, now: Date): Safe {
  return html`<section aria-labelledby="freshness">
    <h2 id="freshness">Freshness</h2>
    <dl>
      <div>
        <dt>Last look at both sides</dt>
        <dd>${lastFinishedAt === null ? "Not yet" : timeElement(lastFinishedAt, now)}</dd>
      </div>
      <div>
        <dt>Oldest waiting change</dt>
        <dd>${oldestWaiting === null ? "No change is waiting" : timeElement(oldestWaiting, now)}</dd>
      </div>
    </dl>
  </section>`;
}

function runs(rows: readonly RunRow[], now: Date): Safe {
  if (rows.length === 0) {
    return html`<section aria-labelledby="runs">
      <h2 id="runs">Latest runs</h2>
      <p>No run yet. <code>tandem sync</code> makes one, <code>tandem start</code> makes them by schedule.</p>
    </section>`;
  }
  return html`<section aria-labelledby="runs">
    <h2 id="runs">Latest runs</h2>
    <div class="scroll" role="region" aria-labelledby="runs" tabindex="0">
      <table>
        <caption class="unseen">
          The latest runs, the newest first
        </caption>
        <thead>
          <tr>
            <th scope="col">Started</th>
            <th scope="col">Kind</th>
            <th scope="col">Trigger</th>
            <th scope="col">Result</th>
            <th scope="col" class="right">Took</th>
            ${RUN_COUNTS.map(({ label }) => html`<th scope="col" class="right">${label}</th>`)}
            <th scope="col">Note</th>
          </tr>
        </thead>
        <tbody>
          ${rows.map((row) => runRow(row, now))}
        </tbody>
      </table>
    </div>
  </section>`;
}

function runRow(run: RunRow, now: Date): Safe {
  const { label, tone } = RESULTS[run.result];
  const end = run.finishedAt ?? (run.result === "running" ? now : null);
  return html`<tr>
    <th scope="row">${timeElement(run.startedAt, now)}</th>
    <td>${run.kind}</td>
    <td>${run.trigger}</td>
    <td><span class="tag ${tone}">${label}</span></td>
    <td class="right">${end !== null && took(end.getTime() - run.startedAt.getTime())}</td>
    ${RUN_COUNTS.map(({ key }) => html`<td class="right">${count(run.counts[key])}</td>`)}
    <td class="note">${run.note}</td>
  </tr>`;
}

function count(number: number | undefined): Fragment {
  return number !== undefined && grouped(number);
}
