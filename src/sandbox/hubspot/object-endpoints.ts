import { batchReply, scrambled } from "./batch-reply.ts";
import type { Endpoint } from "./endpoint.ts";
import { Refusal } from "./refusal.ts";
import { batchInputs, objectBody, textField, textsField } from "./request-parts.ts";
import { READ_COMPANIES, READ_DEALS } from "./scopes.ts";
import type { HubspotState, PlainObject } from "./state.ts";

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

/** Companies and deals, read by the hundred. */
export function objectEndpoints(state: HubspotState): readonly Endpoint[] {
  return (["companies", "deals"] as const).map((type) => ({
    method: "POST",
    path: `/crm/v3/objects/${type}/batch/read`,
    scopes: type === "companies" ? READ_COMPANIES : READ_DEALS,
    mutating: false,
    handle(call, { version }) {
      const wanted = textsField(objectBody(call), "properties");
      const names = wanted.length === 0 ? DEFAULT_PROPERTIES[type] : [...ALWAYS, ...wanted];
      const ids = batchInputs(call, 100).map((input) => textField(input, "id"));
      const found = [...new Set(ids)].flatMap((id) => state.objects[type].get(id) ?? []);
      const missing = ids.filter((id) => !state.objects[type].has(id));
      return batchReply({
        status: 200,
        version,
        at: state.now(),
        results: scrambled(found, (object) => Number(object.id)).map((object) =>
          view(state, type, object, names),
        ),
        refusals: missing.length === 0 ? [] : [notThere(type, missing)],
      });
    },
  }));
}

function view(
  state: HubspotState,
  type: "companies" | "deals",
  object: PlainObject,
  names: readonly string[],
): Record<string, unknown> {
  const createdAt = new Date(object.createdAt).toISOString();
  const updatedAt = new Date(object.updatedAt).toISOString();
  const computed: Readonly<Record<string, string>> = {
    hs_object_id: object.id,
    createdate: createdAt,
    hs_lastmodifieddate: updatedAt,
  };
  const properties: Record<string, string | null> = {};
  for (const name of names) {
    if (state.properties[type].has(name))
      properties[name] = object.properties.get(name) ?? computed[name] ?? null;
  }
  return { id: object.id, properties, createdAt, updatedAt, archived: false };
}

function notThere(type: "companies" | "deals", ids: readonly string[]): Refusal {
  const name = type === "companies" ? "COMPANY" : "DEAL";
  return new Refusal(
    404,
    `Could not get some ${name} objects, they may be deleted or not exist. Check that ids are valid.`,
    { category: "OBJECT_NOT_FOUND", context: { ids } },
  );
}
