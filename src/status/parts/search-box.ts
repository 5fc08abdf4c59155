import type { Safe } from "../frame/layout/html.ts";
import { html, typed } from "../frame/layout/html.ts";
import type { Role } from "../frame/access/role.ts";
import { mayDo } from "../frame/access/role.ts";

/** The search field of a page of contacts. */
export function searchField(search: string | null, role: Role): Safe {
  return html`<div class="field wide">
    <label for="q">Search: ${mayDo(role, "operator") ? "email address, name or id" : "name or id"}</label>
    <input id="q" name="q" type="search" value="${typed(search)}" autocomplete="off" spellcheck="false" />
  </div>`;
}
