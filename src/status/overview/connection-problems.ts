import type { ConnectionProblem } from "../../store/pages/overview.ts";
import type { Safe } from "../frame/layout/html.ts";
import { html } from "../frame/layout/html.ts";
import { HELD } from "../health.ts";
import { place } from "../../words/problem-words.ts";
import { fixList } from "../parts/fix-list.ts";
import { timeElement } from "../parts/time-element.ts";

/** Problems of the whole connection, with cause, since when, and what to do. */
export function connectionProblems(problems: readonly ConnectionProblem[], now: Date): Safe {
  return html`<section aria-labelledby="connection">
    <h2 id="connection">Connection problems</h2>
    ${problems.map(
      (problem) =>
        html`<article class="problem">
          <h3>${problem.title}</h3>
          <p>${problem.explanation}</p>
          ${fixList(problem.fix)}
          ${problem.code === HELD && html`<p><a href="/mapping?show=held">Review and decide</a></p>`}
          <p class="muted">
            ${[problem.code, place(problem)].filter((part) => part !== "").join(" · ")} · since
            ${timeElement(problem.firstSeen, now)}${problem.reference !== null && ` · reference ${problem.reference}`}
          </p>
        </article>`,
    )}
  </section>`;
}
