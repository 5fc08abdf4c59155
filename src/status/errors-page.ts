import { SIDES } from "../model/side.ts";
import type { FailingContact, FailingPage, FailingQuery } from "../store/failing-contacts.ts";
import { CONTACTS_PER_PAGE } from "../store/failing-contacts.ts";
import type { Cause, StoredProblem } from "../store/overview.ts";
import type { ContactUrls } from "./contact-link.ts";
import { contactLink } from "./contact-link.ts";
import { counted, grouped } from "./count-words.ts";
import { errorsAddress } from "./errors-address.ts";
import type { Fragment, Safe } from "./html.ts";
import { html } from "./html.ts";
import type { Frame } from "./layout.ts";
import { fixList, place } from "./problem-words.ts";
import { timeElement } from "./time-element.ts";

/** What the errors page shows: the question and its answer. */
export interface ErrorsView {
  readonly frame: Frame;
  readonly query: FailingQuery;
  readonly found: FailingPage;
  readonly contactUrls: ContactUrls;
}

/** Up to this many contacts, the steps are open from the start: there is nothing to find one's way through. */
const FEW = 5;

/** Finds a contact that fails, says in plain words why, and what to do. */
export function errorsPage(view: ErrorsView): Safe {
  const { frame, query, found } = view;
  return html`
    <h1>Errors</h1>
    <p class="muted">
      ${counted(frame.overview.counters.failing, "contact")} failing,
      ${counted(frame.overview.causes.length, "cause")}.
    </p>
    ${filters(query, frame.overview.causes)} ${found.total === 0 ? nothing(view) : contacts(view)}
    ${pager(query, found)}
  `;
}

function filters(query: FailingQuery, causes: readonly Cause[]): Safe {
  const known = causes.some(({ code }) => code === query.cause);
  return html`<form method="get" action="/errors" role="search" aria-label="Failing contacts">
    <div class="field">
      <label for="q">E-mail, or how it begins</label>
      <input id="q" name="q" type="search" value="${query.search}" autocomplete="off" spellcheck="false" />
    </div>
    <div class="field">
      <label for="cause">Cause</label>
      <select id="cause" name="cause">
        <option value="">Any</option>
        ${causes.map(
          ({ code, title, contacts: count }) =>
            html`<option value="${code}" ${code === query.cause && html`selected`}>
              ${title} (${grouped(count)})
            </option>`,
        )}
        ${query.cause !== null && !known && html`<option value="${query.cause}" selected>${query.cause}</option>`}
      </select>
    </div>
    <div class="buttons">
      <button type="submit">Apply</button>
      ${filtered(query) && html`<a href="/errors">Clear all</a>`}
    </div>
  </form>`;
}

function nothing({ query, frame }: ErrorsView): Safe {
  if (filtered(query)) return html`<p>No errors match these filters. <a href="/errors">Clear all</a></p>`;
  const { lastFinishedAt } = frame.overview;
  if (lastFinishedAt === null) return html`<p>Nothing was checked yet.</p>`;
  return html`<p>No contact needs attention. Last checked ${timeElement(lastFinishedAt, frame.now)}.</p>`;
}

function filtered({ search, cause }: FailingQuery): boolean {
  return search !== null || cause !== null;
}

/** On a narrow screen the rows become cards, which takes a table's roles away: so they are said. */
function contacts(view: ErrorsView): Safe {
  const { found, query } = view;
  const first = (found.page - 1) * CONTACTS_PER_PAGE + 1;
  const heads = ["Contact", "Problem", "Where", "Since", "Tries"];
  return html`<table class="stacks" role="table">
    <caption>
      ${
        found.total === 1
          ? "1 contact"
          : `${grouped(first)} to ${grouped(first + found.contacts.length - 1)} of ${counted(found.total, "contact")}`
      }${filtered(query) && " matching"}
    </caption>
    <thead role="rowgroup">
      <tr role="row">
        ${heads.map((head) => html`<th scope="col" role="columnheader">${head}</th>`)}
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${found.contacts.map((contact) => rows(contact, view))}
    </tbody>
  </table>`;
}

function rows(contact: FailingContact, view: ErrorsView): Fragment {
  const { now } = view.frame;
  const links = SIDES.map((side) =>
    contactLink(side, contact.ids[side], view.contactUrls, contact.email),
  ).filter((link) => link !== null);
  return html`<tr role="row">
    <th scope="row" role="rowheader" data-label="Contact">
      <bdi>${contact.email}</bdi>
      ${
        links.length > 0 &&
        html`<ul class="links">
          ${links.map((link) => html`<li>${link}</li>`)}
        </ul>`
      }
    </th>
    <td role="cell" data-label="Problem">
      ${contact.problems.map((problem) => problemOf(problem, view.found.contacts.length <= FEW))}
    </td>
    <td role="cell" data-label="Where">
      ${contact.problems.map((problem) => html`<p>${place(problem)}</p>`)}
    </td>
    <td role="cell" data-label="Since">${timeElement(contact.since, now)}</td>
    <td role="cell" data-label="Tries">${tries(contact, now)}</td>
  </tr>`;
}

function problemOf(problem: StoredProblem, open: boolean): Safe {
  return html`<div class="one">
    <p class="title">${problem.title}</p>
    <p>${problem.explanation}</p>
    <details ${open && html`open`}>
      <summary>How to fix</summary>
      ${fixList(problem.fix)}
      <p class="muted">${afterwards(problem)}</p>
      <p class="muted">
        ${[problem.code, place(problem)].filter((part) => part !== "").join(" · ")}${problem.reference !== null && ` · reference ${problem.reference}`}
      </p>
    </details>
  </div>`;
}

function afterwards({ retry }: StoredProblem): string {
  if (retry === "soon") return "It is tried again by itself.";
  if (retry === "on_change")
    return "It is tried again by itself once the contact, or the mapping, has changed.";
  return "It is not tried again by itself.";
}

function tries({ attempts, retryAt }: FailingContact, now: Date): Safe {
  if (retryAt !== null) {
    return html`${grouped(attempts)},
    ${retryAt.getTime() <= now.getTime() ? "next with the next run" : html`next ${timeElement(retryAt, now)}`}`;
  }
  return attempts === 0 ? html`Nothing was sent` : html`${grouped(attempts)}, stopped`;
}

function pager(query: FailingQuery, { page, pages }: FailingPage): Fragment {
  if (pages === 1) return null;
  return html`<nav class="pager" aria-label="Pages of errors">
    ${page > 1 && html`<a rel="prev" href="${errorsAddress({ ...query, page: page - 1 })}">Previous</a>`}
    <span>Page ${grouped(page)} of ${grouped(pages)}</span>
    ${page < pages && html`<a rel="next" href="${errorsAddress({ ...query, page: page + 1 })}">Next</a>`}
  </nav>`;
}
