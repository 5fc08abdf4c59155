import { SIDES } from "../../model/side.ts";
import type { FailingFacets } from "../../store/pages/cause-trends.ts";
import type {
  FailingContact,
  FailingPage,
  FailingQuery,
  FilterRule,
} from "../../store/pages/failing-contacts.ts";
import type { RetryProgress } from "../../store/pages/retries.ts";
import { connectionProblems } from "../overview/connection-problems.ts";
import type { ContactUrls } from "../contacts/contact-link.ts";
import { contactLink } from "../contacts/contact-link.ts";
import { counted, grouped } from "../../model/count-words.ts";
import { causeCards } from "./error-causes.ts";
import { errorFilters } from "./error-filters.ts";
import { errorsAddress, errorsParameters } from "./errors-address.ts";
import type { Fragment, Safe } from "../frame/layout/html.ts";
import { html, personAddress } from "../frame/layout/html.ts";
import { ignoredWords } from "../../words/ignored-words.ts";
import type { Frame } from "../frame/layout/layout.ts";
import { csrfField } from "../frame/layout/layout.ts";
import { pager } from "../parts/pager.ts";
import { fixList } from "../parts/fix-list.ts";
import { afterwards } from "../parts/problem-block.ts";
import type { StoredProblem } from "../../store/pages/overview.ts";
import type { ErrorGroup } from "./error-groups.ts";
import { groupedErrors } from "./error-groups.ts";
import { place } from "../../words/problem-words.ts";
import { mayDo } from "../frame/access/role.ts";
import { timeElement } from "../parts/time-element.ts";

/** What the errors page shows: the question and its answer. */
export interface ErrorsView {
  readonly frame: Frame;
  readonly query: FailingQuery;
  readonly found: FailingPage;
  readonly facets: FailingFacets;
  /** Those that one can filter by. */
  readonly rules: readonly FilterRule[];
  /** Of the latest retry, while it is under way. */
  readonly progress: RetryProgress | null;
  readonly contactUrls: ContactUrls;
}

/** Up to this many contacts, the steps are open from the start: there is nothing to find one's way through. */
const FEW = 5;

/** Finds a contact that fails, says in plain words why, and what to do. */
export function errorsPage(view: ErrorsView): Safe {
  const { frame, query, found, facets } = view;
  const { causes, counters, connectionProblems: whole } = frame.overview;
  return html`
    <h1>Errors</h1>
    <p class="muted">${counted(counters.failing, "contact")} failing, ${counted(causes.length, "cause")}.</p>
    <p id="newer" class="banner info" role="status" data-since="${frame.now.toISOString()}" hidden>
      <span></span> <a href="${errorsAddress(query)}">Refresh</a>
    </p>
    ${whole.length > 0 && connectionProblems(whole, frame.now)} ${retrying(view)}
    ${causeCards(causes, facets.trends, query, frame)}
    <section aria-labelledby="contacts">
      <h2 id="contacts">Contacts</h2>
      ${(found.total > 0 || filtered(query)) && errorFilters(query, causes, facets.fields, view.rules, frame.shell.visitor?.role ?? "viewer")}
      ${found.total === 0 ? nothing(view) : contacts(view)}
      ${pager(found.page, found.pages, "errors", (page) => errorsAddress({ ...query, page }))}
    </section>
  `;
}

function retrying({ progress, query }: ErrorsView): Fragment {
  if (progress === null || progress.waiting === 0) return null;
  const { contacts: all, waiting, failedAgain } = progress;
  return html`<div class="banner info">
    <p>
      <label for="retrying">Retrying ${counted(all, "contact")}:</label>
      ${grouped(all - waiting)} done, ${grouped(failedAgain)} of them failed again.
      <a href="${errorsAddress(query)}">Refresh</a>
    </p>
    <progress id="retrying" max="${all}" value="${all - waiting}">
      ${grouped(all - waiting)} of ${grouped(all)}
    </progress>
  </div>`;
}

function nothing({ query, frame }: ErrorsView): Safe {
  if (filtered(query)) return html`<p>No errors match these filters. <a href="/errors">Clear all</a></p>`;
  const { lastFinishedAt } = frame.overview;
  if (lastFinishedAt === null) return html`<p>Nothing has been checked yet.</p>`;
  return html`<p>No contact needs attention. Last checked ${timeElement(lastFinishedAt, frame.now)}.</p>`;
}

function filtered({ search, cause, side, field, rule, state, within }: FailingQuery): boolean {
  return errorsParameters({ search, cause, side, field, rule, state, within }).size > 0;
}

/** On a narrow screen the rows become cards, which takes a table's roles away: so they are said. */
function contacts(view: ErrorsView): Safe {
  const { found, query, frame } = view;
  const first = (found.page - 1) * query.size + 1;
  const role = frame.shell.visitor?.role ?? "viewer";
  const acts = mayDo(role, "operator");
  const table = html`<table class="stacks errors" role="table">
    <caption>
      ${
        found.total === 1
          ? "1 contact"
          : `${grouped(first)} to ${grouped(first + found.contacts.length - 1)} of ${counted(found.total, "contact")}`
      }${filtered(query) && " matching"}
    </caption>
    <thead role="rowgroup">
      <tr role="row">
        ${acts && html`<th scope="col" role="columnheader" class="tick"><span class="unseen">Select</span></th>`}
        ${HEADS.map(({ label, sorts }) => columnHead({ label, sorts: mayDo(role, "operator") ? sorts : sorts.filter(([sort]) => sort !== "email") }, query))}
      </tr>
    </thead>
    ${groupedErrors(found.contacts, query).map((group) => errorGroup(group, view, acts))}
  </table>`;
  return acts ? bulk(view, table) : table;
}

interface Head {
  readonly label: string;
  /** The sorts of this column, each with what it is to a screen reader; the first is what pressing it chooses. */
  readonly sorts: readonly (readonly [FailingQuery["sort"], "ascending" | "descending"])[];
}

const HEADS: readonly Head[] = [
  { label: "Contact", sorts: [["email", "ascending"]] },
  { label: "Name", sorts: [] },
  { label: "Value", sorts: [] },
  {
    label: "Since",
    sorts: [
      ["newest", "descending"],
      ["oldest", "ascending"],
    ],
  },
  { label: "Tries", sorts: [["tries", "descending"]] },
  { label: "Actions", sorts: [] },
];

/** A column that can be sorted by is a link: pressed again it reverses, where it can. */
function columnHead({ label, sorts }: Head, query: FailingQuery): Safe {
  const at = sorts.findIndex(([sort]) => sort === query.sort);
  const [next] = sorts[at + 1] ?? sorts[0] ?? [];
  if (next === undefined) return html`<th scope="col" role="columnheader">${label}</th>`;
  const way = sorts[at]?.[1] ?? null;
  return html`<th scope="col" role="columnheader" ${way !== null && html`aria-sort="${way}"`}>
    <a href="${errorsAddress({ ...query, sort: next, page: 1 })}#contacts"
      >${label}${way !== null && html`<span aria-hidden="true"> ${way === "ascending" ? "▲" : "▼"}</span>`}</a
    >
  </th>`;
}

/** The table as a form: what is done to the ticked ones is asked for once more on the next page. */
function bulk({ frame, query, found }: ErrorsView, table: Safe): Safe {
  const ignored = query.state === "ignored";
  return html`<form method="post" action="/errors" class="rows">
    ${csrfField(frame.shell)}
    ${[...errorsParameters({ ...query, page: 1 })].map(
      ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`,
    )}
    <p class="select">
      <label hidden
        ><input type="checkbox" id="tick-all" /> Select all ${found.contacts.length} on this page</label
      >
      <label
        ><input type="checkbox" name="all" value="1" /> Select all ${grouped(found.total)} matching this
        search</label
      >
    </p>
    ${table}
    <div class="buttons bulk">
      <span id="ticked" role="status" class="muted"></span>
      ${
        ignored
          ? html`<button type="submit" name="do" value="resume" class="first">Stop ignoring selected</button>`
          : html`<button type="submit" name="do" value="retry" class="first">Retry selected</button>
              <button type="submit" name="do" value="ignore">Ignore selected…</button>`
      }
    </div>
  </form>`;
}

/** The problem with its fix, and below it a line for each contact. */
function errorGroup({ problem, contacts: some }: ErrorGroup, view: ErrorsView, acts: boolean): Safe {
  const few = view.found.contacts.length <= FEW;
  return html`<tbody role="rowgroup">
    <tr role="row" class="group">
      <th scope="rowgroup" role="rowheader" colspan="${HEADS.length + (acts ? 1 : 0)}">
        ${problem === null ? html`<p class="title">No problem now</p>` : causeOf(problem, some, few)}
      </th>
    </tr>
    ${some.map((contact) => row(contact, problem, view, acts))}
  </tbody>`;
}

/** One contact's values stand for all: with several, they are an example. */
function causeOf(problem: StoredProblem, some: readonly FailingContact[], few: boolean): Safe {
  const { title, explanation, code, fix } = problem;
  const about = [code, place(problem)].filter((part) => part !== "").join(" · ");
  return html`<p class="title">${title}</p>
    <p>${some.length === 1 ? explanation : `For example: ${explanation}`}</p>
    <details ${few && html`open`}>
      <summary>How to fix<span class="unseen">: ${title}</span></summary>
      ${fixList(fix)}
      <p class="muted">${afterwards(problem)}</p>
      <p class="muted">${about}</p>
    </details>`;
}

function row(contact: FailingContact, problem: StoredProblem | null, view: ErrorsView, acts: boolean): Safe {
  const { now, shell } = view.frame;
  const may = shell.visitor !== null && mayDo(shell.visitor.role, "operator");
  const links = [
    ...SIDES.map((side) => contactLink(side, contact.ids[side], view.contactUrls, contact.email, true)),
    may &&
      html`<a href="/contacts/${contact.id}/raw"
        >Requests<span class="unseen">: ${personAddress(contact.email)}</span></a
      >`,
  ].filter((link) => link !== null && link !== false);
  const others = contact.problems.length - 1;
  return html`<tr role="row" id="c${contact.id}">
    ${
      acts &&
      html`<td role="cell" class="tick">
        <label
          ><input type="checkbox" name="link" value="${contact.id}" /><span class="unseen"
            >Select ${personAddress(contact.email)}</span
          ></label
        >
      </td>`
    }
    <th scope="row" role="rowheader" data-label="Contact">
      <a href="/contacts/${contact.id}"><bdi>${personAddress(contact.email)}</bdi></a>
    </th>
    <td role="cell" data-label="Name">${contact.name !== null && html`<bdi>${contact.name}</bdi>`}</td>
    <td role="cell" data-label="Value">
      ${contact.ignored !== null && html`<p class="muted">${ignoredWords(contact.ignored, now)}</p>`}
      ${problem !== null && valueOf(contact, problem)}
      ${others > 0 && html` <a href="/contacts/${contact.id}#problems">and ${counted(others, "more problem")}</a>`}
    </td>
    <td role="cell" data-label="Since">${timeElement(contact.since, now)}</td>
    <td role="cell" data-label="Tries">${tries(contact, now)}</td>
    <td role="cell" data-label="Actions">
      <ul class="links">
        ${links.map((link) => html`<li>${link}</li>`)}
      </ul>
    </td>
  </tr>`;
}

/** The value that a problem is about: what stands first in quotes in its explanation. */
function valueOf({ problems }: FailingContact, { code, field, title }: StoredProblem): Fragment {
  const own = problems.find((one) => one.code === code && one.field === field && one.title === title);
  const [quoted] = /"[^"]*"/.exec(own?.explanation ?? "") ?? [];
  return quoted !== undefined && html`<bdi class="quoted">${quoted}</bdi>`;
}

function tries({ attempts, retryAt, waits }: FailingContact, now: Date): Safe {
  if (waits) return html`${grouped(attempts)}, next in the next run`;
  if (retryAt !== null) {
    return html`${grouped(attempts)},
    ${retryAt.getTime() <= now.getTime() ? "next in the next run" : html`next ${timeElement(retryAt, now)}`}`;
  }
  return attempts === 0 ? html`Not attempted` : html`${counted(attempts, "try", "tries")}, gave up`;
}
