import type { Reply, Route } from "../../route.ts";
import type { Segment } from "../state/group.ts";
import type { KlaviyoState } from "../state/state.ts";
import { selfLink } from "../wire/document.ts";
import type { FilterFields } from "../wire/filter.ts";
import { segmentResource } from "../wire/group-resource.ts";
import { operation } from "../wire/operation.ts";
import { noSuch } from "../wire/vendor-error.ts";
import { additionalOf, includesOf } from "../wire/requested-fields.ts";
import { groupPage, withIncluded } from "./group-page.ts";
import { includedTags } from "./list-routes.ts";

const FILTERS: FilterFields = {
  name: { operators: ["any", "equals"], type: "text" },
  id: { operators: ["any", "equals"], type: "text" },
  created: { operators: ["greater-than"], type: "seconds" },
  updated: { operators: ["greater-than"], type: "seconds" },
  is_active: { operators: ["any", "equals"], type: "boolean" },
  is_starred: { operators: ["equals"], type: "boolean" },
};
const INCLUDES = ["tags", "flow-triggers"];

export function segmentRoutes(state: KlaviyoState): readonly Route[] {
  return [
    operation("get_segments", "GET", "/api/segments", (call) => {
      const includes = includesOf(call, INCLUDES);
      const page = groupPage(call, state.segments.values(), FILTERS, (segment) =>
        segmentResource(call, segment, { includes }),
      );
      return withIncluded(page, includes, includedTags(call, state, page.rows, includes));
    }),
    operation("get_segment", "GET", "/api/segments/:id", (call) => {
      const includes = includesOf(call, INCLUDES);
      const profileCount = additionalOf(call, "segment").has("profile_count");
      const segment = segmentOf(state, call.params["id"] ?? "");
      const data = segmentResource(call, segment, { includes, profileCount });
      const reply: Reply = { status: 200, body: { data, links: { self: selfLink(call) } } };
      return withIncluded(reply, includes, includedTags(call, state, [segment], includes));
    }),
  ];
}

/** The segment of an id, or the 404 that says there is none. */
export function segmentOf(state: KlaviyoState, id: string): Segment {
  const segment = state.segments.get(id);
  if (segment === undefined) throw noSuch("segment", id);
  return segment;
}
