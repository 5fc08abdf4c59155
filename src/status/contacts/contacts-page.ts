import type { ContactsPage, ContactsQuery } from "../../store/people/contacts-list.ts";
import { CONTACTS_PER_PAGE } from "../../store/people/contacts-list.ts";
import { counted, grouped } from "../../model/count-words.ts";
import type { Fragment, Safe } from "../frame/layout/html.ts";
import { html, personAddress, typed } from "../frame/layout/html.ts";
import type { NearContact } from "./near-contacts.ts";
import { pager } from "../parts/pager.ts";
import type { Role } from "../frame/access/role.ts";
import { searchField } from "../parts/search-box.ts";
import { stackedTable } from "../parts/stacked-table.ts";
import { STATES } from "../../words/state-words.ts";

/** What the list of contacts shows. */
export interface ContactsView {
  readonly role: Role;
  readonly query: ContactsQuery;
  readonly found: ContactsPage;
  /** Contacts that were probably meant, where nobody has the email address searched for. */
  readonly near: readonly NearContact[];
}

const TONES = {
  in_sync: "ok",
  waiting: "info",
  failing: "bad",
  excluded: "plain",
  ignored: "plain",
} as const;

/** A contact's state as a tag: the word says it, the colour only helps. */
export function stateTag(state: keyof typeof TONES): Safe {
  const label = STATES.find((one) => one.state === state)?.label ?? state;
  return html`<span class="tag ${TONES[state]}">${label}</span>`;
}

export function contactsAddress({ search, state, page }: ContactsQuery): string {
  const parameters = new URLSearchParams();
  if (search !== null) parameters.set("q", search);
  if (state !== null) parameters.set("state", state);
  if (page > 1) parameters.set("page", String(page));
  return parameters.size === 0 ? "/contacts" : `/contacts?${parameters.toString()}`;
}

/** Finds anybody that Tandem knows, whatever state they are in. */
export function contactsPage(view: ContactsView): Safe {
  const { query, found } = view;
  return html`
    <h1>Contacts</h1>
    <form method="get" action="/contacts" role="search" aria-label="Contacts" class="filters">
      ${searchField(query.search, view.role)}
      <div class="field">
        <label for="state">State</label>
        <select id="state" name="state">
          <option value="">Any</option>
          ${STATES.map(
            ({ state, label }) =>
              html`<option value="${state}" ${state === query.state && html`selected`}>${label}</option>`,
          )}
        </select>
      </div>
      <div class="buttons">
        <button type="submit" class="first">Search</button>
        ${(query.search !== null || query.state !== null) && html`<a href="/contacts">Clear all</a>`}
      </div>
    </form>
    ${found.total === 0 ? nobody(view) : table(found)}
    ${pager(found.page, found.pages, "contacts", (page) => contactsAddress({ ...query, page }))}
  `;
}

function nobody({ query, near }: ContactsView): Safe {
  const whom = query.search === null ? "" : html` with <bdi>${typed(query.search)}</bdi>`;
  return html`<p>No contact found${whom}${query.state !== null && " in this state"}.</p>
    ${
      near.length > 0 &&
      html`<p>Did you mean one of these?</p>
        <ul>
          ${near.map(
            ({ id, email }) =>
              html`<li>
                <a href="/contacts/${id}"><bdi>${personAddress(email)}</bdi></a>
              </li>`,
          )}
        </ul>`
    }
    ${
      query.search !== null &&
      html`<p class="muted">
        Either no rule of the mapping matches this person, or Tandem has not read them yet. Run
        <code>tandem sync --email ADDRESS</code> to read them from both systems.
      </p>`
    }`;
}

/** On a narrow screen the rows become cards, which takes a table's roles away: so they are said. */
function table({ contacts, total, page }: ContactsPage): Fragment {
  const first = (page - 1) * CONTACTS_PER_PAGE + 1;
  const heads = ["Contact", "State", "Why", "HubSpot", "Klaviyo"];
  return stackedTable(
    html`${total === 1 ? "1 contact" : `${grouped(first)} to ${grouped(first + contacts.length - 1)} of ${counted(total, "contact")}`}`,
    heads,
    contacts.map(
      ({ id, email, name, state, reason, ids }) =>
        html`<tr role="row">
          <th scope="row" role="rowheader" data-label="Contact">
            <a href="/contacts/${id}"><bdi>${personAddress(email)}</bdi></a>
            ${name !== null && html`<p class="name"><bdi>${name}</bdi></p>`}
          </th>
          <td role="cell" data-label="State">${stateTag(state)}</td>
          <td role="cell" data-label="Why">${reason}</td>
          <td role="cell" data-label="HubSpot">${ids.hubspot}</td>
          <td role="cell" data-label="Klaviyo">${ids.klaviyo}</td>
        </tr>`,
    ),
  );
}
