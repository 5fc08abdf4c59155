import type { Safe } from "../frame/layout/html.ts";
import { html } from "../frame/layout/html.ts";

/** A value as the address has it, and as people read it. */
export type Choice = readonly [value: string, label: string];

/** A labelled choice of a form that filters; `any` is the one that filters nothing, `null` where there is no such. */
export function choiceField(
  name: string,
  label: string,
  chosen: string | null,
  choices: readonly Choice[],
  any: string | null,
): Safe {
  return html`<div class="field">
    <label for="${name}">${label}</label>
    <select id="${name}" name="${name}">
      ${any !== null && html`<option value="">${any}</option>`}
      ${choices.map(
        ([value, words]) =>
          html`<option value="${value}" ${value === chosen && html`selected`}>${words}</option>`,
      )}
    </select>
  </div>`;
}

/** How far back a list goes, as its address says it. */
export const WITHIN_CHOICES: readonly Choice[] = [
  ["day", "Last day"],
  ["week", "Last 7 days"],
  ["month", "Last 30 days"],
];
