import { describe, expect, test } from "vitest";
import { databaseFindings, runFindings, skewFinding } from "../../../src/cli/reports/doctor-database.ts";
import { sinkFindings } from "../../../src/cli/reports/doctor-engagement.ts";
import type { Finding } from "../../../src/cli/reports/doctor-finding.ts";
import { failure, findingsText, ok, verdict, warning } from "../../../src/cli/reports/doctor-finding.ts";
import { nodeFinding, secretFindings } from "../../../src/cli/reports/doctor-offline.ts";
import { accountFinding } from "../../../src/cli/reports/doctor-side.ts";
import { supportFinding, supportedUntil } from "../../../src/cli/reports/doctor-support.ts";
import type { RecordAs } from "../../../src/model/engagement.ts";
import type { Mapping } from "../../../src/model/mapping.ts";
import type { DatabaseFacts } from "../../../src/store/database/database-facts.ts";
import { laneMapping } from "../../engagement/lane.ts";
import { mapping } from "../../support/rule.ts";

const short = (findings: readonly Finding[]) => findings.map(({ what, level }) => `${what} ${level}`);
const NOW = new Date("2026-11-22T12:00:00Z");

test("what ends the command is what is mended first: the mapping, the keys, what is not there", () => {
  const [config, keys, out] = [failure("a", 78, ""), failure("b", 77, ""), failure("c", 69, "")];
  expect(verdict([out, keys, config])).toBe(78);
  expect(verdict([out, keys])).toBe(77);
  expect(verdict([warning("d", ""), out])).toBe(69);
  expect(verdict([ok("e", ""), warning("d", "")])).toBe(0);
});

test("each finding is a line with its fixes below, and the last line is the summary", () => {
  expect(findingsText([ok("a", "fine"), failure("b", 77, "broken", "mend it")])).toBe(
    " ✔ fine\n ✖ broken\n     fix: mend it\n\n1 problem, 0 warnings. Exit status 77.\n",
  );
  expect(findingsText([ok("a", "fine")])).toBe(" ✔ fine\n\nAll is well.\n");
});

test("an old Node is an error with the way round it", () => {
  expect(nodeFinding("24.0.1").level).toBe("ok");
  expect(nodeFinding("30.1.0").level).toBe("ok");
  const old = nodeFinding("20.19.5");
  expect(old.level).toBe("error");
  expect(old.fix[0]).toContain("npm run");
});

describe("the database", () => {
  const facts = (changes: Partial<DatabaseFacts>): DatabaseFacts => ({
    version: "17.2",
    major: 17,
    bytes: 1_300_000_000,
    skewMs: 0,
    applied: 14,
    pending: [],
    newer: [],
    halfWay: null,
    ...changes,
  });

  test.each<[Partial<DatabaseFacts>, readonly string[]]>([
    [{}, ["database ok"]],
    [{ major: 15 }, ["database ok"]],
    [{ major: 18 }, ["database ok"]],
    [{ major: 14 }, ["database error"]],
    [{ major: 19 }, ["database warning"]],
    [{ pending: ["20261201_new"] }, ["database ok", "database.migrations warning"]],
    [{ newer: ["20990101_later"] }, ["database ok", "database.migrations error"]],
    [{ halfWay: "20261201_new" }, ["database ok", "database.migrations error"]],
    [{ skewMs: 90_000 }, ["database ok", "database.clock warning"]],
    [{ skewMs: -90_000 }, ["database ok", "database.clock warning"]],
    [{ skewMs: 59_000 }, ["database ok"]],
  ])("%j", (changes, wanted) => {
    expect(short(databaseFindings(facts(changes)))).toEqual(wanted);
  });

  test("is told with its size and its migrations", () => {
    expect(databaseFindings(facts({}))[0]?.says).toBe("PostgreSQL 17.2, 1.2 GB, 14 migrations applied");
  });

  test("a clock says which way it is off", () => {
    expect(skewFinding("x", "The clock", 120_000)?.says).toBe("The clock is 2 min ahead of this machine's");
    expect(skewFinding("x", "The clock", -120_000)?.says).toBe("The clock is 2 min behind this machine's");
  });
});

describe("the daemon", () => {
  const run = (kind: string, minutesAgo: number, result = "finished") => ({
    kind,
    result,
    note: "",
    finishedAt: new Date(NOW.getTime() - minutesAgo * 60_000),
  });

  test.each([
    ["never ran", [], "warning"],
    ["ran lately", [run("contacts", 5), run("consent", 3000)], "ok"],
    ["has not run for three turns", [run("contacts", 46)], "warning"],
    ["was stopped", [run("contacts", 5), run("engagement", 5, "stopped")], "warning"],
    ["was held", [run("contacts", 5, "held")], "warning"],
  ])("%s", (_name, runs, level) => {
    expect(short(runFindings(runs, mapping(), NOW))).toEqual([`daemon ${level}`]);
  });

  test("says how old each lane's last run is", () => {
    const [told] = runFindings([run("contacts", 5), run("engagement", 130)], mapping(), NOW);
    expect(told?.says).toBe("Last runs: contacts 5 min ago (finished), engagement 2 h ago (finished)");
  });
});

test("a key that is read is named by its place, never shown, and one that is missing says which", () => {
  const found = secretFindings(mapping(), { HUBSPOT: "pat-eu1-secret" });
  expect(short(found.findings)).toEqual(["hubspot.key ok", "klaviyo.key error"]);
  expect(found.findings[0]?.says).toBe("HubSpot key: readable, from environment variable HUBSPOT");
  expect([...found.missing]).toEqual(["klaviyo"]);
  expect(JSON.stringify(found.findings)).not.toContain("pat-eu1-secret");
});

test("another account than the mapping's is refused, and one that is not named is only told", () => {
  const account = { id: "AbC123", name: "Acme", timeZone: "Europe/Tallinn", contactUrl: "" };
  expect(accountFinding("klaviyo", account, "AbC123").says).toBe(
    'Klaviyo: "Acme" AbC123 (as the mapping says), time zone Europe/Tallinn',
  );
  expect(accountFinding("klaviyo", account, null).level).toBe("ok");
  expect(accountFinding("klaviyo", account, "Other1")).toMatchObject({ level: "error", exit: 77 });
});

describe("until when an API version is supported", () => {
  const day = (side: "hubspot" | "klaviyo", version: string) =>
    supportedUntil(side, version)?.toISOString().slice(0, 10) ?? null;

  test("HubSpot's for 18 months, its numbered ones until their end, Klaviyo's for two years", () => {
    expect(day("hubspot", "2026-03")).toBe("2027-09-01");
    expect(day("hubspot", "2026-09")).toBe("2028-03-01");
    expect(day("hubspot", "v3")).toBe("2027-03-30");
    expect(day("klaviyo", "2026-07-15")).toBe("2028-07-15");
    expect(day("klaviyo", "latest")).toBeNull();
  });

  test("is warned of half a year before, and afterwards", () => {
    const at = (time: string) => supportFinding("hubspot", mapping(), new Date(time));
    expect(at("2026-11-22T00:00:00Z").level).toBe("ok");
    expect(at("2027-06-01T00:00:00Z")).toMatchObject({
      level: "warning",
      says: "HubSpot API 2026-03 is supported only until 2027-09-01",
    });
    expect(at("2027-10-01T00:00:00Z").says).toBe("HubSpot API 2026-03 is not supported since 2027-09-01");
  });
});

describe("ways to show engagement", () => {
  const showingAs = (recordAs: RecordAs): Mapping => {
    const read = laneMapping("record_as: note");
    return { ...read, engagement: read.engagement === null ? null : { ...read.engagement, recordAs } };
  };
  const missing = { code: "HS-APP", title: "Needs an installed app", fix: ["Install one."] };
  const sinks = [
    { recordAs: "app_event", missing },
    { recordAs: "note", missing: null },
    { recordAs: "properties_only", missing: null },
  ] as const;

  test("the best that the account has is proposed, and why the better ones are not", () => {
    const [told] = sinkFindings(sinks, mapping());
    expect(told).toMatchObject({ level: "ok" });
    expect(told?.says).toBe(
      "Engagement: HubSpot can show it as note, properties_only; best is note. Not: app_event: Needs an installed app",
    );
  });

  test("the mapping's own that cannot be used is warned of with the best one", () => {
    const told = sinkFindings(sinks, showingAs("app_event"));
    expect(short(told)).toEqual(["engagement ok", "engagement.record_as warning"]);
    expect(told[1]?.fix).toEqual(["Set `engagement.record_as: note` in the mapping.", "Install one."]);
    expect(short(sinkFindings(sinks, showingAs("note")))).toEqual(["engagement ok"]);
  });
});
