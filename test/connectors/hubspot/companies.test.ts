import { describe, expect, it } from "vitest";
import type { Connector, PropertyRequest } from "../../../src/connectors/connector.ts";
import { USUAL_SCOPES } from "../../../src/sandbox/hubspot/wire/scopes.ts";
import { MAPPED, pull, withColleagues } from "./colleagues.ts";
import { live } from "./rehearsal.ts";

const MINUTE = 60_000;
const TOKEN = "pat-eu1-secret-canary";
const SCOPE = "crm.objects.companies.read";
const without = (scope: string) => USUAL_SCOPES.filter((each) => each !== scope);

describe("what HubSpot shows of a contact's primary company", () => {
  it("is read with the contact, in a request for every hundred companies and not one for every contact", async () => {
    const { connector, list, ids, calls } = await withColleagues(500, 120);
    const { contacts } = await pull(connector, list, null);
    expect(contacts.size).toBe(500);
    expect(contacts.get(ids[121] ?? "")?.values).toEqual({
      firstname: "Name 121",
      "company.name": "Company 1",
      "company.numberofemployees": "1",
    });
    const made = calls();
    expect(made.filter((call) => call.includes("companies")).length).toBe(2);
    expect(made.length).toBe(1 + 2 + 5 + 2);
  });

  it.each(["v3", "2026-03", "2026-09"] as const)("is the same through version %s", async (apiVersion) => {
    const { connect, list, ids, portal, companies, clock } = await withColleagues(2, 1, { indexLagMs: 0 });
    const connector = connect({ apiVersion, companies: true });
    const { cursor } = await pull(connector, list, null);
    clock.advance(MINUTE);
    portal.editObject("companies", companies[0] ?? "", { name: "Renamed" });
    const { contacts } = await pull(connector, list, cursor);
    expect([...contacts.keys()].sort()).toEqual([...ids].sort());
    expect((await connector.discover(live())).fields.map(({ property }) => property)).toContain(
      "company.name",
    );
  });

  it("is nobody's but the primary one's, and empty where there is none", async () => {
    const { connector, portal, ids } = await withColleagues(2, 0);
    const [ann = "", bob = ""] = ids;
    portal.createObject("companies", { name: "Main" }, [{ id: ann, primary: true }]);
    portal.createObject("companies", { name: "Side" }, [{ id: ann }, { id: bob }]);
    const { contacts: read } = await connector.contacts.read(ids, MAPPED, live());
    const of = (id: string) => read.find((contact) => contact.id === id)?.values["company.name"];
    expect(of(ann)).toBe("Main");
    expect(of(bob)).toBeNull();
  });

  it("is empty where HubSpot names the company as missing, and unknown where it merely leaves it out", async () => {
    const { connector, portal, ids, companies, world } = await withColleagues(2, 2);
    const [gone = "", left = ""] = companies;
    // Deleted a moment ago, and still on its contact.
    const stale = portal.state.objects.companies.get(gone);
    if (stale !== undefined) stale.gone = world.clock.now();
    const { contacts: read } = await connector.contacts.read(ids, MAPPED, live());
    expect(read.find(({ id }) => id === ids[0])?.values["company.name"]).toBeNull();
    portal.setToken(TOKEN, { scopes: without(SCOPE) });
    const { contacts: blind } = await connector.contacts.read(ids, MAPPED, live());
    for (const { values } of blind) expect(Object.keys(values)).toEqual(["firstname"]);
    expect(left).not.toBe("");
  });

  it("is a problem of one field where it does not fit its type", async () => {
    const { connector, ids } = await withColleagues(1, 1);
    const asNumber: PropertyRequest[] = [{ property: "company.name", type: "number" }];
    const {
      contacts: [contact],
    } = await connector.contacts.read(ids, asNumber, live());
    expect(contact?.unreadable).toEqual({ "company.name": "Company 0" });
    expect(contact?.values).toEqual({});
  });
});

describe("the properties of companies", () => {
  const found = async (connector: Connector) =>
    (await connector.discover(live())).fields.filter(({ property }) => property.startsWith("company."));

  it("are listed only where the mapping names one, as nothing to write", async () => {
    const { connector, connect, calls } = await withColleagues(0, 0);
    expect(await found(connector)).toEqual([]);
    expect(calls().some((call) => call.includes("companies"))).toBe(false);
    const specs = await found(connect({ companies: true }));
    expect(specs.find(({ property }) => property === "company.numberofemployees")).toMatchObject({
      label: "Number of Employees",
      type: "number",
      readOnly: true,
    });
    expect(specs.every(({ readOnly }) => readOnly)).toBe(true);
  });

  it("are none to a key that may not read companies, whatever else it may", async () => {
    const { connect, portal } = await withColleagues(0, 0);
    portal.setToken(TOKEN, { scopes: without(SCOPE) });
    const { fields } = await connect({ companies: true }).discover(live());
    expect(fields.some(({ property }) => property.startsWith("company."))).toBe(false);
    expect(fields.length).toBeGreaterThan(20);
  });

  it("are asked for once a day, and as soon as a mapped one is missing", async () => {
    const { connect, portal, ids, calls, clock } = await withColleagues(1, 1);
    const connector = connect({ companies: true });
    const requested = async () => {
      calls();
      const specs = await found(connector);
      return [calls().filter((call) => call.includes("properties/companies")).length, specs.length];
    };
    const [first, all = 0] = await requested();
    expect(first).toBe(1);
    await connector.contacts.read(ids, MAPPED, live());
    expect(await requested()).toEqual([0, all]);
    portal.archiveProperty("numberofemployees", "companies");
    const {
      contacts: [contact],
    } = await connector.contacts.read(ids, MAPPED, live());
    expect(Object.keys(contact?.values ?? {})).toEqual(["firstname", "company.name"]);
    expect(await requested()).toEqual([1, all - 1]);
    expect(await requested()).toEqual([1, all - 1]);
    const company = { groupName: "companyinformation", label: "Staff", type: "number", fieldType: "number" };
    portal.createProperty({ ...company, name: "numberofemployees" }, "companies");
    expect(await requested()).toEqual([1, all]);
    expect(await requested()).toEqual([0, all]);
    clock.advance(25 * 60 * MINUTE);
    expect(await requested()).toEqual([1, all]);
  });
});

it("no call of the connector's can change a company or whom it belongs to", async () => {
  const { connector, list, portal, companies, clock, world } = await withColleagues(12, 3);
  const { cursor } = await pull(connector, list, null);
  clock.advance(20 * MINUTE);
  portal.editObject("companies", companies[0] ?? "", { name: "Renamed" });
  clock.advance(MINUTE);
  await pull(connector, list, cursor);
  const about = world.truth.calls.filter(({ operation }) => /companies|associations/.test(operation));
  expect(about.length).toBeGreaterThan(0);
  expect(about.filter(({ mutating }) => mutating)).toEqual([]);
  expect(world.truth.changes.filter(({ actor }) => actor === "api")).toEqual([]);
});
