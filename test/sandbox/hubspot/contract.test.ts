import { Client } from "@hubspot/api-client";
import type { RequestContext } from "@hubspot/api-client/lib/codegen/crm/contacts/index.js";
import { expect, test } from "vitest";
import { startHubspot, TOKEN } from "./start-hubspot.ts";

const GENERATIONS = ["numbered", "2026-03", "2026-09"] as const;

/** The numbered path in another generation of the API. */
function at(generation: (typeof GENERATIONS)[number], path: string): string {
  if (generation === "numbered") return path;
  return path
    .replace(/^\/crm\/v[34]\/(objects|lists|properties|associations)/, `/crm/$1/${generation}`)
    .replace(/^\/(account-info|communication-preferences)\/v\d/, `/$1/${generation}`)
    .replace(/^\/events\/v3\/events/, `/events/event-occurrences/${generation}`)
    .replace(
      /^\/events\/v3/,
      generation === "2026-09" ? `/events/custom/${generation}` : `/events/${generation}`,
    );
}

test.each(GENERATIONS)("every endpoint answers its code in the %s API", async (generation) => {
  const { hubspot, call } = await startHubspot({ settings: { indexLagMs: 0, customEvents: true } });
  hubspot.setToken("pat-eu1-rehearsal", {
    scopes: [
      "crm.lists.read",
      "crm.lists.write",
      "crm.objects.contacts.read",
      "crm.objects.contacts.write",
      "crm.schemas.contacts.write",
      "crm.objects.companies.read",
      "crm.objects.deals.read",
      "communication_preferences.read_write",
      "communication_preferences.statuses.batch.read",
      "analytics.behavioral_events.send",
      "behavioral_events.event_definitions.read_write",
    ],
  });
  const [ann, bob, cat] = hubspot.seedContacts(
    ["ann", "bob", "cat"].map((name) => ({ properties: { email: `${name}@example.com` } })),
  );
  const list = hubspot.createList("Newsletter");
  const company = hubspot.createObject("companies", { name: "Example" }, [{ id: ann ?? "", primary: true }]);
  const deal = hubspot.createObject("deals", { dealname: "First" }, [{ id: ann ?? "" }]);
  const traced = (rows: readonly object[]): object => ({
    inputs: rows.map((row, index) => ({ ...row, objectWriteTraceId: `row-${index}` })),
  });
  const partial = generation === "2026-09" ? 200 : 207;
  const note = {
    properties: { hs_timestamp: "2026-06-01T10:00:00Z", hs_note_body: "Clicked" },
    associations: [
      { to: { id: ann }, types: [{ associationCategory: "HUBSPOT_DEFINED", associationTypeId: 202 }] },
    ],
  };
  const happened = { eventName: "pe147893286_click", objectId: ann, properties: {} };
  const filters = { filterGroups: [], limit: 10 };
  const rows: readonly (readonly [number, string, string, unknown?])[] = [
    [200, "POST", "/crm/v3/lists/search", { offset: 0, additionalProperties: [] }],
    [200, "GET", `/crm/v3/lists/${list}`],
    [200, "GET", `/crm/v3/lists?listIds=${list}`],
    [200, "POST", "/crm/v3/lists", { name: "New", objectTypeId: "0-1", processingType: "MANUAL" }],
    [200, "GET", `/crm/v3/lists/${list}/memberships`],
    [200, "GET", `/crm/v3/lists/${list}/memberships/join-order`],
    [200, "PUT", `/crm/v3/lists/${list}/memberships/add`, [ann]],
    [200, "PUT", `/crm/v3/lists/${list}/memberships/remove`, [ann]],
    [
      200,
      "PUT",
      `/crm/v3/lists/${list}/memberships/add-and-remove`,
      { recordIdsToAdd: [ann], recordIdsToRemove: [] },
    ],
    [200, "GET", `/crm/v3/lists/records/0-1/${ann}/memberships`],
    [200, "GET", "/crm/v3/objects/contacts"],
    [200, "GET", `/crm/v3/objects/contacts/${ann}`],
    [201, "POST", "/crm/v3/objects/contacts", { properties: { email: "dan@example.com" } }],
    [200, "PATCH", `/crm/v3/objects/contacts/${ann}`, { properties: { firstname: "Ann" } }],
    [200, "POST", "/crm/v3/objects/contacts/batch/read", { inputs: [{ id: ann }], properties: ["email"] }],
    [partial, "POST", "/crm/v3/objects/contacts/batch/read", { inputs: [{ id: "1" }], properties: [] }],
    [
      201,
      "POST",
      "/crm/v3/objects/contacts/batch/create",
      { inputs: [{ properties: { firstname: "Eve" } }] },
    ],
    [
      generation === "2026-09" ? 201 : 207,
      "POST",
      "/crm/v3/objects/contacts/batch/create",
      traced([{ properties: { nope: "x", firstname: "F" } }, { properties: { firstname: "G" } }]),
    ],
    [
      200,
      "POST",
      "/crm/v3/objects/contacts/batch/update",
      { inputs: [{ id: ann, properties: { city: "Bonn" } }] },
    ],
    [
      partial,
      "POST",
      "/crm/v3/objects/contacts/batch/update",
      traced([
        { id: ann, properties: { city: "Ulm" } },
        { id: "1", properties: { city: "Ulm" } },
      ]),
    ],
    [
      200,
      "POST",
      "/crm/v3/objects/contacts/batch/upsert",
      { inputs: [{ id: "fay@example.com", idProperty: "email", properties: {} }] },
    ],
    [
      partial,
      "POST",
      "/crm/v3/objects/contacts/batch/upsert",
      traced([{ id: "not an address", idProperty: "email", properties: {} }]),
    ],
    [200, "POST", "/crm/v3/objects/contacts/search", filters],
    [200, "POST", "/crm/v3/objects/contacts/merge", { primaryObjectId: bob, objectIdToMerge: cat }],
    [
      200,
      "POST",
      "/crm/v3/objects/companies/batch/read",
      { inputs: [{ id: company }], properties: ["name"] },
    ],
    [partial, "POST", "/crm/v3/objects/companies/batch/read", { inputs: [{ id: "1" }], properties: [] }],
    [200, "POST", "/crm/v3/objects/0-3/batch/read", { inputs: [{ id: deal }], properties: ["dealname"] }],
    [200, "POST", "/crm/v3/objects/deals/batch/read", { inputs: [{ id: deal }], properties: ["dealname"] }],
    [partial, "POST", "/crm/v3/objects/deals/batch/read", { inputs: [{ id: "1" }], properties: [] }],
    [200, "POST", "/crm/v4/associations/contacts/companies/batch/read", { inputs: [{ id: ann }] }],
    [partial, "POST", "/crm/v4/associations/contacts/companies/batch/read", { inputs: [{ id: bob }] }],
    [200, "GET", `/crm/v4/objects/contacts/${ann}/associations/deals`],
    [200, "GET", "/crm/v3/properties/contacts"],
    [200, "GET", "/crm/v3/properties/contacts/email"],
    [
      201,
      "POST",
      "/crm/v3/properties/contacts",
      { name: "score", label: "Score", type: "number", fieldType: "number", groupName: "contactinformation" },
    ],
    [200, "GET", "/communication-preferences/v4/statuses/ann%40example.com?channel=EMAIL"],
    [
      200,
      "POST",
      "/communication-preferences/v4/statuses/ann%40example.com",
      { subscriptionId: 1, statusState: "UNSUBSCRIBED", channel: "EMAIL" },
    ],
    [200, "GET", "/communication-preferences/v4/statuses/ann%40example.com/unsubscribe-all?channel=EMAIL"],
    [200, "POST", "/communication-preferences/v4/statuses/ann%40example.com/unsubscribe-all?channel=EMAIL"],
    [200, "POST", "/communication-preferences/v4/statuses/batch/read?channel=EMAIL", { inputs: ["a@b.de"] }],
    [201, "POST", "/crm/v3/properties/contacts/groups", { name: "klaviyo", label: "Klaviyo" }],
    [200, "GET", "/crm/v3/properties/contacts/groups"],
    [200, "GET", "/crm/v3/properties/contacts/groups/klaviyo"],
    [
      generation === "2026-09" ? 200 : 201,
      "POST",
      "/crm/v3/properties/contacts/batch/create",
      {
        inputs: [
          { name: "opens", label: "Opens", type: "number", fieldType: "number", groupName: "klaviyo" },
        ],
      },
    ],
    [201, "POST", "/crm/v3/objects/notes", note],
    [201, "POST", "/crm/v3/objects/notes/batch/create", { inputs: [note] }],
    [
      generation === "2026-09" ? 201 : 207,
      "POST",
      "/crm/v3/objects/notes/batch/create",
      traced([note, { properties: {} }]),
    ],
    [200, "GET", `/crm/v4/objects/contacts/${ann}/associations/notes`],
    [201, "POST", "/events/v3/event-definitions", { label: "Click", name: "click", propertyDefinitions: [] }],
    [200, "GET", "/events/v3/event-definitions"],
    [201, "PATCH", "/events/v3/event-definitions/pe147893286_click", { label: "Clicked" }],
    [204, "POST", "/events/v3/send", happened],
    [204, "POST", "/events/v3/send/batch", { inputs: [happened] }],
    [200, "GET", `/events/v3/events?objectType=contact&objectId=${ann}`],
    [200, "GET", "/account-info/v3/details"],
    [200, "GET", "/account-info/v3/api-usage/daily/private-apps"],
  ];
  for (const [status, method, path, body] of rows) {
    const answer = await call(method, at(generation, path), body);
    expect({ method, path, status: answer.status, body: answer.body }).toMatchObject({
      method,
      path,
      status,
    });
  }
});

test("the older consent API is numbered v3, and came back in 2026-09 only", async () => {
  const { call } = await startHubspot();
  const path = (generation: string): string =>
    `/communication-preferences/${generation}/status/email/a%40b.de`;
  expect((await call("GET", path("v3"))).status).toBe(200);
  expect((await call("GET", path("2026-03"))).status).toBe(404);
  expect((await call("GET", path("2026-09"))).status).toBe(200);
});

test("2026-09 tells what failed inside a 200, the others with a 207", async () => {
  const { call } = await startHubspot();
  const body = { inputs: [{ id: "1" }], properties: [] };
  const older = await call("POST", "/crm/objects/2026-03/contacts/batch/read", body);
  const newer = await call("POST", "/crm/objects/2026-09/contacts/batch/read", body);
  expect([older.status, newer.status]).toEqual([207, 200]);
  expect(newer.body).toMatchObject({ numErrors: 1, errors: [{ category: "OBJECT_NOT_FOUND" }] });
});

test("a path nobody serves is a 404 in HubSpot's words, and is recorded", async () => {
  const { call, world } = await startHubspot();
  const answer = await call("POST", "/crm/v9/nothing", { a: 1 });
  expect(answer).toMatchObject({
    status: 404,
    body: {
      status: "error",
      message: "Object not found.  objectId are usually numeric.",
      category: "OBJECT_NOT_FOUND",
    },
  });
  expect(world.truth.calls).toMatchObject([{ operation: "unknown", status: 404 }]);
});

test("a body that is not JSON is a 400 without a category", async () => {
  const { url } = await startHubspot();
  const response = await fetch(`${url}/crm/v3/objects/contacts`, {
    method: "POST",
    headers: { authorization: "Bearer pat-eu1-rehearsal", "content-type": "application/json" },
    body: '{"properties": ',
  });
  const body = (await response.json()) as Record<string, unknown>;
  expect(response.status).toBe(400);
  expect(body["message"]).toMatch(/^Invalid input JSON/);
  expect(body).not.toHaveProperty("category");
});

test.each(["2026-03", "2026-09"])("the SDK finds everything at its %s path", async (date) => {
  const { url, world, hubspot } = await startHubspot({ settings: { indexLagMs: 0 } });
  const client = new Client({
    accessToken: TOKEN,
    basePath: url,
    middleware: [
      {
        pre: async (context: RequestContext) => {
          const path = context
            .getUrl()
            .replace(/\/crm\/v[34]\/(objects|lists|properties|associations)/, `/crm/$1/${date}`)
            // A date-based path has no slash before its query; the SDK writes one.
            .replace("/?", "?");
          context.setUrl(path);
          return context;
        },
        post: async (context: unknown) => context,
      },
    ],
  });
  const created = await client.crm.contacts.basicApi.create({
    properties: { email: "ann@example.com" },
    associations: [],
  });
  const list = hubspot.createList("Newsletter");
  const added = await client.crm.lists.membershipsApi.add(list, [created.id]);
  expect(added.recordsIdsAdded).toEqual([created.id]);
  expect((await client.crm.lists.listsApi.getAll([list])).lists).toHaveLength(1);
  expect((await client.crm.contacts.searchApi.doSearch({ filterGroups: [] })).total).toBe(1);
  expect((await client.crm.properties.coreApi.getByName("contacts", "email")).name).toBe("email");
  const upserted = await client.crm.contacts.batchApi.upsert({
    inputs: [{ id: "ann@example.com", idProperty: "email", properties: { city: "Bonn" } }],
  });
  expect(upserted.results.map(({ id }) => id)).toEqual([created.id]);
  const deals = await client.crm.associations.v4.basicApi.getPage(
    "contacts",
    created.id,
    "deals",
    undefined,
    500,
  );
  expect(deals.results).toEqual([]);
  expect(world.truth.calls.every(({ path }) => path.includes(date))).toBe(true);
});
