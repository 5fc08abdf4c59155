import { expect, test } from "vitest";
import { vendorError, START, startHubspot } from "./start-hubspot.ts";

test("a new contact comes back with what was written and what HubSpot computes, and nothing that is empty", async () => {
  const { client } = await startHubspot();
  const created = await client.crm.contacts.basicApi.create({
    properties: { email: " Ann.Lee@Example.COM ", firstname: "Ann", lastname: "", phone: "+49 30 1234" },
    associations: [],
  });
  expect(created.id).toMatch(/^\d{12}$/);
  expect(created.properties).toMatchObject({
    email: "ann.lee@example.com",
    firstname: "Ann",
    hs_email_domain: "example.com",
    hs_object_id: created.id,
    hs_searchable_calculated_phone_number: "49301234",
    lifecyclestage: "lead",
    hs_lifecyclestage_lead_date: String(START),
    hs_object_source: "INTEGRATION",
  });
  expect(created.properties).not.toHaveProperty("lastname");
});

test("reading shows unset properties as null and leaves out those nobody defined", async () => {
  const { client, hubspot } = await startHubspot();
  const [id = ""] = hubspot.seedContacts([{ properties: { email: "ann@example.com" } }]);
  const { basicApi } = client.crm.contacts;
  const requested = await basicApi.getById(id, ["jobtitle", "no_such_property"]);
  expect(requested.properties).toEqual({
    jobtitle: null,
    hs_object_id: id,
    createdate: "2026-06-15T09:00:00.000Z",
    lastmodifieddate: "2026-06-15T09:00:00.000Z",
  });
  const unasked = await basicApi.getById(id);
  expect(Object.keys(unasked.properties).sort()).toEqual(
    ["createdate", "email", "firstname", "hs_object_id", "lastmodifieddate", "lastname"].sort(),
  );
});

test("a contact is found by its address, by an additional address, whatever the case", async () => {
  const { client, hubspot } = await startHubspot();
  const [id] = hubspot.seedContacts([
    { properties: { email: "ann+1@example.com" }, additionalEmails: ["Old@Example.com"] },
  ]);
  const { basicApi } = client.crm.contacts;
  const byEmail = (email: string) => basicApi.getById(email, [], [], [], false, "email");
  expect((await byEmail("ANN+1@example.com")).id).toBe(id);
  expect((await byEmail("old@example.com")).id).toBe(id);
  expect((await vendorError(byEmail("nobody@example.com"))).code).toBe(404);
});

test("creating somebody who is there is a 409 that names the contact", async () => {
  const { client, hubspot } = await startHubspot();
  const [id] = hubspot.seedContacts([
    { properties: { email: "ann@example.com" }, additionalEmails: ["ann@old.example.com"] },
  ]);
  for (const email of ["ann@example.com", "ANN@old.example.com"]) {
    const { code, body } = await vendorError(
      client.crm.contacts.basicApi.create({ properties: { email }, associations: [] }),
    );
    expect(code).toBe(409);
    expect(body).toMatchObject({
      category: "CONFLICT",
      message: `Contact already exists. Existing ID: ${id}`,
    });
  }
});

test("an address that belongs to somebody else cannot be taken by an update", async () => {
  const { client, hubspot } = await startHubspot();
  const [ann = "", bob] = hubspot.seedContacts([
    { properties: { email: "ann@example.com" } },
    { properties: { email: "bob@example.com" } },
  ]);
  const { code, body } = await vendorError(
    client.crm.contacts.basicApi.update(ann, { properties: { email: "bob@example.com" } }),
  );
  expect(code).toBe(400);
  expect(body["message"]).toBe(
    "Cannot set PropertyValueCoordinates{portalId=147893286, objectTypeId=ObjectTypeId{legacyObjectType=CONTACT}, " +
      `propertyName=email, value=bob@example.com} on ${ann}. ${bob} already has that value.`,
  );
});

test("a changed address keeps the id, and frees the old address", async () => {
  const { client, hubspot } = await startHubspot();
  const [ann = ""] = hubspot.seedContacts([{ properties: { email: "ann@example.com" } }]);
  await client.crm.contacts.basicApi.update(ann, { properties: { email: "ann@new.example.com" } });
  const again = await client.crm.contacts.basicApi.create({
    properties: { email: "ann@example.com" },
    associations: [],
  });
  expect(again.id).not.toBe(ann);
});

test("a contact needs an address or a name", async () => {
  const { client } = await startHubspot();
  const { code } = await vendorError(
    client.crm.contacts.basicApi.create({ properties: { city: "Bonn" }, associations: [] }),
  );
  expect(code).toBe(400);
});

test("an empty text clears a value, and a null is not taken", async () => {
  const { client, hubspot, call } = await startHubspot();
  const [id = ""] = hubspot.seedContacts([{ properties: { email: "a@example.com", city: "Bonn" } }]);
  const refused = await call("PATCH", `/crm/v3/objects/contacts/${id}`, { properties: { city: null } });
  expect(refused.status).toBe(400);
  await client.crm.contacts.basicApi.update(id, { properties: { city: "" } });
  expect((await client.crm.contacts.basicApi.getById(id, ["city"])).properties["city"]).toBeNull();
});

test("the history tells people from apps, and keeps every value with its time", async () => {
  const { client, hubspot, clock } = await startHubspot();
  const [id = ""] = hubspot.seedContacts([{ properties: { email: "a@example.com", city: "Bonn" } }]);
  clock.advance(60_000);
  await client.crm.contacts.basicApi.update(id, { properties: { city: "Ulm" } });
  const read = await client.crm.contacts.basicApi.getById(id, ["city"], ["city"]);
  // HubSpot promises no order; a client that takes the first for the newest is wrong.
  expect(read.propertiesWithHistory?.["city"]).toMatchObject([
    { value: "Bonn", sourceType: "CRM_UI", timestamp: new Date(START) },
    { value: "Ulm", sourceType: "INTEGRATION", sourceId: "35417792", timestamp: new Date(START + 60_000) },
  ]);
});

test("writing what is there already changes nothing, not even the date", async () => {
  const { client, hubspot, clock, world } = await startHubspot();
  const [id = ""] = hubspot.seedContacts([{ properties: { email: "a@example.com", city: "Bonn" } }]);
  const changes = world.truth.changes.length;
  clock.advance(60_000);
  const written = await client.crm.contacts.basicApi.update(id, { properties: { city: "Bonn" } });
  expect(written.updatedAt).toEqual(new Date(START));
  expect(world.truth.changes).toHaveLength(changes);
});

test("the ground truth holds only what differs, and who did it", async () => {
  const { client, hubspot, world } = await startHubspot();
  const [id = ""] = hubspot.seedContacts([{ properties: { email: "a@example.com", city: "Bonn" } }]);
  await client.crm.contacts.basicApi.update(id, { properties: { city: "Ulm", email: "a@example.com" } });
  hubspot.editContact({ id }, { city: "" });
  expect(world.truth.changes.slice(-2)).toMatchObject([
    { actor: "api", action: "contact.update", id, before: { city: "Bonn" }, after: { city: "Ulm" } },
    { actor: "user", action: "contact.update", id, before: { city: "Ulm" }, after: { city: null } },
  ]);
});

test("pages follow the ids and name the next one as their cursor", async () => {
  const { client, hubspot } = await startHubspot();
  const ids = hubspot
    .seedContacts([1, 2, 3, 4, 5].map((number) => ({ properties: { email: `p${number}@example.com` } })))
    .toSorted();
  hubspot.archiveContact({ id: ids[2] ?? "" });
  const first = await client.crm.contacts.basicApi.getPage(2);
  expect(first.results.map(({ id }) => id)).toEqual([ids[0], ids[1]]);
  expect(first.paging?.next?.after).toBe(ids[3]);
  const second = await client.crm.contacts.basicApi.getPage(2, first.paging?.next?.after);
  expect(second.results.map(({ id }) => id)).toEqual([ids[3], ids[4]]);
  expect(second.paging).toBeUndefined();
  expect((await vendorError(client.crm.contacts.basicApi.getPage(101))).code).toBe(400);
  expect((await vendorError(client.crm.contacts.basicApi.getPage(51, undefined, [], ["email"]))).code).toBe(
    400,
  );
});

test("an archived contact is gone from every read, and its address is free again", async () => {
  const { client, hubspot } = await startHubspot();
  const [id = ""] = hubspot.seedContacts([{ properties: { email: "a@example.com" } }]);
  await client.crm.contacts.basicApi.archive(id);
  const { code, body } = await vendorError(client.crm.contacts.basicApi.getById(id));
  expect({ code, body }).toMatchObject({
    code: 404,
    body: { message: "Object not found.  objectId are usually numeric.", category: "OBJECT_NOT_FOUND" },
  });
  const archived = await client.crm.contacts.basicApi.getById(id, [], [], [], true);
  expect(archived.archived).toBe(true);
  const again = await client.crm.contacts.basicApi.create({
    properties: { email: "a@example.com" },
    associations: [],
  });
  expect(again.id).not.toBe(id);
});

test("an erased person cannot be created again", async () => {
  const { client, hubspot, call } = await startHubspot();
  const [id = ""] = hubspot.seedContacts([{ properties: { email: "a@example.com" } }]);
  // Not in the SDK.
  expect((await call("POST", "/crm/v3/objects/contacts/gdpr-delete", { objectId: id })).status).toBe(204);
  const create = client.crm.contacts.basicApi.create({
    properties: { email: "A@example.com" },
    associations: [],
  });
  expect((await vendorError(create)).code).toBe(400);
});
