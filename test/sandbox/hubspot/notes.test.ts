import { AssociationSpecAssociationCategoryEnum } from "@hubspot/api-client/lib/codegen/crm/objects/notes/index.js";
import { expect, test } from "vitest";
import { vendorError, startHubspot } from "./start-hubspot.ts";

const associationCategory = AssociationSpecAssociationCategoryEnum.HubspotDefined;
const about = (id: string, associationTypeId = 202) => ({
  to: { id },
  types: [{ associationCategory, associationTypeId }],
});

async function withAda() {
  const started = await startHubspot({ settings: { indexLagMs: 0 } });
  const [ada = ""] = started.hubspot.seedContacts([{ properties: { email: "ada@example.com" } }]);
  const note = (body: string, associations = [about(ada)]) => ({
    properties: { hs_timestamp: "2026-06-01T10:00:00.000Z", hs_note_body: body },
    associations,
  });
  return { ...started, ada, note, batchApi: started.client.crm.objects.notes.batchApi };
}

test("a note shows on the contact, counts as activity and moves its date", async () => {
  const { hubspot, client, clock, ada, note, batchApi } = await withAda();
  const before = await client.crm.contacts.basicApi.getById(ada, ["num_notes"]);
  clock.advance(60_000);
  const { results } = await batchApi.create({ inputs: [note("<p>Clicked <b>Spring sale</b></p>")] });
  expect(results[0]?.properties).toMatchObject({
    hs_body_preview: "Clicked Spring sale",
    hs_obj_coords: `0-46-${results[0]?.id}`,
    hs_timestamp: "2026-06-01T10:00:00Z",
  });
  expect(hubspot.timelineOf({ id: ada })).toMatchObject([
    { kind: "note", at: "2026-06-01T10:00:00.000Z", detail: "<p>Clicked <b>Spring sale</b></p>" },
  ]);
  const after = await client.crm.contacts.basicApi.getById(ada, ["num_notes", "notes_last_updated"]);
  expect([before, after].map(({ properties }) => properties["num_notes"])).toEqual(["0", "1"]);
  expect(after.properties["notes_last_updated"]).toBe("2026-06-01T10:00:00.000Z");
  expect(after.updatedAt.getTime()).toBe(before.updatedAt.getTime() + 60_000);
});

test("sent twice it is there twice", async () => {
  const { hubspot, ada, note, batchApi } = await withAda();
  await batchApi.create({ inputs: [note("Same"), note("Same")] });
  expect(hubspot.timelineOf({ id: ada })).toHaveLength(2);
  expect(hubspot.timelineCounts().byKind.note).toBe(2);
});

test("it belongs to contacts, companies and deals by their types, and is found from there", async () => {
  const { hubspot, client, call, ada, note, batchApi } = await withAda();
  const company = hubspot.createObject("companies", { name: "Example" });
  const inputs = [note("Both", [about(ada), about(company, 190)])];
  const [made] = (await batchApi.create({ inputs })).results;
  const notes = await client.crm.associations.v4.basicApi.getPage("contacts", ada, "notes");
  expect(notes.results).toMatchObject([{ toObjectId: made?.id, associationTypes: [{ typeId: 201 }] }]);
  const read = await batchApi.read({
    inputs: [{ id: made?.id ?? "" }],
    properties: ["hs_note_body"],
    propertiesWithHistory: [],
  });
  expect(read.results[0]?.properties["hs_note_body"]).toBe("Both");
  for (const wrong of [about(ada, 190), about(ada, 279), about("1")]) {
    const answer = await call("POST", "/crm/v3/objects/notes", note("Wrong", [wrong]));
    expect(answer).toMatchObject({ status: 400, body: { category: "VALIDATION_ERROR" } });
  }
});

test("it needs a time, and a body of at most 65,536 characters", async () => {
  const { call, note } = await withAda();
  const post = async (body: object) => (await call("POST", "/crm/v3/objects/notes", body)).status;
  expect(await post({ properties: { hs_note_body: "No time" } })).toBe(400);
  expect(await post(note("x".repeat(65_536)))).toBe(201);
  expect(await post(note("x".repeat(65_537)))).toBe(400);
  expect(await post({ properties: { hs_timestamp: "yesterday" } })).toBe(400);
});

test("one bad note refuses its batch, unless every one is traced", async () => {
  const { hubspot, call, note } = await withAda();
  const inputs = [note("Good"), { properties: {} }];
  const batch = (rows: readonly object[]) =>
    call("POST", "/crm/v3/objects/notes/batch/create", { inputs: rows });
  expect((await batch(inputs)).status).toBe(400);
  expect(hubspot.timelineCounts().byKind.note).toBe(0);
  const traced = inputs.map((input, index) => ({ ...input, objectWriteTraceId: `row-${index}` }));
  expect(await batch(traced)).toMatchObject({
    status: 207,
    body: { numErrors: 1, errors: [{ context: { objectWriteTraceId: ["row-1"] } }] },
  });
  expect((await batch(Array.from({ length: 101 }, () => note("Many")))).status).toBe(400);
});

test("it can be changed and deleted, unlike an event", async () => {
  const { hubspot, client, ada, note } = await withAda();
  const { basicApi } = client.crm.objects.notes;
  const { id } = await basicApi.create(note("First"));
  await basicApi.update(id, { properties: { hs_note_body: "Second" } });
  expect(hubspot.timelineOf({ id: ada })).toMatchObject([{ detail: "Second" }]);
  await basicApi.archive(id);
  expect(hubspot.timelineOf({ id: ada })).toEqual([]);
  expect((await vendorError(basicApi.getById(id))).code).toBe(404);
  expect((await client.crm.contacts.basicApi.getById(ada, ["num_notes"])).properties["num_notes"]).toBe("0");
});

test("a group is made before the properties in it, several of which can be made at once", async () => {
  const { client, call } = await withAda();
  const property = (name: string) => ({
    name,
    label: name,
    type: "number",
    fieldType: "number",
    groupName: "klaviyo",
  });
  const create = (...inputs: object[]) =>
    call("POST", "/crm/v3/properties/contacts/batch/create", { inputs });
  expect(await create(property("klaviyo_open_count"))).toMatchObject({ status: 207, body: { numErrors: 1 } });
  const group = { name: "klaviyo", label: "Klaviyo", displayOrder: -1 };
  expect(await client.crm.properties.groupsApi.create("contacts", group)).toMatchObject({ name: "klaviyo" });
  expect((await vendorError(client.crm.properties.groupsApi.create("contacts", group))).code).toBe(409);
  expect((await create(property("klaviyo_open_count"), property("klaviyo_click_count"))).status).toBe(201);
  const all = await client.crm.properties.groupsApi.getAll("contacts");
  expect(all.results.map(({ name }) => name)).toEqual(["contactinformation", "klaviyo"]);
  const { groupName } = await client.crm.properties.coreApi.getByName("contacts", "klaviyo_open_count");
  expect(groupName).toBe("klaviyo");
});

test("notes are changed by the batch, and one that is gone is told apart from the rest", async () => {
  const { hubspot, client, ada, note, batchApi } = await withAda();
  const { results } = await batchApi.create({ inputs: [note("First"), note("Second")] });
  const [one = "", other = ""] = results.map(({ id }) => id);
  await client.crm.objects.notes.basicApi.archive(other);
  const changed = await batchApi.update({
    inputs: [one, other].map((id) => ({
      id,
      objectWriteTraceId: id,
      properties: { hs_note_body: "Changed" },
    })),
  });
  expect(changed.results).toMatchObject([{ id: one, properties: { hs_note_body: "Changed" } }]);
  expect(changed).toMatchObject({ errors: [{ category: "OBJECT_NOT_FOUND" }] });
  expect(hubspot.timelineOf({ id: ada })).toMatchObject([{ detail: "Changed" }]);
});
