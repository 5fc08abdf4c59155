import type { Call, Route } from "../../route.ts";
import { sortedIndex } from "../state/sorted-index.ts";
import type { KlaviyoState } from "../state/state.ts";
import { relation, resourceLink } from "../wire/document.ts";
import type { Operator } from "../wire/filter.ts";
import { filterOf, holds } from "../wire/filter.ts";
import { operation } from "../wire/operation.ts";
import { pageOf } from "../wire/page.ts";
import { fieldsOf, includesOf, sparse } from "../wire/requested-fields.ts";
import { sortOf } from "../wire/sort.ts";
import { withIncluded } from "./group-page.ts";

const NAME_OPERATORS: readonly Operator[] = ["equals", "contains", "starts-with", "ends-with"];
/** Every account has one group that tags fall into when nobody sorts them. */
const UNGROUPED = "e30baa69-f382-4eef-8ff6-222d5c3d9a8a";

export function tagRoutes(state: KlaviyoState): readonly Route[] {
  return [
    operation("get_tags", "GET", "/api/tags", (call) => {
      const includes = includesOf(call, ["tag-group"]);
      const conditions = filterOf(call, { name: { operators: NAME_OPERATORS, type: "text" } });
      const { field, descending } = sortOf(call, ["id", "name"], "id");
      const index = sortedIndex();
      for (const [id, name] of state.tags) {
        if (conditions.every((condition) => holds(condition, name))) {
          index.add(field === "id" ? id : name, id);
        }
      }
      const { rows, links } = pageOf(call, {
        index,
        descending,
        sizes: { standard: 50, max: 50 },
        pick: ({ id }) => tagResource(call, state, id, includes.has("tag-group")),
      });
      const group = {
        type: "tag-group",
        id: UNGROUPED,
        attributes: sparse(
          { name: "Ungrouped Tags", exclusive: false, default: true },
          fieldsOf(call, "tag-group"),
        ),
        relationships: { tags: relation(call, "tag-groups", UNGROUPED, "tags") },
        links: { self: resourceLink(call, "tag-groups", UNGROUPED) },
      };
      return withIncluded({ status: 200, body: { data: rows, links } }, includes, [group]);
    }),
  ];
}

/** A tag as a resource; also what lists and segments include. */
export function tagResource(call: Call, state: KlaviyoState, id: string, withGroup = false): object {
  const group = withGroup ? { type: "tag-group", id: UNGROUPED } : undefined;
  const others = ["lists", "segments", "campaigns", "flows"];
  return {
    type: "tag",
    id,
    attributes: sparse({ name: state.tags.get(id) ?? "" }, fieldsOf(call, "tag")),
    relationships: {
      "tag-group": relation(call, "tags", id, "tag-group", group),
      ...Object.fromEntries(others.map((name) => [name, relation(call, "tags", id, name)])),
    },
    links: { self: resourceLink(call, "tags", id) },
  };
}
