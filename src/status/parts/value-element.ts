import type { Value } from "../../model/value.ts";
import { clip } from "../../model/clip.ts";
import { LONGEST_SHOWN, whole } from "../../words/field-words.ts";
import type { Safe } from "../frame/layout/html.ts";
import { html, seen } from "../frame/layout/html.ts";

/** A value of a field as a page shows it: spaces as they are, an empty one said, and a long one whole behind its beginning. */
export function valueElement(field: string, value: Value): Safe {
  if (value === null) return html`<span class="muted">(empty)</span>`;
  return seen((sight) => {
    const all = sight.value(field, whole(value));
    const beginning = clip(all, LONGEST_SHOWN);
    if (beginning === all) return html`<bdi class="value">${all}</bdi>`;
    return html`<details class="long">
      <summary><bdi class="value">${beginning}</bdi></summary>
      <bdi class="value">${all}</bdi>
    </details>`;
  });
}
