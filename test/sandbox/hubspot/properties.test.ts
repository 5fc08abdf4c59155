import {
  PropertyCreateFieldTypeEnum as Field,
  PropertyCreateTypeEnum as Type,
} from "@hubspot/api-client/lib/codegen/crm/properties/index.js";
import { expect, test } from "vitest";
import { vendorError, startHubspot } from "./start-hubspot.ts";

const STATUS = {
  name: "klaviyo_status",
  label: "Klaviyo status",
  type: Type.Enumeration,
  fieldType: Field.Select,
  groupName: "contactinformation",
  options: [{ label: "Active", value: "active", hidden: false, displayOrder: 0 }],
} as const;

test("a portal has the usual properties, and says which cannot be written", async () => {
  const { client } = await startHubspot();
  const { results } = await client.crm.properties.coreApi.getAll("contacts");
  const readOnly = results
    .filter((property) => property.modificationMetadata?.readOnlyValue)
    .map(({ name }) => name);
  expect(readOnly).toEqual(
    expect.arrayContaining([
      "hs_email_optout",
      "hs_object_id",
      "createdate",
      "lastmodifieddate",
      "hs_additional_emails",
    ]),
  );
  const types = Object.fromEntries(
    results.map(({ name, type, fieldType }) => [name, `${type}/${fieldType}`]),
  );
  expect(types).toMatchObject({
    email: "string/text",
    persona: "enumeration/select",
    interests: "enumeration/checkbox",
    renewal_date: "date/date",
    klaviyo_ltv: "number/number",
    is_vip: "bool/booleancheckbox",
    lifecyclestage: "enumeration/radio",
  });
  const companies = await client.crm.properties.coreApi.getAll("companies");
  expect(companies.results.map(({ name }) => name)).toEqual(expect.arrayContaining(["name", "domain"]));
});

test("a property can be made, written at once, and its options are replaced as a whole", async () => {
  const { client } = await startHubspot();
  const { coreApi } = client.crm.properties;
  await coreApi.create("contacts", { ...STATUS, options: [...STATUS.options] });
  const { id } = await client.crm.contacts.basicApi.create({
    properties: { email: "a@example.com", klaviyo_status: "active" },
    associations: [],
  });
  const options = [{ label: "Lapsed", value: "lapsed", hidden: false, displayOrder: 0 }];
  const changed = await coreApi.update("contacts", "klaviyo_status", { options });
  expect(changed.options.map(({ value }) => value)).toEqual(["lapsed"]);
  const write = client.crm.contacts.basicApi.update(id, { properties: { klaviyo_status: "active" } });
  expect((await vendorError(write)).code).toBe(400);
  const read = await client.crm.contacts.basicApi.getById(id, ["klaviyo_status"]);
  expect(read.properties["klaviyo_status"]).toBe("active");
});

test("a name that is taken is a conflict, and a type must fit its field", async () => {
  const { client } = await startHubspot();
  const { coreApi } = client.crm.properties;
  const create = (name: string, type: Type, fieldType: Field) =>
    vendorError(
      coreApi.create("contacts", { name, label: "X", groupName: "contactinformation", type, fieldType }),
    );
  expect((await create("email", Type.String, Field.Text)).code).toBe(409);
  expect((await create("score", Type.Number, Field.Text)).code).toBe(400);
});

test("a property that was archived is unknown to reads and refused on writes", async () => {
  const { client, hubspot } = await startHubspot();
  const [id = ""] = hubspot.seedContacts([{ properties: { email: "a@example.com", seats: 3 } }]);
  hubspot.archiveProperty("seats");
  expect((await vendorError(client.crm.properties.coreApi.getByName("contacts", "seats"))).code).toBe(404);
  expect((await client.crm.contacts.basicApi.getById(id, ["seats"])).properties).not.toHaveProperty("seats");
  const write = client.crm.contacts.basicApi.update(id, { properties: { seats: "4" } });
  expect((await vendorError(write)).body["message"]).toMatch(/PROPERTY_DOESNT_EXIST/);
});

test("people can make a property read-only and take an option away", async () => {
  const { client, hubspot } = await startHubspot();
  hubspot.makeReadOnly("seats");
  hubspot.removeOption("persona", "user");
  const create = (properties: Record<string, string>) =>
    vendorError(
      client.crm.contacts.basicApi.create({
        properties: { firstname: "A", ...properties },
        associations: [],
      }),
    );
  expect((await create({ seats: "4" })).body["message"]).toMatch(/READ_ONLY_VALUE/);
  expect((await create({ persona: "user" })).body["message"]).toMatch(/INVALID_OPTION/);
});
