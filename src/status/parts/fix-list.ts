import type { Fragment, Safe } from "../frame/layout/html.ts";
import { html } from "../frame/layout/html.ts";

/** Numbered steps; what stands in backticks is something to type. */
export function fixList(steps: readonly string[]): Fragment {
  if (steps.length === 0) return html`<p>You don't need to do anything. Tandem retries automatically.</p>`;
  return html`<ol class="fix">
    ${steps.map((step) => html`<li>${withCode(step)}</li>`)}
  </ol>`;
}

function withCode(text: string): readonly (Safe | string)[] {
  return text.split("`").map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part));
}
