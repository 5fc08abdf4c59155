import { describe, expect, test } from "vitest";
import { vendorError, startHubspot } from "./start-hubspot.ts";

describe("what HubSpot stores", () => {
  test.each([
    ["seats", "42.50", "42.5"],
    ["seats", "1e3", "1000"],
    ["is_vip", "true", "true"],
    ["renewal_date", "2026-02-28", "2026-02-28"],
    ["renewal_date", String(Date.parse("2026-02-28T00:00:00Z")), "2026-02-28"],
    ["last_demo_at", "2026-02-28T12:00:00+02:00", "2026-02-28T10:00:00.000Z"],
    ["last_demo_at", String(Date.parse("2026-02-28T10:00:00.500Z")), "2026-02-28T10:00:00.500Z"],
    ["persona", "champion", "champion"],
    ["interests", "offers;news", "news;offers"],
    ["phone", "0049 (30) 1234", "0049 (30) 1234"],
    ["hubspot_owner_id", "123", "123"],
    ["email", "  New@Example.com ", "new@example.com"],
  ])("of %s written as %j", async (name, written, stored) => {
    const { client, hubspot } = await startHubspot();
    const [id = ""] = hubspot.seedContacts([{ properties: { email: "a@example.com" } }]);
    const answer = await client.crm.contacts.basicApi.update(id, { properties: { [name]: written } });
    expect(answer.properties[name]).toBe(stored);
    expect((await client.crm.contacts.basicApi.getById(id, [name])).properties[name]).toBe(stored);
  });
});

describe("what HubSpot refuses, in its own words", () => {
  test.each([
    ["seats", "asd000", "INVALID_LONG", "asd000 was not a valid long."],
    ["seats", "1,000", "INVALID_LONG", "1,000 was not a valid long."],
    ["is_vip", "yes", "INVALID_OPTION", "yes was not one of the allowed options: [true, false]"],
    [
      "persona",
      "Buyer",
      "INVALID_OPTION",
      "Buyer was not one of the allowed options: [buyer, champion, user]",
    ],
    [
      "interests",
      "news;cats",
      "INVALID_OPTION",
      "cats was not one of the allowed options: [news, offers, events, training]",
    ],
    ["renewal_date", "1767225601000", "INVALID_DATE", "1767225601000 is at 0:0:1.0 UTC, not midnight!"],
    ["renewal_date", "2026-02-30", "INVALID_DATE", "2026-02-30 was not a valid date."],
    ["last_demo_at", "soon", "INVALID_LONG", "soon was not a valid long."],
    // A day is no moment: what has a time is written with one, or as milliseconds.
    ["last_demo_at", "2026-02-28", "INVALID_LONG", "2026-02-28 was not a valid long."],
    ["email", "ann@", "INVALID_EMAIL", "Email address ann@ is invalid"],
    [
      "hs_email_optout",
      "true",
      "READ_ONLY_VALUE",
      '"hs_email_optout" is a read only property; its value cannot be set',
    ],
    ["testproperty", "x", "PROPERTY_DOESNT_EXIST", 'Property "testproperty" does not exist'],
    ["Persona", "buyer", "PROPERTY_DOESNT_EXIST", 'Property "Persona" does not exist'],
  ])("%s as %j", async (name, written, error, message) => {
    const { client, hubspot } = await startHubspot();
    const [id = ""] = hubspot.seedContacts([{ properties: { email: "a@example.com" } }]);
    const { code, body } = await vendorError(
      client.crm.contacts.basicApi.update(id, { properties: { city: "Bonn", [name]: written } }),
    );
    expect(code).toBe(400);
    expect(body).toMatchObject({
      category: "VALIDATION_ERROR",
      errors: [{ message, code: error, context: { propertyName: [name] } }],
    });
    const [, json = ""] = /^Property values were not valid: (\[.*\])$/s.exec(String(body["message"])) ?? [];
    expect(JSON.parse(json)).toEqual([
      { isValid: false, message, error, name, localizedErrorMessage: message, portalId: 147_893_286 },
    ]);
    // One wrong value refuses them all.
    expect((await client.crm.contacts.basicApi.getById(id, ["city"])).properties["city"]).toBeNull();
  });
});

test("a semicolon in front adds to a multi-checkbox instead of replacing it", async () => {
  const { client, hubspot } = await startHubspot();
  const [id = ""] = hubspot.seedContacts([{ properties: { email: "a@example.com", interests: "events" } }]);
  const added = await client.crm.contacts.basicApi.update(id, { properties: { interests: ";news" } });
  expect(added.properties["interests"]).toBe("news;events");
  const replaced = await client.crm.contacts.basicApi.update(id, { properties: { interests: "offers" } });
  expect(replaced.properties["interests"]).toBe("offers");
});

test("a choice whose option was removed stays, but cannot be written again", async () => {
  const { client, hubspot } = await startHubspot();
  const [id = ""] = hubspot.seedContacts([
    { properties: { email: "a@example.com", interests: "news;events" } },
  ]);
  hubspot.removeOption("interests", "events");
  const set = (interests: string) => client.crm.contacts.basicApi.update(id, { properties: { interests } });
  expect((await vendorError(set("news;events"))).code).toBe(400);
  expect((await set(";offers")).properties["interests"]).toBe("news;offers;events");
});

test("the lifecycle stage moves forward only, and back after it was cleared", async () => {
  const { client, hubspot } = await startHubspot();
  const [id = ""] = hubspot.seedContacts([
    { properties: { email: "a@example.com", lifecyclestage: "customer" } },
  ]);
  const set = (lifecyclestage: string) =>
    client.crm.contacts.basicApi.update(id, { properties: { lifecyclestage } });
  expect((await set("lead")).properties["lifecyclestage"]).toBe("customer");
  await set("");
  expect((await set("lead")).properties["lifecyclestage"]).toBe("lead");
});

test("numbers and booleans in JSON are taken as their text", async () => {
  const { hubspot, call } = await startHubspot();
  const [id = ""] = hubspot.seedContacts([{ properties: { email: "a@example.com" } }]);
  const answer = await call("PATCH", `/crm/v3/objects/contacts/${id}`, {
    properties: { seats: 3, is_vip: true },
  });
  expect(answer.body["properties"]).toMatchObject({ seats: "3", is_vip: "true" });
});
