import { AssociationSpecAssociationCategoryEnum } from "@hubspot/api-client/lib/codegen/crm/objects/notes/index.js";
import { expect, test } from "vitest";
import { vendorError, startHubspot, TOKEN } from "./start-hubspot.ts";

test("a create of a taken address is answered with 400 or 409, as the portal is set", async () => {
  const { client, hubspot } = await startHubspot();
  const [ann] = hubspot.seedContacts([{ properties: { email: "ann@example.com" } }]);
  const create = () =>
    vendorError(
      client.crm.contacts.basicApi.create({ properties: { email: "ANN@example.com" }, associations: [] }),
    );
  expect(await create()).toMatchObject({ code: 409 });
  hubspot.set({ takenEmailStatus: 400 });
  const { code, body } = await create();
  expect(code).toBe(400);
  expect(String(body["message"])).toMatch(
    new RegExp(`propertyName=email, value=ann@example.com} on \\d+\\. ${ann} already has that value`),
  );
});

test("a batch update passes over a merged-away id, without an error", async () => {
  const { client, hubspot } = await startHubspot();
  const [one = "", two = "", three = ""] = hubspot.seedContacts(
    ["a", "b", "c"].map((name) => ({ properties: { email: `${name}@example.com` } })),
  );
  hubspot.mergeContacts({ id: one }, { id: two });
  const { results } = await client.crm.contacts.batchApi.update({
    inputs: [two, three].map((id) => ({ id, properties: { city: "Bonn" }, objectWriteTraceId: id })),
  });
  expect(results.map(({ id }) => id)).toEqual([three]);
});

test("an emptied value is echoed as an empty text, and read as null", async () => {
  const { client, hubspot } = await startHubspot();
  const [id = ""] = hubspot.seedContacts([{ properties: { email: "a@example.com", city: "Bonn" } }]);
  const written = await client.crm.contacts.basicApi.update(id, { properties: { city: "" } });
  expect(written.properties["city"]).toBe("");
  expect((await client.crm.contacts.basicApi.getById(id, ["city"])).properties["city"]).toBeNull();
});

test("lists tell no size and are paused where the portal is set so; a search tells counts and the last leave", async () => {
  const { client, hubspot } = await startHubspot();
  const [ann = "", bob = ""] = hubspot.seedContacts(
    ["a", "b"].map((name) => ({ properties: { email: `${name}@example.com` } })),
  );
  const list = hubspot.createList("Members");
  hubspot.changeMembers(list, { add: [ann, bob] });
  hubspot.changeMembers(list, { remove: [bob] });
  hubspot.set({ listsTellSize: false, pausedLists: ["Members"] });
  const one = (await client.crm.lists.listsApi.getById(list)).list;
  expect([one.size, one.processingStatus]).toEqual([undefined, "PAUSED"]);
  const found = await client.crm.lists.listsApi.doSearch({
    listIds: [list],
    processingTypes: [],
    additionalProperties: [],
  });
  expect(found.lists[0]?.additionalProperties).toMatchObject({
    hs_list_size: "1",
    hs_last_record_removed_at: expect.stringMatching(/^\d{13}$/) as string,
  });
});

test("ids do not ascend with creation, and pages, searches and members still go by id", async () => {
  const { client, hubspot, clock } = await startHubspot();
  const people = Array.from({ length: 40 }, (_, index) => ({
    properties: { email: `p${index}@example.com` },
  }));
  const ids = hubspot.seedContacts(people);
  const sorted = ids.toSorted();
  expect(ids).not.toEqual(sorted);
  expect(new Set(ids).size).toBe(40);
  clock.advance(10_000);
  const { basicApi, searchApi } = client.crm.contacts;
  expect((await basicApi.getPage(100)).results.map(({ id }) => id)).toEqual(sorted);
  const found = await searchApi.doSearch({ sorts: ["hs_object_id"], limit: 100 });
  expect(found.results.map(({ id }) => id)).toEqual(sorted);
  // Made between two pages: one whose id is behind the cursor is not seen by who pages on.
  const first = await basicApi.getPage(20);
  const later = hubspot.seedContacts([{ properties: { email: "later@example.com" } }]);
  const second = await basicApi.getPage(100, first.paging?.next?.after);
  const seen = [...first.results, ...second.results].map(({ id }) => id);
  expect(new Set([...seen, ...later])).toEqual(new Set([...ids, ...later]));
});

test("a taken address in a batch of creates is told in a 207 with the category of a 400", async () => {
  const { client, hubspot } = await startHubspot({ settings: { takenEmailStatus: 400 } });
  const [ann] = hubspot.seedContacts([{ properties: { email: "ann@example.com" } }]);
  const created = await client.crm.contacts.batchApi.createWithHttpInfo({
    inputs: ["ann@example.com", "bob@example.com"].map((email) => ({
      properties: { email },
      objectWriteTraceId: email,
      associations: [],
    })),
  });
  expect(created.httpStatusCode).toBe(207);
  expect(created.data.results).toHaveLength(1);
  expect(created.data).toMatchObject({
    errors: [
      {
        category: "VALIDATION_ERROR",
        message: expect.stringContaining(`${ann} already has that value`) as string,
        context: { objectWriteTraceId: ["ann@example.com"] },
      },
    ],
  });
});

test("a date-based path that ends with a slash is answered with a web page and 404, a numbered one is served", async () => {
  const { url, hubspot } = await startHubspot();
  const list = hubspot.createList("Members");
  const get = (path: string) => fetch(url + path, { headers: { authorization: `Bearer ${TOKEN}` } });
  for (const path of [`/crm/lists/2026-03/?listIds=${list}`, `/crm/lists/2026-09/?listIds=${list}`]) {
    const answer = await get(path);
    expect([answer.status, answer.headers.get("content-type")]).toEqual([404, "text/html; charset=utf-8"]);
    expect((await get(path.replace("/?", "?"))).status).toBe(200);
  }
  expect((await get(`/crm/v3/lists/?listIds=${list}`)).status).toBe(200);
});

test("a note loses its styles, is previewed without them, and its time is echoed without a zero fraction", async () => {
  const { client, hubspot } = await startHubspot();
  const [id = ""] = hubspot.seedContacts([{ properties: { email: "ann@example.com" } }]);
  const body =
    '<style>p { color: red }</style><p class="x" style="display:none">Ref <b style=\'x\'>7</b></p>';
  const made = await client.crm.objects.notes.basicApi.create({
    properties: { hs_timestamp: "2026-06-01T10:00:00.000Z", hs_note_body: body },
    associations: [
      {
        to: { id },
        types: [
          {
            associationCategory: AssociationSpecAssociationCategoryEnum.HubspotDefined,
            associationTypeId: 202,
          },
        ],
      },
    ],
  });
  const kept = '<p class="x">Ref <b>7</b></p>';
  expect(made.properties).toMatchObject({
    hs_timestamp: "2026-06-01T10:00:00Z",
    hs_note_body: kept,
    hs_body_preview: "Ref 7",
    hs_body_preview_html: `<html>\n <head></head>\n <body>\n  ${kept}\n </body>\n</html>`,
    hs_body_preview_is_truncated: "false",
  });
  const { notes } = client.crm.objects;
  const long = { hs_timestamp: "2026-06-01T10:00:00.250Z", hs_note_body: "x".repeat(600) };
  const changed = await notes.basicApi.update(made.id, { properties: long });
  expect(changed.properties).toMatchObject({
    hs_timestamp: "2026-06-01T10:00:00.250Z",
    hs_body_preview_is_truncated: "true",
  });
});

test("event definitions are counted, and their properties have the type of their field", async () => {
  const { hubspot, call } = await startHubspot({ settings: { tier: "enterprise" } });
  hubspot.setToken(TOKEN, { scopes: ["behavioral_events.event_definitions.read_write"] });
  const propertyDefinitions = [
    { name: "subject", label: "Subject", type: "string" },
    { name: "clicks", label: "Clicks", type: "number" },
    { name: "at", label: "At", type: "datetime" },
  ];
  const path = "/events/v3/event-definitions";
  await call("POST", path, { label: "Click", name: "click", primaryObject: "CONTACT", propertyDefinitions });
  const { body } = await call("GET", path);
  expect(body).toMatchObject({
    total: 1,
    results: [
      {
        objectTypeId: expect.stringMatching(/^6-/) as string,
        associations: [],
        properties: [
          { name: "subject", type: "string", fieldType: "text" },
          { name: "clicks", type: "number", fieldType: "number" },
          { name: "at", type: "datetime", fieldType: "date" },
        ],
      },
    ],
  });
});
