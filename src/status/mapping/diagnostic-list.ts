import type { Diagnostic } from "../../mapping/diagnostics/diagnostic.ts";
import type { Fragment } from "../frame/layout/html.ts";
import { html } from "../frame/layout/html.ts";

/** What is wrong with a text, each with its place and what to do. */
export function diagnosticList(diagnostics: readonly Diagnostic[]): Fragment {
  if (diagnostics.length === 0) return null;
  return html`<ul class="diagnostics">
    ${diagnostics.map(
      ({ severity, code, line, column, message, help }) =>
        html`<li>
          <a href="/mapping?show=file#D${line}">line ${line}, column ${column}</a>: ${severity} ${code}:
          ${message}${help !== null && html`. <span class="muted">${help}</span>`}
        </li>`,
    )}
  </ul>`;
}
