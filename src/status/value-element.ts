import type { Value } from "../model/value.ts";
import { shown, whole } from "./field-words.ts";
import type { Safe } from "./html.ts";
import { html } from "./html.ts";

/** A value as a page shows it: spaces as they are, an empty one said, and a long one whole behind its beginning. */
export function valueElement(value: Value): Safe {
  if (value === null) return html`<span class="muted">(empty)</span>`;
  const [beginning, all] = [shown(value), whole(value)];
  if (beginning === all) return html`<bdi class="value">${all}</bdi>`;
  return html`<details class="long">
    <summary><bdi class="value">${beginning}</bdi></summary>
    <bdi class="value">${all}</bdi>
  </details>`;
}
