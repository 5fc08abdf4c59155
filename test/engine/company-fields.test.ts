import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ContactRun } from "../../src/lanes/contacts/run-contacts.ts";
import type { Mapping } from "../../src/model/mapping.ts";
import { USUAL_SCOPES } from "../../src/sandbox/hubspot/wire/scopes.ts";
import type { Rehearsal } from "../../src/sandbox/rehearsal/rehearsal.ts";
import type { FreshDatabase } from "../support/fresh-database.ts";
import { freshDatabase } from "../support/fresh-database.ts";
import type { RealEngine } from "../support/real-engine.ts";
import { realEngine, rehearsedMapping, startUnlimited, untilSearchable } from "../support/real-engine.ts";

const SCOPE = "crm.objects.companies.read";
const PEOPLE = 12;

/** Companies whose people are on both sides: two vendors over HTTP, their own SDKs and PostgreSQL. */
describe("what a company says of its people, over HTTP", () => {
  let rehearsal: Rehearsal;
  let fresh: FreshDatabase;
  let engine: RealEngine;
  let mapping: Mapping;
  let people: readonly string[];
  let acme: string;
  let bolt: string;

  const sync = (requested: Mapping = mapping): Promise<ContactRun> => engine.sync(requested);
  const portal = () => rehearsal.hubspot.sandbox;
  /** Until every change shows in HubSpot's search; then a cycle. */
  const cycle = async (requested?: Mapping): Promise<ContactRun> => {
    untilSearchable(rehearsal);
    return sync(requested);
  };
  const address = (index: number): string => `person-${index}@example.com`;
  const profile = (index: number) => rehearsal.klaviyo.sandbox.profile(address(index));
  const organizations = () => people.map((_id, index) => profile(index)?.attributes["organization"] ?? null);
  const industry = (index: number) => profile(index)?.properties["company_industry"];
  const parsed = (companyFields: string): Mapping =>
    rehearsedMapping(
      rehearsal,
      (demo) => `${demo}${companyFields}limits: { clears_per_run: 100%, updates_per_run: 100% }\n`,
    );
  const companyCalls = () =>
    rehearsal.hubspot.world.truth.calls.filter(({ operation }) => /compan|associations/.test(operation));

  beforeAll(async () => {
    rehearsal = await startUnlimited({ seed: 11, contacts: 0 });
    fresh = await freshDatabase();
    engine = realEngine(rehearsal, fresh);
    mapping = parsed(
      [
        "company_fields:",
        "  - { hubspot: name, klaviyo: organization, on_empty: clear }",
        "  - { hubspot: industry, klaviyo: properties.company_industry }",
        "",
      ].join("\n"),
    );
    people = portal().seedContacts(
      Array.from({ length: PEOPLE }, (_, index) => ({
        properties: { email: address(index), firstname: `Name ${index}` },
        lists: [rehearsal.story.hubspotList],
      })),
    );
    const staff = (from: number, to: number) => people.slice(from, to).map((id) => ({ id, primary: true }));
    acme = portal().createObject("companies", { name: "Acme", industry: "Steel" }, staff(0, 6));
    bolt = portal().createObject("companies", { name: "Bolt", industry: "Tools" }, staff(6, 10));
    await cycle();
  });

  afterAll(async () => {
    await rehearsal?.close();
    await fresh?.drop();
  });

  test("every profile has what the person's primary company has, and nothing without one", () => {
    expect(organizations()).toEqual([
      ...Array.from({ length: 6 }, () => "Acme"),
      ...Array.from({ length: 4 }, () => "Bolt"),
      null,
      null,
    ]);
    expect(industry(0)).toBe("Steel");
  });

  test("an idle cycle asks for companies once, and writes nothing", async () => {
    // Beyond what every look repeats of the one before, the second look at older changes included.
    for (const minutes of [120, 20]) {
      rehearsal.hubspot.world.clock.advance(minutes * 60_000);
      await sync();
    }
    rehearsal.hubspot.world.clock.advance(20 * 60_000);
    const requested = companyCalls().length;
    const run = await sync();
    expect(companyCalls().length - requested).toBe(1);
    expect(run.counts).toMatchObject({ created: 0, updated: 0 });
  });

  test("a renamed company's people follow in the next cycle, and nobody else is written", async () => {
    portal().editObject("companies", acme, { name: "Acme & Co" });
    const run = await cycle();
    expect(run.counts["updated"]).toBe(6);
    expect(organizations().slice(0, 7)).toEqual([...Array.from({ length: 6 }, () => "Acme & Co"), "Bolt"]);
    expect((await cycle()).counts["updated"]).toBe(0);
  });

  test("whoever moved to another company has that one's values", async () => {
    portal().associate("companies", bolt, [{ id: people[0] ?? "", primary: true }]);
    const run = await cycle();
    expect(run.counts["updated"]).toBe(1);
    expect([organizations()[0], industry(0)]).toEqual(["Bolt", "Tools"]);
  });

  test("a profile edited by hand is left as it is, and companies are never written", async () => {
    rehearsal.klaviyo.sandbox.editProfile(profile(1)?.id ?? "", { organization: "By hand" });
    await cycle();
    expect(organizations()[1]).toBe("By hand");
    expect(portal().state.objects.companies.get(acme)?.values.get("name")?.value).toBe("Acme & Co");
  });

  test("without the scope everything else syncs, nothing is emptied, and the scope is told", async () => {
    const before = organizations();
    portal().setToken(rehearsal.hubspot.token, { scopes: USUAL_SCOPES.filter((scope) => scope !== SCOPE) });
    portal().editContact({ email: address(2) }, { firstname: "Blind" });
    portal().editObject("companies", bolt, { name: "Bolt & Nut" });
    const run = await cycle();
    expect(profile(2)?.attributes["first_name"]).toBe("Blind");
    expect(organizations()).toEqual(before);
    const told = await fresh.database.problem.findMany({ where: { linkId: null } });
    expect(told.map(({ code, title }) => [code, title])).toEqual([
      ["HS-SCOPE", `HubSpot permission "${SCOPE}" is missing`],
    ]);
    expect(run.mappingProblems.map(({ code }) => code)).toEqual(["HS-SCOPE"]);
    expect(run.stoppedBy).toBeNull();
  });

  test("the same key without company fields has no problem, and asks for no company", async () => {
    const requested = companyCalls().length;
    const run = await cycle(parsed(""));
    expect(run.mappingProblems).toEqual([]);
    expect(await fresh.database.problem.count({ where: { linkId: null } })).toBe(0);
    expect(companyCalls().length).toBe(requested);
  });

  test("with the scope again, what changed meanwhile follows by itself", async () => {
    portal().setToken(rehearsal.hubspot.token, { scopes: USUAL_SCOPES });
    const run = await cycle();
    expect(run.mappingProblems).toEqual([]);
    expect([organizations()[0], ...organizations().slice(6, 10)]).toEqual(
      Array.from({ length: 5 }, () => "Bolt & Nut"),
    );
    expect(await fresh.database.problem.count({ where: { linkId: null } })).toBe(0);
  });

  test("a deleted company empties what says on_empty: clear, and leaves the rest", async () => {
    portal().archiveObject("companies", bolt);
    await cycle();
    expect([organizations()[0], ...organizations().slice(6, 10)]).toEqual(
      Array.from({ length: 5 }, () => null),
    );
    expect([industry(0), industry(6)]).toEqual(["Tools", "Tools"]);
    // Nobody else's company was deleted.
    expect(organizations()[2]).toBe("Acme & Co");
  });

  test("no company and no association was ever written by Tandem", () => {
    expect(companyCalls().length).toBeGreaterThan(0);
    expect(companyCalls().filter(({ mutating }) => mutating)).toEqual([]);
    const own = rehearsal.hubspot.world.truth.changes.filter(({ actor }) => actor === "api");
    expect(own.filter(({ action }) => /company|association/.test(action))).toEqual([]);
  });
});
