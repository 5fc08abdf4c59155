import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { App } from "../../../src/cli/app.ts";
import { examine } from "../../../src/cli/reports/doctor.ts";
import type { Finding } from "../../../src/cli/reports/doctor-finding.ts";
import { verdict } from "../../../src/cli/reports/doctor-finding.ts";
import { memory } from "../../../src/connectors/memory/index.ts";
import { SystemUnavailable } from "../../../src/model/problem.ts";
import { rowsDump } from "../../support/database-dump.ts";
import { appFor } from "../command-line.ts";
import type { Company } from "../company.ts";
import { company } from "../company.ts";

/** What an admin asks before anything else, and again when something is wrong. */
let it: Company;

/** A key as the README asks for it. */
const CAREFUL = "pk_careful";
const SCOPES =
  "accounts:read lists:read lists:write segments:read profiles:read profiles:write metrics:read events:read";

beforeAll(async () => {
  it = await company(20);
  it.rehearsal.klaviyo.sandbox.addKey({ key: CAREFUL, scopes: SCOPES.split(" ") });
});
afterAll(() => it.close());

const app = (env: Readonly<Record<string, string>> = {}): App =>
  appFor({ out: "", talk: "" }, { env: { ...it.env, TANDEM_DEMO_KLAVIYO: CAREFUL, ...env } });

async function examined(
  change: (text: string) => string = (text) => text,
  env: Readonly<Record<string, string>> = {},
): Promise<readonly Finding[]> {
  return examine(app(env), await it.mapping(change));
}

const of = (findings: readonly Finding[], what: string): Finding | undefined =>
  findings.find((one) => one.what === what);
const not = (level: Finding["level"], findings: readonly Finding[]): readonly string[] =>
  findings.filter((one) => one.level !== level).map(({ what }) => what);

const subscribing = (text: string) => text.replace("on_leave: remove_from_list", "on_leave: unsubscribe");

test("with everything in place there is a tick for each thing, and nothing is written anywhere", async () => {
  expect(await it.run(["sync"])).toMatchObject({ status: expect.any(Number) });
  const truth = () =>
    [it.rehearsal.hubspot, it.rehearsal.klaviyo].map(({ world }) => world.truth.changes.length);
  const [before, dump] = [truth(), await rowsDump(it.fresh.database)];
  const findings = await examined();
  expect(not("ok", findings)).toEqual([]);
  expect(verdict(findings)).toBe(0);
  expect(findings.map(({ what }) => what)).toEqual([
    "node",
    "mapping",
    "database",
    "daemon",
    "hubspot.key",
    "klaviyo.key",
    "hubspot.version",
    "hubspot.account",
    "hubspot.scopes",
    "klaviyo.version",
    "klaviyo.account",
    "klaviyo.scopes",
    "properties",
    "lists",
    "subscription_types",
    "klaviyo.subscriptions",
    "engagement",
  ]);
  expect(of(findings, "hubspot.account")?.says).toMatch(/^HubSpot: ".+" \d+ .*time zone \w+/);
  expect(of(findings, "engagement")?.says).toMatch(/best is \w+/);
  expect(truth()).toEqual(before);
  expect(await rowsDump(it.fresh.database)).toBe(dump);
});

describe("the Klaviyo key and subscriptions", () => {
  const full = () => ({ TANDEM_DEMO_KLAVIYO: it.rehearsal.klaviyo.key });

  test("one that may change them although nothing needs it is warned of, and ends with 0", async () => {
    const findings = await examined(undefined, full());
    expect(not("ok", findings)).toEqual(["klaviyo.subscriptions"]);
    expect(of(findings, "klaviyo.subscriptions")).toMatchObject({
      level: "warning",
      fix: [expect.stringContaining("could not subscribe anybody again, even by mistake")],
    });
    expect(verdict(findings)).toBe(0);
  });

  test("one that may not although the mapping needs it is an error, and ends with 77", async () => {
    const findings = await examined(subscribing);
    expect(not("ok", findings)).toEqual(["klaviyo.subscriptions"]);
    expect(of(findings, "klaviyo.subscriptions")?.says).toContain("`subscriptions:write`");
    expect(verdict(findings)).toBe(77);
    const enough = await examined(subscribing, full());
    expect(not("ok", enough)).toEqual([]);
  });

  test("check --remote says the same two things", async () => {
    const told = async (config: string, env: Readonly<Record<string, string>>) => {
      const { status, out } = await it.run(["check", config, "--remote", "--format", "json"], env);
      const { diagnostics } = JSON.parse(out) as { diagnostics: readonly { code: string; line: number }[] };
      return { status, told: diagnostics.filter(({ code }) => code === "M317" || code === "M318") };
    };
    const line = it.mappingText.split("\n").findIndex((each) => each.includes("TANDEM_DEMO_KLAVIYO")) + 1;
    const much = await told(await it.mapping((text) => text), full());
    expect(much).toMatchObject({ status: 0, told: [{ code: "M317", line }] });
    const little = await told(await it.mapping(subscribing), { TANDEM_DEMO_KLAVIYO: CAREFUL });
    expect(little).toMatchObject({ status: 77, told: [{ code: "M318", line }] });
  });
});

test("several things that are wrong are all told at once, whichever side they are on", async () => {
  const findings = await examined(
    (text) =>
      text
        .replace("hubspot: jobtitle", "hubspot: jobtitel")
        .replace('"Engaged 90 days"', '"Engaged 9 days"')
        .replace("  klaviyo:\n    token", "  klaviyo:\n    account_id: OtHeR1\n    token"),
    { DATABASE_URL: "postgresql://tandem:hidden-password@127.0.0.1:9/tandem" },
  );
  expect(not("ok", findings)).toEqual(["database", "klaviyo.account", "properties", "lists"]);
  expect(of(findings, "database")?.says).toBe("The database does not answer (ECONNREFUSED)");
  expect(of(findings, "klaviyo.account")?.says).toContain("OtHeR1");
  expect(of(findings, "properties")?.says).toMatch(/jobtitel.*\(M301, .*:30\)/);
  expect(verdict(findings)).toBe(78);
  expect(JSON.stringify(findings)).not.toContain("hidden-password");
});

test("a key that is not there leaves the other side's questions as they are", async () => {
  const findings = await examined(undefined, { TANDEM_DEMO_HUBSPOT: "" });
  expect(not("ok", findings)).toEqual(["hubspot.key"]);
  expect(of(findings, "hubspot.key")?.says).toContain("TANDEM_DEMO_HUBSPOT");
  expect(of(findings, "klaviyo.account")?.level).toBe("ok");
  expect(verdict(findings)).toBe(77);
});

test("a refused key is told once, and scopes that are missing each by their names", async () => {
  const refused = await examined(undefined, { TANDEM_DEMO_KLAVIYO: "pk_nobodys_key" });
  expect(not("ok", refused)).toEqual(["klaviyo.account"]);
  expect(verdict(refused)).toBe(77);
  it.rehearsal.hubspot.sandbox.setToken("pat-eu1-few", { scopes: ["crm.schemas.contacts.read"] });
  const few = await examined(undefined, { TANDEM_DEMO_HUBSPOT: "pat-eu1-few" });
  const scopes = few.filter(({ what }) => what === "hubspot.scopes").map(({ says }) => says);
  expect(scopes).toEqual([
    "The HubSpot key lacks the scope crm.objects.contacts.read",
    "The HubSpot key lacks the scope crm.lists.read",
  ]);
  expect(verdict(few)).toBe(77);
  for (const secret of ["pk_nobodys_key", "pat-eu1-few", CAREFUL, it.rehearsal.hubspot.token])
    expect(JSON.stringify([refused, few])).not.toContain(secret);
});

test("a system that is out ends with 69, and the other is asked all the same", async () => {
  const out = {
    code: "HS-DOWN",
    level: "connection",
    side: "hubspot",
    field: null,
    title: "HubSpot does not answer",
    explanation: "It did not for a minute.",
    fix: ["Wait."],
    retry: "soon",
    reference: null,
  } as const;
  const unavailable = () => new SystemUnavailable("hubspot", out, null);
  const checked = app();
  const findings = await examine(
    {
      ...checked,
      connect: async (mapping, secrets, database) => {
        const { klaviyo } = await checked.connect(mapping, secrets, database);
        return { klaviyo, hubspot: memory("hubspot", { now: Date.now, quirks: { unavailable } }) };
      },
    },
    it.env["TANDEM_CONFIG"] ?? "",
  );
  expect(not("ok", findings)).toEqual(["hubspot.account"]);
  expect(of(findings, "hubspot.account")?.says).toContain("HubSpot does not answer (HS-DOWN)");
  expect(of(findings, "klaviyo.scopes")?.level).toBe("ok");
  expect(of(findings, "klaviyo.subscriptions")?.level).toBe("ok");
  expect(verdict(findings)).toBe(69);
});

test("a broken mapping is told with its lines, and the database is asked all the same", async () => {
  const findings = await examined((text) => text.replace("klaviyo: title", "klaviyo: titel"));
  expect(findings.map(({ what, level }) => `${what} ${level}`)).toEqual([
    "node ok",
    "mapping error",
    "database ok",
  ]);
  expect(verdict(findings)).toBe(78);
});

test("the command prints a line each with a summary, and one document with --json", async () => {
  const text = await it.run(["doctor"]);
  expect(text.status).toBe(0);
  expect(text.out).toMatch(/^ ✔ Node 2\d\./m);
  expect(text.out).toMatch(/^ ! the Klaviyo key may change subscriptions[^\n]*\n {5}fix: in Klaviyo/m);
  expect(text.out).toMatch(/\n0 problems, 1 warning\. Exit status 0\.\n$/);
  const { status, out } = await it.run(["doctor", "--json"], { TANDEM_DEMO_KLAVIYO: "" });
  expect(status).toBe(77);
  expect(JSON.parse(out)).toMatchObject({ problems: 1, warnings: 0, exitCode: 77 });
});
