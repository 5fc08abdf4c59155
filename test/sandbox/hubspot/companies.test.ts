import { expect, test } from "vitest";
import { vendorError, startHubspot } from "./start-hubspot.ts";

const MINUTE = 60_000;

async function startWithCompany() {
  const started = await startHubspot({ settings: { indexLagMs: 0 } });
  const { hubspot, clock, call } = started;
  const [ann = "", bob = ""] = hubspot.seedContacts(
    ["ann", "bob"].map((name) => ({ properties: { email: `${name}@example.com` } })),
  );
  clock.advance(MINUTE);
  const company = hubspot.createObject("companies", { name: "Acme", industry: "Steel" }, [
    { id: ann, primary: true },
    { id: bob },
  ]);
  clock.advance(MINUTE);
  const contact = async (id: string): Promise<Readonly<Record<string, string | null>>> => {
    const path = `/crm/v3/objects/contacts/${id}?properties=associatedcompanyid`;
    return (await call("GET", path)).body["properties"] as Record<string, string | null>;
  };
  return { ...started, ann, bob, company, contact };
}

test("a contact shows its primary company, and is modified when that changes", async () => {
  const { hubspot, clock, ann, bob, company, contact } = await startWithCompany();
  const before = await contact(ann);
  expect(before["associatedcompanyid"]).toBe(company);
  expect((await contact(bob))["associatedcompanyid"]).toBeNull();
  const other = hubspot.createObject("companies", { name: "Other" }, [{ id: ann, primary: true }]);
  const moved = await contact(ann);
  expect(moved["associatedcompanyid"]).toBe(other);
  expect(moved["lastmodifieddate"]).not.toBe(before["lastmodifieddate"]);
  clock.advance(MINUTE);
  hubspot.archiveObject("companies", other);
  const left = await contact(ann);
  expect(left["associatedcompanyid"]).toBeNull();
  expect(left["lastmodifieddate"]).not.toBe(moved["lastmodifieddate"]);
});

test("an edited company is modified and its contacts are not", async () => {
  const { hubspot, ann, company, contact, client } = await startWithCompany();
  const before = await contact(ann);
  hubspot.editObject("companies", company, { name: "Acme & Co" });
  expect(await contact(ann)).toEqual(before);
  const { results } = await client.crm.companies.batchApi.read({
    inputs: [{ id: company }],
    properties: ["name"],
    propertiesWithHistory: ["name"],
  });
  expect(results[0]?.properties["name"]).toBe("Acme & Co");
  expect(results[0]?.propertiesWithHistory?.["name"]?.map(({ value }) => value)).toEqual([
    "Acme",
    "Acme & Co",
  ]);
});

test("companies are searched by when they were modified, as the index knows them", async () => {
  const { hubspot, clock, company, call } = await startWithCompany();
  const [other] = [hubspot.createObject("companies", { name: "Later" })];
  const since = clock.now();
  hubspot.set({ indexLagMs: 20_000 });
  clock.advance(1_000);
  hubspot.editObject("companies", company, { industry: "" });
  const search = async () => {
    const filters = [{ propertyName: "hs_lastmodifieddate", operator: "GT", value: String(since) }];
    const { body } = await call("POST", "/crm/v3/objects/companies/search", {
      filterGroups: [{ filters }],
      sorts: ["hs_object_id"],
      properties: ["industry"],
      limit: 200,
    });
    return (body["results"] as { id: string; properties: unknown }[]).map(({ id }) => id);
  };
  expect(await search()).toEqual([]);
  clock.advance(MINUTE);
  expect(await search()).toEqual([company]);
  hubspot.archiveObject("companies", company);
  clock.advance(MINUTE);
  expect(await search()).toEqual([]);
  expect(other).not.toBe(company);
});

test("a deleted company is named as missing, and nobody belongs to it any more", async () => {
  const { hubspot, company, call } = await startWithCompany();
  hubspot.archiveObject("companies", company);
  const read = await call("POST", "/crm/v3/objects/companies/batch/read", { inputs: [{ id: company }] });
  expect(read).toMatchObject({
    status: 207,
    body: { results: [], errors: [{ category: "OBJECT_NOT_FOUND", context: { ids: [company] } }] },
  });
  const path = "/crm/v4/associations/companies/contacts/batch/read";
  const { body } = await call("POST", path, { inputs: [{ id: company }] });
  expect(body["results"]).toEqual([]);
});

test("a company with many contacts tells them 500 at a time", async () => {
  const { hubspot, call } = await startWithCompany();
  const ids = hubspot.seedContacts(
    Array.from({ length: 501 }, (_, index) => ({ properties: { email: `p${index}@example.com` } })),
  );
  const company = hubspot.createObject(
    "companies",
    { name: "Large" },
    ids.map((id) => ({ id, primary: true })),
  );
  const path = "/crm/v4/associations/companies/contacts/batch/read";
  const page = async (input: object) => {
    const { body } = await call("POST", path, { inputs: [input] });
    return (body["results"] as { to: { toObjectId: string }[]; paging?: { next: { after: string } } }[])[0];
  };
  const first = await page({ id: company });
  expect(first?.to.length).toBe(500);
  const second = await page({ id: company, after: first?.paging?.next.after });
  expect(second?.to).toMatchObject([{ toObjectId: ids.at(-1), associationTypes: [{ typeId: 2 }, {}] }]);
  expect(second?.paging).toBeUndefined();
});

test("histories are read fifty at a time, and the primary company is not ours to write", async () => {
  const { ann, company, client } = await startWithCompany();
  const inputs = Array.from({ length: 51 }, (_, index) => ({ id: String(index + 1) }));
  const tooMany = await vendorError(
    client.crm.companies.batchApi.read({ inputs, properties: [], propertiesWithHistory: ["name"] }),
  );
  expect(tooMany.code).toBe(400);
  const written = await vendorError(
    client.crm.contacts.basicApi.update(ann, { properties: { associatedcompanyid: company } }),
  );
  expect(written.code).toBe(400);
});
