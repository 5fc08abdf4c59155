import { expect, test } from "vitest";
import { vendorError, startHubspot } from "./start-hubspot.ts";

const ANN = { email: "ann@example.com", firstname: "Ann" };
const OLD = { email: "ann@old.example.com", firstname: "Anna", city: "Bonn" };

test("a merge makes a third contact; both old ids lead to it and neither is found as archived", async () => {
  const { client, hubspot } = await startHubspot();
  const [ann = "", old = ""] = hubspot.seedContacts([{ properties: ANN }, { properties: OLD }]);
  const survivor = await client.crm.contacts.basicApi.merge({ primaryObjectId: ann, objectIdToMerge: old });
  expect([ann, old]).not.toContain(survivor.id);
  expect(survivor.properties).toMatchObject({
    ...ANN,
    city: "Bonn",
    hs_merged_object_ids: `${ann};${old}`,
    hs_all_contact_vids: `${survivor.id};${ann};${old}`,
    hs_additional_emails: "ann@old.example.com",
  });
  const read = await client.crm.contacts.batchApi.read({
    inputs: [{ id: ann }, { id: old }],
    properties: ["hs_merged_object_ids"],
    propertiesWithHistory: [],
  });
  expect(read.results.map(({ id }) => id)).toEqual([survivor.id]);
  const archived = client.crm.contacts.basicApi.getById(ann, [], [], [], true);
  expect((await vendorError(archived)).code).toBe(404);
});

test("the loser's address still finds the survivor, and is still taken", async () => {
  const { client, hubspot } = await startHubspot();
  hubspot.seedContacts([{ properties: ANN }, { properties: OLD }]);
  const id = hubspot.mergeContacts({ email: ANN.email }, { email: OLD.email });
  expect((await client.crm.contacts.basicApi.getById(OLD.email, [], [], [], false, "email")).id).toBe(id);
  const create = client.crm.contacts.basicApi.create({ properties: { email: OLD.email }, associations: [] });
  expect(await vendorError(create)).toMatchObject({ code: 409 });
});

test("a merged-away id cannot be written to", async () => {
  const { client, hubspot } = await startHubspot();
  const [ann = "", old = ""] = hubspot.seedContacts([{ properties: ANN }, { properties: OLD }]);
  hubspot.mergeContacts({ id: ann }, { id: old });
  for (const id of [ann, old]) {
    const update = client.crm.contacts.basicApi.update(id, { properties: { city: "Ulm" } });
    expect((await vendorError(update)).code).toBe(404);
  }
});

test("a merge of a merge remembers every id there ever was", async () => {
  const { client, hubspot } = await startHubspot();
  const [a = "", b = "", c = ""] = hubspot.seedContacts(
    ["a", "b", "c"].map((name) => ({ properties: { email: `${name}@example.com` } })),
  );
  const first = hubspot.mergeContacts({ id: a }, { id: b });
  const second = hubspot.mergeContacts({ id: c }, { id: first });
  const read = await client.crm.contacts.batchApi.read({
    inputs: [{ id: b }],
    properties: ["hs_merged_object_ids"],
    propertiesWithHistory: [],
  });
  expect(read.results[0]?.id).toBe(second);
  expect(read.results[0]?.properties["hs_merged_object_ids"]?.split(";").sort()).toEqual(
    [a, b, c, first].sort(),
  );
});

test("a portal of the beta keeps the primary's id", async () => {
  const { hubspot } = await startHubspot({ settings: { mergeKeepsPrimaryId: true } });
  const [ann = "", old = ""] = hubspot.seedContacts([{ properties: ANN }, { properties: OLD }]);
  expect(hubspot.mergeContacts({ id: ann }, { id: old })).toBe(ann);
  expect(hubspot.dumpContacts().contacts).toMatchObject([
    { id: ann, additionalEmails: [OLD.email], mergedIds: [old], properties: { city: "Bonn" } },
  ]);
});

test("the survivor is on the lists and at the companies of both", async () => {
  const { client, hubspot } = await startHubspot();
  const [ann = "", old = ""] = hubspot.seedContacts([{ properties: ANN }, { properties: OLD }]);
  const list = hubspot.createList("Newsletter");
  hubspot.changeMembers(list, { add: [old] });
  const company = hubspot.createObject("companies", { name: "Example" }, [{ id: old, primary: true }]);
  const id = hubspot.mergeContacts({ id: ann }, { id: old });
  const page = await client.crm.lists.membershipsApi.getPage(list);
  expect(page.results.map(({ recordId }) => recordId)).toEqual([id]);
  const read = await client.crm.contacts.basicApi.getById(id, [], [], ["companies"]);
  expect(read.associations?.["companies"]?.results).toMatchObject([
    { id: company, type: "contact_to_company" },
    { id: company, type: "contact_to_company_unlabeled" },
  ]);
});

test("a contact cannot be merged with itself or with nobody", async () => {
  const { client, hubspot } = await startHubspot();
  const [ann = ""] = hubspot.seedContacts([{ properties: ANN }]);
  const merge = (objectIdToMerge: string) =>
    vendorError(client.crm.contacts.basicApi.merge({ primaryObjectId: ann, objectIdToMerge }));
  expect((await merge(ann)).code).toBe(400);
  expect((await merge("1")).code).toBe(404);
});
