import { describe, expect, it } from "vitest";
import { USUAL_SCOPES } from "../../../src/sandbox/hubspot/wire/scopes.ts";
import { BARE, MAPPED, namesIn, problemsIn, pull, withColleagues } from "./colleagues.ts";

const MINUTE = 60_000;
const TOKEN = "pat-eu1-secret-canary";
const SCOPE = "crm.objects.companies.read";
const without = (scope: string) => USUAL_SCOPES.filter((each) => each !== scope);

describe("a change of a company", () => {
  it("costs an idle pull one search, and nothing where no company is mapped", async () => {
    const { connector, list, calls, clock } = await withColleagues(20, 3);
    const bare = await pull(connector, list, null, BARE);
    const mapped = await pull(connector, list, null);
    clock.advance(5 * MINUTE);
    calls();
    expect((await pull(connector, list, bare.cursor, BARE)).contacts.size).toBe(0);
    const without = calls();
    expect((await pull(connector, list, mapped.cursor)).contacts.size).toBe(0);
    const withCompanies = calls();
    expect(without.some((call) => call.includes("companies"))).toBe(false);
    expect(withCompanies.length).toBe(without.length + 1);
  });

  it("costs one search too when the second look is due", async () => {
    const { connector, list, calls, pass } = await withColleagues(20, 3);
    const { cursor } = await pull(connector, list, null);
    pass();
    calls();
    await pull(connector, list, cursor);
    expect(calls().filter((call) => call.includes("companies"))).toEqual([
      "/crm/v3/objects/companies/search",
    ]);
  });

  it("shows all its people with the new values, bounded by their number", async () => {
    const { connector, list, portal, ids, companies, calls, clock } = await withColleagues(1_210, 2);
    // One of the other company's people, who belongs to this one too.
    portal.associate("companies", companies[1] ?? "", [{ id: ids[0] ?? "" }]);
    const { cursor } = await pull(connector, list, null);
    clock.advance(20 * MINUTE);
    portal.editObject("companies", companies[1] ?? "", { name: "Renamed" });
    clock.advance(MINUTE);
    calls();
    const second = await pull(connector, list, cursor);
    expect(second.contacts.size).toBe(605);
    expect(new Set(namesIn(second))).toEqual(new Set(["Renamed"]));
    const made = calls();
    const count = (part: string) => made.filter((call) => call.includes(part)).length;
    expect(count("/associations/")).toBe(2);
    expect(count("/contacts/batch/read")).toBe(7);
    // Its history, then itself once for all its people.
    expect(count("/companies/batch/read")).toBe(2);
  });

  it("that is none of the mapped properties shows nobody", async () => {
    const { connector, list, portal, companies, calls, clock } = await withColleagues(300, 1);
    const { cursor } = await pull(connector, list, null);
    clock.advance(20 * MINUTE);
    portal.editObject("companies", companies[0] ?? "", { industry: "Steel" });
    clock.advance(MINUTE);
    calls();
    expect((await pull(connector, list, cursor)).contacts.size).toBe(0);
    expect(calls().filter((call) => call.includes("ompanies")).length).toBe(2);
  });

  it("is seen however late the index shows it", async () => {
    const { connector, list, portal, companies, clock } = await withColleagues(5, 1, {
      indexLagMs: 58 * MINUTE,
    });
    let { cursor } = await pull(connector, list, null);
    portal.editObject("companies", companies[0] ?? "", { name: "Late" });
    const seen: unknown[] = [];
    for (let quarter = 0; quarter < 12; quarter += 1) {
      clock.advance(10 * MINUTE);
      const next = await pull(connector, list, cursor);
      seen.push(...namesIn(next));
      cursor = next.cursor;
    }
    expect(seen).toContain("Late");
    expect(new Set(seen)).toEqual(new Set(["Late"]));
  });

  it("is not lost where a pull stops before all its people were shown", async () => {
    const { connector, list, portal, companies, clock } = await withColleagues(1_200, 1);
    const { cursor } = await pull(connector, list, null);
    clock.advance(20 * MINUTE);
    portal.editObject("companies", companies[0] ?? "", { name: "Renamed" });
    // Longer ago than what each look repeats of the one before.
    clock.advance(30 * MINUTE);
    const stopped = await pull(connector, list, cursor, MAPPED, 1);
    const rest = await pull(connector, list, stopped.cursor);
    expect(new Set([...stopped.contacts.keys(), ...rest.contacts.keys()]).size).toBe(1_200);
  });

  it("reaches people who moved to another company, and people whose company was deleted", async () => {
    const { connector, list, portal, ids, companies, clock } = await withColleagues(4, 2);
    const { cursor } = await pull(connector, list, null);
    clock.advance(20 * MINUTE);
    const [first = "", second = ""] = companies;
    portal.associate("companies", second, [{ id: ids[0] ?? "", primary: true }]);
    clock.advance(MINUTE);
    const moved = await pull(connector, list, cursor);
    expect([...moved.contacts.keys()]).toEqual([ids[0]]);
    expect(namesIn(moved)).toEqual(["Company 1"]);
    clock.advance(20 * MINUTE);
    portal.archiveObject("companies", first);
    clock.advance(MINUTE);
    const bereft = await pull(connector, list, moved.cursor);
    // Anybody who moved is shown once more: changes overlap.
    const nameOf = (id = "") => bereft.contacts.get(id)?.values["company.name"];
    expect(nameOf(ids[2])).toBeNull();
    expect(nameOf(ids[0])).toBe("Company 1");
    expect(bereft.contacts.size).toBe(2);
  });
});

describe("a key that may not read companies", () => {
  it("is told by the scope's name, leaves the values unknown and everything else alone", async () => {
    const { connector, list, portal } = await withColleagues(300, 10);
    portal.setToken(TOKEN, { scopes: without(SCOPE) });
    const first = await pull(connector, list, null);
    expect(first.contacts.size).toBe(300);
    for (const { values } of first.contacts.values()) expect(Object.keys(values)).toEqual(["firstname"]);
    const [problem] = problemsIn(first);
    expect(problem).toMatchObject({ code: "HS-SCOPE", level: "mapping", side: "hubspot" });
    expect(problem?.title).toContain(SCOPE);
    expect(problem?.fix.join(" ")).toContain("company_fields");
    const second = await pull(connector, list, first.cursor);
    expect(problemsIn(second).length).toBe(1);
    portal.setToken(TOKEN, { scopes: USUAL_SCOPES });
    // Granted at once, or only after the next look.
    for (const { cursor } of [first, second]) {
      const granted = await pull(connector, list, cursor);
      expect(new Set(namesIn(granted)).size).toBe(10);
      expect(granted.contacts.size).toBe(300);
    }
  });

  it("is asked once a pull, and never where no company is mapped", async () => {
    const { connector, list, portal, calls, clock } = await withColleagues(1_000, 400);
    portal.setToken(TOKEN, { scopes: without(SCOPE) });
    const first = await pull(connector, list, null);
    const refused = calls().filter((call) => call.includes("companies")).length;
    // Those of the first page are asked for together.
    expect(refused).toBeLessThanOrEqual(4);
    clock.advance(5 * MINUTE);
    await pull(connector, list, first.cursor);
    expect(calls().filter((call) => call.includes("companies")).length).toBe(1);
    expect(problemsIn(await pull(connector, list, null, BARE))).toEqual([]);
    expect(calls().some((call) => call.includes("companies"))).toBe(false);
  });

  it("shows everybody once it may, and loses nobody when it may no more", async () => {
    const { connector, list, portal, clock } = await withColleagues(30, 3);
    const first = await pull(connector, list, null);
    portal.setToken(TOKEN, { scopes: without(SCOPE) });
    clock.advance(20 * MINUTE);
    const lost = await pull(connector, list, first.cursor);
    expect(problemsIn(lost).length).toBe(1);
    portal.setToken(TOKEN, { scopes: USUAL_SCOPES });
    clock.advance(20 * MINUTE);
    const granted = await pull(connector, list, lost.cursor);
    expect(problemsIn(granted)).toEqual([]);
    expect(granted.contacts.size).toBe(30);
    expect(new Set(namesIn(granted))).toEqual(new Set(["Company 0", "Company 1", "Company 2"]));
    clock.advance(20 * MINUTE);
    expect((await pull(connector, list, granted.cursor)).contacts.size).toBe(0);
  });
});
