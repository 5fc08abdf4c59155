import type { StoredProblem } from "../../store/pages/overview.ts";
import type { Safe } from "../frame/layout/html.ts";
import { html } from "../frame/layout/html.ts";
import { place } from "../../words/problem-words.ts";
import { fixList } from "./fix-list.ts";

/** One problem: what it is with the real value, how to fix it, and what happens afterwards. */
export function problemOf(problem: StoredProblem, open: boolean): Safe {
  return html`<div class="one">
    <p class="title">${problem.title}</p>
    <p>${problem.explanation}</p>
    <details ${open && html`open`}>
      <summary>How to fix<span class="unseen">: ${problem.title}</span></summary>
      ${fixList(problem.fix)}
      <p class="muted">${afterwards(problem)}</p>
      <p class="muted">
        ${[problem.code, place(problem)].filter((part) => part !== "").join(" · ")}${problem.reference !== null && ` · reference ${problem.reference}`}
      </p>
    </details>
  </div>`;
}

/** What happens after somebody has fixed a problem. */
export function afterwards({ retry }: Pick<StoredProblem, "retry">): string {
  if (retry === "soon") return "Tandem retries automatically.";
  if (retry === "on_change")
    return "Tandem retries automatically when the contact or the mapping changes. You don't need to press Retry.";
  return "Tandem does not retry this automatically. Press Retry after the fix.";
}
