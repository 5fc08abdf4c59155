import { historyOf } from "../contacts/contact-view.ts";
import { batchReply, scrambled } from "../wire/batch-reply.ts";
import type { Endpoint } from "../wire/endpoint.ts";
import type { PlainObject } from "./plain-object.ts";
import { plainValue } from "./plain-object.ts";
import { searchPlainObjects } from "./plain-object-search.ts";
import { invalid, VendorError } from "../wire/vendor-error.ts";
import { batchInputs, objectBody, textField, textsField } from "../wire/request-parts.ts";
import { READ_COMPANIES, READ_DEALS } from "../wire/scopes.ts";
import { searchRequest } from "../search/search-request.ts";
import type { HubspotState } from "../state.ts";

type PlainType = "companies" | "deals";

const DEFAULT_PROPERTIES = {
  companies: ["createdate", "domain", "hs_lastmodifieddate", "hs_object_id", "name"],
  deals: [
    "amount",
    "closedate",
    "createdate",
    "dealname",
    "dealstage",
    "hs_lastmodifieddate",
    "hs_object_id",
    "pipeline",
  ],
} as const;
const ALWAYS = ["createdate", "hs_lastmodifieddate", "hs_object_id"];
const LARGEST_BATCH = 100;
const LARGEST_BATCH_WITH_HISTORY = 50;

/** Companies and deals, read by the hundred and searched. Nothing writes them: only people do. */
export function objectEndpoints(state: HubspotState): readonly Endpoint[] {
  return (["companies", "deals"] as const).flatMap((type) => {
    const known = { scopes: type === "companies" ? READ_COMPANIES : READ_DEALS, mutating: false } as const;
    return [batchRead(state, type, known), search(state, type, known)];
  });
}

type Known = Pick<Endpoint, "scopes" | "mutating">;

function batchRead(state: HubspotState, type: PlainType, known: Known): Endpoint {
  return {
    ...known,
    method: "POST",
    path: `/crm/v3/objects/${type}/batch/read`,
    handle(call, { version }) {
      const body = objectBody(call);
      const withHistory = textsField(body, "propertiesWithHistory");
      const ids = batchInputs(call, LARGEST_BATCH).map((input) => textField(input, "id"));
      if (withHistory.length > 0 && ids.length > LARGEST_BATCH_WITH_HISTORY) {
        throw invalid(
          `The maximum number of inputs supported in a batch request for property histories is ${LARGEST_BATCH_WITH_HISTORY}`,
        );
      }
      const live = (id: string): PlainObject | undefined => {
        const object = state.objects[type].get(id);
        return object?.gone === null ? object : undefined;
      };
      const found = [...new Set(ids)].flatMap((id) => live(id) ?? []);
      const missing = ids.filter((id) => live(id) === undefined);
      return batchReply({
        status: 200,
        version,
        at: state.now(),
        results: scrambled(found, ({ number }) => number).map((object) =>
          view(state, type, object, { properties: textsField(body, "properties"), withHistory }),
        ),
        vendorErrors: missing.length === 0 ? [] : [notThere(type, missing)],
      });
    },
  };
}

function search(state: HubspotState, type: PlainType, known: Known): Endpoint {
  return {
    ...known,
    method: "POST",
    path: `/crm/v3/objects/${type}/search`,
    limit: "search",
    handle(call) {
      const request = searchRequest(state.properties[type], call);
      const hits = searchPlainObjects(state, type, request);
      const end = request.offset + request.limit;
      const results = hits
        .slice(request.offset, end)
        .filter(({ object }) => object.gone === null)
        .map(({ object, at }) =>
          view(state, type, object, { properties: request.properties, withHistory: [], at }),
        );
      const more = end < hits.length && request.limit > 0;
      const paging = more ? { paging: { next: { after: String(end), link: `?after=${end}` } } } : {};
      return { status: 200, body: { total: hits.length, results, ...paging } };
    },
  };
}

function view(
  state: HubspotState,
  type: PlainType,
  object: PlainObject,
  wanted: {
    readonly properties: readonly string[];
    readonly withHistory: readonly string[];
    readonly at?: number;
  },
): Record<string, unknown> {
  const { properties: given, withHistory, at = Number.POSITIVE_INFINITY } = wanted;
  const isDefined = (name: string): boolean => state.properties[type].get(name)?.archived === false;
  const names = given.length === 0 ? DEFAULT_PROPERTIES[type] : [...ALWAYS, ...given];
  const properties = Object.fromEntries(
    names.filter(isDefined).map((name) => [name, plainValue(object, name, at)]),
  );
  const history = Object.fromEntries(
    withHistory.filter(isDefined).map((name) => [name, historyOf(object, name)]),
  );
  return {
    id: object.id,
    properties,
    ...(withHistory.length === 0 ? {} : { propertiesWithHistory: history }),
    createdAt: plainValue(object, "createdate"),
    updatedAt: plainValue(object, "hs_lastmodifieddate", at),
    archived: false,
  };
}

function notThere(type: PlainType, ids: readonly string[]): VendorError {
  const name = type === "companies" ? "COMPANY" : "DEAL";
  return new VendorError(
    404,
    `Could not get some ${name} objects, they may be deleted or not exist. Check that ids are valid.`,
    { category: "OBJECT_NOT_FOUND", context: { ids } },
  );
}
