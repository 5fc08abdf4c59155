import type { Fragment, Safe } from "./html.ts";
import { html } from "./html.ts";

/**
 * What was typed, as an attribute. Addresses are masked for viewers in all that is sent; what they typed themselves they
 * know, and pressing the button again has to search for the same: as an entity the `@` is not seen by the masking.
 */
export function typed(search: string | null): Fragment {
  return (search ?? "").split("@").flatMap((part, index) => (index === 0 ? [part] : [AT, part]));
}

const AT: Safe = html`&#64;`;

/** The search field of a page of contacts. */
export function searchField(search: string | null): Safe {
  return html`<div class="field wide">
    <label for="q">Search: address, name or id</label>
    <input id="q" name="q" type="search" value="${typed(search)}" autocomplete="off" spellcheck="false" />
  </div>`;
}
