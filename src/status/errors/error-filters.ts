import type { FailingQuery, FilterRule } from "../../store/pages/failing-contacts.ts";
import { ALL_FAILING, PAGE_SIZES } from "../../store/pages/failing-contacts.ts";
import type { Cause } from "../../store/pages/overview.ts";
import type { Choice } from "../parts/choice-field.ts";
import { WITHIN_CHOICES, choiceField } from "../parts/choice-field.ts";
import { grouped } from "../../model/count-words.ts";
import { SIDE_NAMES } from "../../model/side.ts";
import { errorsAddress, errorsParameters } from "./errors-address.ts";
import type { Fragment, Safe } from "../frame/layout/html.ts";
import { html } from "../frame/layout/html.ts";
import { place } from "../../words/problem-words.ts";
import type { Role } from "../frame/access/role.ts";
import { mayDo } from "../frame/access/role.ts";
import { searchField } from "../parts/search-box.ts";

const SORTS = [
  ["newest", "Newest first"],
  ["oldest", "Oldest first"],
  ["email", "By email"],
  ["tries", "Most tries first"],
] as const;

/** The form that searches. It goes to the first page, and all of it is in the address. */
export function errorFilters(
  query: FailingQuery,
  causes: readonly Cause[],
  fields: readonly string[],
  rules: readonly FilterRule[],
  role: Role,
): Safe {
  const known = [...new Map(causes.toReversed().map((one) => [one.code, one])).values()]
    .toReversed()
    .map(({ code, title, contacts }): Choice => [code, `${title} (${grouped(contacts)})`]);
  const cause: readonly Choice[] =
    query.cause === null || causes.some(({ code }) => code === query.cause)
      ? known
      : [...known, [query.cause, query.cause]];
  const sorts = SORTS.filter(([sort]) => sort !== "email" || mayDo(role, "operator"));
  const field = new Set([...fields, ...(query.field === null ? [] : [query.field])]);
  return html`<form method="get" action="/errors" role="search" aria-label="Failing contacts" class="filters">
    ${searchField(query.search, role)}
    <div class="buttons">
      <button type="submit" class="first">Search</button>
      <a href="${errorsAddress(query, "/errors.csv")}">Download CSV</a>
    </div>
    <details class="more" ${isNarrowed(query) && html`open`}>
      <summary>Filters</summary>
      <div class="fields">
        ${choiceField(
          "side",
          "Side",
          query.side,
          [
            ["hubspot", "HubSpot"],
            ["klaviyo", "Klaviyo"],
          ],
          "Any",
        )}
        ${choiceField("cause", "Cause", query.cause, cause, "Any")}
        ${choiceField(
          "field",
          "Field",
          query.field,
          [...field].map((key): Choice => [key, fieldName(key)]),
          "Any",
        )}
        ${
          rules.length > 0 &&
          choiceField(
            "rule",
            "Rule",
            query.rule?.id ?? null,
            rules.map(({ id }): Choice => [id, id]),
            "Any",
          )
        }
        ${choiceField(
          "state",
          "Status",
          query.state,
          [
            ["failing", "Failing"],
            ["ignored", "Ignored"],
          ],
          null,
        )}
        ${choiceField("within", "First seen", query.within, WITHIN_CHOICES, "Any time")}
        ${choiceField("sort", "Sort", query.sort, sorts, null)}
        ${choiceField(
          "size",
          "Per page",
          String(query.size),
          PAGE_SIZES.map((size): Choice => [String(size), String(size)]),
          null,
        )}
      </div>
    </details>
    ${chips(query, causes)}
  </form>`;
}

/** Is anything set in the folded part? */
function isNarrowed(query: FailingQuery): boolean {
  return errorsParameters({ ...query, search: null, page: 1 }).size > 0;
}

/** What is filtered by, each to be taken away alone. */
function chips(query: FailingQuery, causes: readonly Cause[]): Fragment {
  const all: readonly (readonly [string, Partial<FailingQuery>] | false)[] = [
    query.search !== null && [`“${query.search}”`, { search: null }],
    query.side !== null && [SIDE_NAMES[query.side], { side: null }],
    query.cause !== null && [
      causes.find(({ code }) => code === query.cause)?.title ?? query.cause,
      { cause: null },
    ],
    query.field !== null && [fieldName(query.field), { field: null }],
    query.rule !== null && [`Rule ${query.rule.id}`, { rule: null }],
    query.state !== ALL_FAILING.state && ["Ignored", { state: ALL_FAILING.state }],
    query.within !== null && [
      WITHIN_CHOICES.find(([value]) => value === query.within)?.[1] ?? "",
      { within: null },
    ],
  ];
  const active = all.filter((chip) => chip !== false);
  if (active.length === 0) return null;
  return html`<ul class="chips" aria-label="Filters in use">
    ${active.map(
      ([words, without]) =>
        html`<li>
          <a href="${errorsAddress({ ...query, ...without, page: 1 })}"
            ><bdi>${words}</bdi><span aria-hidden="true"> ×</span
            ><span class="unseen">: remove this filter</span></a
          >
        </li>`,
    )}
    <li><a href="/errors">Clear all</a></li>
  </ul>`;
}

function fieldName(key: string): string {
  return place({ side: null, field: key });
}
