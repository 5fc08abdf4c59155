import { FilterOperatorEnum } from "@hubspot/api-client/lib/codegen/crm/contacts/index.js";
import type {
  Filter,
  PublicObjectSearchRequest,
} from "@hubspot/api-client/lib/codegen/crm/contacts/index.js";
import { expect, test } from "vitest";
import { vendorError, START, startHubspot } from "./start-hubspot.ts";

const search = (
  filters: Filter[],
  more: Partial<PublicObjectSearchRequest> = {},
): PublicObjectSearchRequest => ({
  filterGroups: filters.length === 0 ? [] : [{ filters }],
  sorts: [],
  properties: ["email"],
  limit: 100,
  ...more,
});

test("a new contact is read at once and searched only when the index has caught up", async () => {
  const { client, clock } = await startHubspot({ settings: { indexLagMs: 4_000 } });
  const { id } = await client.crm.contacts.basicApi.create({
    properties: { email: "a@example.com" },
    associations: [],
  });
  const everybody = () => client.crm.contacts.searchApi.doSearch(search([]));
  expect((await client.crm.contacts.basicApi.getById(id)).id).toBe(id);
  expect((await everybody()).total).toBe(0);
  clock.advance(4_000);
  expect((await everybody()).results.map((contact) => contact.id)).toEqual([id]);
});

test("until then search shows a changed contact as it was", async () => {
  const { client, hubspot, clock } = await startHubspot();
  const [id = ""] = hubspot.seedContacts([{ properties: { email: "a@example.com", city: "Bonn" } }]);
  clock.advance(60_000);
  await client.crm.contacts.basicApi.update(id, { properties: { city: "Ulm" } });
  const cities = async () =>
    (await client.crm.contacts.searchApi.doSearch(search([], { properties: ["city"] }))).results.map(
      (contact) => contact.properties["city"],
    );
  expect(await cities()).toEqual(["Bonn"]);
  clock.advance(3_000);
  expect(await cities()).toEqual(["Ulm"]);
});

test("right after an archive the index counts somebody it can no longer show", async () => {
  const { client, hubspot, clock } = await startHubspot();
  const [id = ""] = hubspot.seedContacts([{ properties: { email: "a@example.com" } }]);
  clock.advance(60_000);
  await client.crm.contacts.basicApi.archive(id);
  expect(await client.crm.contacts.searchApi.doSearch(search([]))).toMatchObject({ total: 1, results: [] });
  clock.advance(3_000);
  expect((await client.crm.contacts.searchApi.doSearch(search([]))).total).toBe(0);
});

test("filters compare by the type of the property", async () => {
  const { client, hubspot, clock } = await startHubspot({ settings: { indexLagMs: 0, searchLimit: 100 } });
  hubspot.seedContacts([
    { properties: { email: "ann@example.com", firstname: "Ann", seats: 9, renewal_date: "2026-01-01" } },
    {
      properties: {
        email: "bob@example.com",
        firstname: "Bob",
        seats: 10,
        persona: "buyer",
        interests: "news;events",
      },
    },
    { properties: { email: "cat@shop.example.org", firstname: "Cat", is_vip: true, persona: "user" } },
  ]);
  clock.advance(1_000);
  const names = async (filter: Filter) =>
    (await client.crm.contacts.searchApi.doSearch(search([filter], { properties: ["firstname"] }))).results
      .map((contact) => contact.properties["firstname"] ?? "")
      .toSorted();
  const {
    Eq,
    Neq,
    Gt,
    Lte,
    Between,
    In,
    NotIn,
    HasProperty,
    NotHasProperty,
    ContainsToken,
    NotContainsToken,
  } = FilterOperatorEnum;
  expect(await names({ propertyName: "firstname", operator: Eq, value: "ANN" })).toEqual(["Ann"]);
  expect(await names({ propertyName: "firstname", operator: Neq, value: "ann" })).toEqual(["Bob", "Cat"]);
  expect(await names({ propertyName: "seats", operator: Gt, value: "9" })).toEqual(["Bob"]);
  expect(await names({ propertyName: "seats", operator: Lte, value: "10" })).toEqual(["Ann", "Bob"]);
  const year = { value: String(Date.UTC(2025, 11, 31)), highValue: String(Date.UTC(2026, 0, 1)) };
  expect(await names({ propertyName: "renewal_date", operator: Between, ...year })).toEqual(["Ann"]);
  expect(await names({ propertyName: "email", operator: In, values: ["bob@example.com"] })).toEqual(["Bob"]);
  expect(await names({ propertyName: "email", operator: In, values: ["BOB@example.com"] })).toEqual([]);
  expect(await names({ propertyName: "email", operator: NotIn, values: ["bob@example.com"] })).toEqual([
    "Ann",
    "Cat",
  ]);
  expect(await names({ propertyName: "persona", operator: Eq, value: "buyer" })).toEqual(["Bob"]);
  expect(await names({ propertyName: "persona", operator: Eq, value: "Buyer" })).toEqual([]);
  expect(await names({ propertyName: "interests", operator: In, values: ["events"] })).toEqual(["Bob"]);
  expect(await names({ propertyName: "is_vip", operator: HasProperty })).toEqual(["Cat"]);
  expect(await names({ propertyName: "is_vip", operator: NotHasProperty })).toEqual(["Ann", "Bob"]);
  expect(await names({ propertyName: "email", operator: ContainsToken, value: "*@example.com" })).toEqual([
    "Ann",
    "Bob",
  ]);
  expect(await names({ propertyName: "email", operator: NotContainsToken, value: "shop" })).toEqual([
    "Ann",
    "Bob",
  ]);
});

test("changes since a time come in order, by date or by id", async () => {
  const { client, hubspot, clock } = await startHubspot({ settings: { indexLagMs: 0 } });
  const ids = hubspot
    .seedContacts([1, 2, 3, 4].map((n) => ({ properties: { email: `p${n}@example.com` } })))
    .toSorted();
  clock.advance(10_000);
  hubspot.editContact({ id: ids[2] ?? "" }, { city: "Bonn" });
  clock.advance(10_000);
  hubspot.editContact({ id: ids[0] ?? "" }, { city: "Ulm" });
  hubspot.editContact({ id: ids[2] ?? "" }, { city: "Köln" });
  clock.advance(10_000);
  const changed = {
    propertyName: "lastmodifieddate",
    operator: FilterOperatorEnum.Gte,
    value: String(START + 1),
  };
  const found = async (sorts: string[], filters: Filter[] = [changed]) =>
    (await client.crm.contacts.searchApi.doSearch(search(filters, { sorts }))).results.map(
      (contact) => contact.id,
    );
  expect(await found(["hs_object_id"])).toEqual([ids[0], ids[2]]);
  expect(await found(["-hs_object_id"])).toEqual([ids[2], ids[0]]);
  const after = { propertyName: "hs_object_id", operator: FilterOperatorEnum.Gt, value: ids[0] ?? "" };
  expect(await found(["hs_object_id"], [changed, after])).toEqual([ids[2]]);
  expect(new Set(await found(["-lastmodifieddate"]))).toEqual(new Set([ids[0], ids[2]]));
});

test("pages are two hundred at most and end at ten thousand hits", async () => {
  const { client, hubspot, clock } = await startHubspot({ settings: { searchLimit: 100 } });
  hubspot.seedContacts(
    Array.from({ length: 10_300 }, (_, n) => ({ properties: { email: `p${n}@example.com` } })),
  );
  clock.advance(60_000);
  const page = (after: string, limit = 200) =>
    client.crm.contacts.searchApi.doSearch(search([], { limit, after }));
  expect((await page("0")).results).toHaveLength(200);
  expect((await vendorError(page("0", 201))).code).toBe(400);
  const last = await page("9800");
  expect(last).toMatchObject({ total: 10_300, paging: { next: { after: "10000" } } });
  expect((await vendorError(page("10000"))).code).toBe(400);
});

test("a search that breaks a rule is a 400", async () => {
  const { client } = await startHubspot({ settings: { searchLimit: 100 } });
  const known = { propertyName: "email", operator: FilterOperatorEnum.HasProperty };
  const group = (count: number) => ({ filters: Array.from({ length: count }, () => known) });
  const bad: readonly PublicObjectSearchRequest[] = [
    search([{ ...known, propertyName: "no_such_property" }]),
    search([{ propertyName: "createdate", operator: FilterOperatorEnum.Gte, value: "yesterday" }]),
    search([], { sorts: ["email", "city"] }),
    search([], { filterGroups: [group(7)] }),
    search([], { filterGroups: [1, 1, 1, 1, 1, 1].map(group) }),
    search([], { filterGroups: [6, 6, 6, 1].map(group) }),
    search([], { query: "x".repeat(3_000) }),
  ];
  for (const request of bad)
    expect((await vendorError(client.crm.contacts.searchApi.doSearch(request))).code).toBe(400);
});

test("contacts of a company are found through the association", async () => {
  const { client, hubspot } = await startHubspot({ settings: { indexLagMs: 0 } });
  const [ann = ""] = hubspot.seedContacts(
    ["ann", "bob"].map((name) => ({ properties: { email: `${name}@example.com` } })),
  );
  const company = hubspot.createObject("companies", { name: "Example" }, [{ id: ann, primary: true }]);
  const filter = { propertyName: "associations.company", operator: FilterOperatorEnum.Eq, value: company };
  const { results } = await client.crm.contacts.searchApi.doSearch(search([filter]));
  expect(results.map((contact) => contact.id)).toEqual([ann]);
});
