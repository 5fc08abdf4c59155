import type { ContactPlan } from "../../plan/planned.ts";
import { actionWords } from "../../words/change-words.ts";
import { changeLines, plannedChange } from "./change-lines.ts";
import type { Safe } from "../frame/layout/html.ts";
import { html, personAddress } from "../frame/layout/html.ts";

/** The first people of a plan in full: who, what is done to them, before → after. */
export function planExamples(examples: readonly ContactPlan[], caption: string): Safe {
  return html`<table class="stacks" role="table">
    <caption>
      ${caption}
    </caption>
    <thead role="rowgroup">
      <tr role="row">
        ${["Contact", "What", "Before → after"].map(
          (head) => html`<th scope="col" role="columnheader">${head}</th>`,
        )}
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${examples.flatMap(({ known, operations }) =>
        operations.map(
          (operation) =>
            html`<tr role="row">
              <th scope="row" role="rowheader" data-label="Contact">
                <bdi>${personAddress(known.link.email)}</bdi>
              </th>
              <td role="cell" data-label="What">${actionWords(operation.side, operation.kind)}</td>
              <td role="cell" data-label="Before → after">${changeLines(plannedChange(operation))}</td>
            </tr>`,
        ),
      )}
    </tbody>
  </table>`;
}

/** The same for programs. */
export function exampleDocuments(examples: readonly ContactPlan[]): readonly object[] {
  return examples.map(({ known, operations, problems }) => ({
    email: known.link.email,
    operations,
    problems,
  }));
}
