import type { Call, Reply } from "../../route.ts";
import type { List, Segment } from "../state/group.ts";
import { sortedIndex } from "../state/sorted-index.ts";
import { secondsOf } from "../state/vendor-time.ts";
import { selfLink } from "../wire/document.ts";
import type { FilterFields } from "../wire/filter.ts";
import { filterOf, holds } from "../wire/filter.ts";
import { pageOf } from "../wire/page.ts";
import { sortOf } from "../wire/sort.ts";

const ORDERS = ["id", "created", "name", "updated"] as const;
const TEN = { standard: 10, max: 10 };

/** One page of lists or segments. There are few of them, so they are put in order for each page. */
export function groupPage<G extends List | Segment>(
  call: Call,
  groups: Iterable<G>,
  fields: FilterFields,
  render: (group: G) => object,
): { readonly status: 200; readonly body: Record<string, unknown>; readonly rows: readonly G[] } {
  const conditions = filterOf(call, fields);
  // Without a sort the real one was seen to answer in the order of ids.
  const { field, descending } = sortOf(call, ORDERS, "id");
  const byId = new Map<string, G>();
  const index = sortedIndex();
  for (const group of groups) {
    const values: Readonly<Record<string, unknown>> = {
      id: group.id,
      name: group.name,
      created: secondsOf(group.created),
      updated: secondsOf(group.updated),
      is_active: group.kind === "segment" ? group.is_active : undefined,
    };
    // `is_starred` is documented as a filter, and ignored.
    const kept = conditions.every(
      (condition) => condition.field === "is_starred" || holds(condition, values[condition.field]),
    );
    if (!kept) continue;
    byId.set(group.id, group);
    index.add(values[field] as string | number, group.id);
  }
  const { rows, links } = pageOf(call, { index, descending, sizes: TEN, pick: ({ id }) => byId.get(id) });
  // A filter by ids was seen to give a `prev` that leads nowhere, on the first and only page.
  const junk = conditions.some(({ field: name, operator }) => name === "id" && operator === "any");
  const prev = junk ? selfLink(call, { "page[cursor]": "<Filters: any(id,[…])>" }) : links.prev;
  return { status: 200, rows, body: { data: rows.map(render), links: { ...links, prev } } };
}

/** `included` where anything was asked to be included, else nothing. */
export function withIncluded(
  reply: Reply,
  includes: ReadonlySet<string>,
  included: readonly object[],
): Reply {
  const { status, body } = reply;
  return includes.size === 0 ? { status, body } : { status, body: { ...(body as object), included } };
}
