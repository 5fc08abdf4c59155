import { touchedAt } from "../contacts/contact.ts";
import { indexTime } from "../search/index-lag.ts";
import type { PlainObject } from "./plain-object.ts";
import { plainValue } from "./plain-object.ts";
import type { Subject } from "../search/search-match.ts";
import { asNumber, requestMatcher } from "../search/search-match.ts";
import type { SearchRequest } from "../search/search-request.ts";
import type { HubspotState } from "../state.ts";

/** Every company or deal a search finds, each as the index knows it, by ascending id unless another order is asked. */
export function searchPlainObjects(
  state: HubspotState,
  type: "companies" | "deals",
  request: SearchRequest,
): readonly { readonly object: PlainObject; readonly at: number }[] {
  const matches = requestMatcher(subjectOf(state, type), request);
  const now = state.now();
  const { name, descending } = request.sort ?? { name: "hs_object_id", descending: false };
  const key = (object: PlainObject, at: number): number | string =>
    asNumber(plainValue(object, name, at)) ?? plainValue(object, name, at) ?? "";
  return [...state.objects[type].values()]
    .map((object) => ({ object, at: indexTime(state.settings.indexLagMs, now, object.number) }))
    .filter(
      ({ object, at }) =>
        touchedAt(object, at) !== null && (object.gone === null || object.gone > at) && matches(object, at),
    )
    .sort((one, other) => {
      const [a, b] = [key(one.object, one.at), key(other.object, other.at)];
      const order = a === b ? one.object.number - other.object.number : a < b ? -1 : 1;
      return descending ? -order : order;
    });
}

function subjectOf(state: HubspotState, type: "companies" | "deals"): Subject<PlainObject> {
  return {
    properties: state.properties[type],
    texts: type === "companies" ? ["name", "domain"] : ["dealname"],
    value: plainValue,
    number: (object, name, at) => asNumber(plainValue(object, name, at)),
    special: () => null,
  };
}
