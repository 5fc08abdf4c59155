import { afterEach, beforeEach, expect, test } from "vitest";
import type { Problem } from "../../src/model/problem.ts";
import { SystemUnavailable } from "../../src/model/problem.ts";
import { SIDES } from "../../src/model/side.ts";
import { healthOf } from "../../src/status/health.ts";
import { readOverview } from "../../src/store/pages/overview.ts";
import type { Engine } from "../support/engine.ts";
import { engine } from "../support/engine.ts";
import { mapping } from "../support/rule.ts";
import { storeOf } from "../../src/store/database/store.ts";
let it: Engine;
beforeEach(async () => void (it = await engine()));
afterEach(() => it.fresh.drop());

const both = mapping();

async function overview() {
  const { id } = await it.fresh.database.connection.findUniqueOrThrow({ where: { name: "test" } });
  return readOverview(storeOf(it.fresh.database, id));
}

test.each(SIDES)(
  "%s leaving every write unanswered for two runs is told, with since when, and heals",
  async (side) => {
    const other = side === "hubspot" ? it.klaviyo : it.hubspot;
    const [collection, property] = side === "hubspot" ? ["engaged", "title"] : ["all", "jobtitle"];
    const people = ["jo", "kim"].map((name) =>
      other.user.create(`${name}@example.com`, { [property]: "Buyer" }, [collection]),
    );
    await it.sync(both);
    it[side].quirks.unanswered = () => "not_applied";
    for (const id of people) other.user.edit(id, { [property]: "Boss" });

    await it.sync(both);
    expect((await overview()).connectionProblems).toEqual([]);
    for (let run = 0; run < 2; run += 1) {
      await it.sync(both);
      const seen = await overview();
      expect(seen.connectionProblems).toMatchObject([{ code: "SK-WRITES", side, retry: "soon" }]);
      expect(seen.connectionProblems[0]?.title).toContain("has not confirmed changes to 2 contacts");
      expect(seen.connectionProblems[0]?.explanation).toMatch(
        /^Since 2026-11-01 08:0\d UTC, 2 contacts wait .* Tandem retries automatically\.$/,
      );
      const health = healthOf(seen, it.deps().now(), 15 * 60_000);
      expect(health.word).toBe("delayed");
    }
    it[side].quirks.unanswered = () => null;
    await it.sync(both);
    expect((await overview()).connectionProblems).toEqual([]);
  },
);

test("a lost answer that the next run settles is nobody's problem", async () => {
  const id = it.hubspot.user.create("jo@example.com", { jobtitle: "Buyer" }, ["all"]);
  await it.sync(both);
  it.klaviyo.quirks.unanswered = () => "applied";
  for (const title of ["Boss", "Head", "Chair"]) {
    it.hubspot.user.edit(id, { jobtitle: title });
    await it.sync(both);
    expect((await overview()).connectionProblems).toEqual([]);
  }
});

test("a side that goes out at every write is told since its first write, though reading heals its own problem", async () => {
  const ids = ["jo", "kim"].map((name) =>
    it.hubspot.user.create(`${name}@example.com`, { jobtitle: "Buyer" }, ["all"]),
  );
  await it.sync(both);
  it.klaviyo.quirks.unavailable = (call) =>
    call === "write" ? new SystemUnavailable("klaviyo", DOWN, 60_000) : null;
  for (const id of ids) it.hubspot.user.edit(id, { jobtitle: "Boss" });
  for (let run = 0; run < 3; run += 1) await it.sync(both);
  const told = (await overview()).connectionProblems.find(({ code }) => code === "SK-WRITES");
  expect(told?.explanation).toContain("Klaviyo answered with status 500.");
  it.klaviyo.quirks.unavailable = () => null;
  await it.sync(both);
  expect((await overview()).connectionProblems).toEqual([]);
});

const DOWN: Problem = {
  code: "KL-DOWN",
  level: "connection",
  side: "klaviyo",
  field: null,
  title: "Klaviyo does not answer",
  explanation: "Klaviyo answered with status 500.",
  fix: [],
  retry: "soon",
  reference: null,
};
