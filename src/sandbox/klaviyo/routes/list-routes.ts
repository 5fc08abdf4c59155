import type { Call, Reply, Route } from "../../route.ts";
import type { List } from "../state/group.ts";
import { newList } from "../state/group.ts";
import type { KlaviyoState } from "../state/state.ts";
import { dataOf, only, required, textOf } from "../wire/body-reader.ts";
import { selfLink } from "../wire/document.ts";
import type { FilterFields } from "../wire/filter.ts";
import { flowResource, listResource } from "../wire/group-resource.ts";
import { operation } from "../wire/operation.ts";
import { invalid, noSuch } from "../wire/vendor-error.ts";
import { additionalOf, includesOf } from "../wire/requested-fields.ts";
import { groupPage, withIncluded } from "./group-page.ts";
import { tagResource } from "./tag-routes.ts";

const FILTERS: FilterFields = {
  name: { operators: ["any", "equals"], type: "text" },
  id: { operators: ["any", "equals"], type: "text" },
  created: { operators: ["greater-than"], type: "seconds" },
  updated: { operators: ["greater-than"], type: "seconds" },
};
const INCLUDES = ["tags", "flow-triggers"];
const CREATE: ReadonlySet<string> = new Set(["name", "opt_in_process"]);

export function listRoutes(state: KlaviyoState): readonly Route[] {
  return [
    operation("get_lists", "GET", "/api/lists", (call) => {
      const includes = includesOf(call, INCLUDES);
      const page = groupPage(call, state.lists.values(), FILTERS, (list) =>
        listResource(call, list, { includes }),
      );
      return withIncluded(page, includes, included(call, state, page.rows, includes));
    }),
    operation("get_list", "GET", "/api/lists/:id", (call) => {
      const includes = includesOf(call, INCLUDES);
      const profileCount = additionalOf(call, "list").has("profile_count");
      const list = listOf(state, call.params["id"] ?? "");
      const data = listResource(call, list, { includes, profileCount });
      const reply: Reply = { status: 200, body: { data, links: { self: selfLink(call) } } };
      return withIncluded(reply, includes, included(call, state, [list], includes));
    }),
    operation("create_list", "POST", "/api/lists", (call) => {
      const attributes = required(dataOf(call, "list"), "attributes", "/data");
      only(attributes, CREATE, "list", "/data/attributes");
      const name = textOf(attributes, "name", "/data/attributes");
      if (name === undefined || name === null || name === "") {
        throw invalid("'name' is a required field.", "/data/attributes/name");
      }
      const process = textOf(attributes, "opt_in_process", "/data/attributes") ?? "double_opt_in";
      if (process !== "single_opt_in" && process !== "double_opt_in") {
        throw invalid(
          `'${process}' is not a valid choice for 'opt_in_process'.`,
          "/data/attributes/opt_in_process",
        );
      }
      const created = state.time.micros();
      const list = newList({ id: state.ids.short(), name, created, opt_in_process: process });
      state.lists.set(list.id, list);
      const after = { name, opt_in_process: process };
      state.world.truth.applied({ actor: "api", action: "list.create", id: list.id, before: null, after });
      const data = listResource(call, list, { includes: new Set(), created: true });
      return { status: 201, body: { data, links: { self: selfLink(call) } } };
    }),
  ];
}

/** The list of an id, or the 404 that says there is none. */
export function listOf(state: KlaviyoState, id: string): List {
  const list = state.lists.get(id);
  if (list === undefined) throw noSuch("list", id);
  return list;
}

function included(
  call: Call,
  state: KlaviyoState,
  lists: readonly List[],
  includes: ReadonlySet<string>,
): readonly object[] {
  const withFlows = includes.has("flow-triggers") ? lists : [];
  const flows = withFlows.flatMap((list) => (list.flows ?? []).map((flow) => flowResource(call, list, flow)));
  return [...includedTags(call, state, lists, includes), ...flows];
}

/** The tags of what is on the page, each once. */
export function includedTags(
  call: Call,
  state: KlaviyoState,
  groups: readonly { readonly tags: readonly string[] }[],
  includes: ReadonlySet<string>,
): readonly object[] {
  if (!includes.has("tags")) return [];
  const ids = new Set(groups.flatMap(({ tags }) => tags));
  return [...ids].map((id) => tagResource(call, state, id));
}
