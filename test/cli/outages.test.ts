import type { OnTestFinishedHandler } from "vitest";
import { describe, expect, test } from "vitest";
import type { FaultKind } from "../../src/sandbox/faults.ts";
import type { Company } from "./company.ts";
import { company } from "./company.ts";
import { expectOneScreen } from "./command-line.ts";

const EMAIL = "outage.test@example.com";
/** Each test's own: side by side, there is no current test for a hook to belong to. */
type OnFinished = (end: OnTestFinishedHandler) => void;

const FOR_EVER = 1_000_000;

/** A company of one person, who is in HubSpot and waits to be made in Klaviyo. */
async function oneWaits(onTestFinished: OnFinished): Promise<Company> {
  const it = await company(0);
  onTestFinished(() => it.close());
  const { sandbox } = it.rehearsal.hubspot;
  const lists = [it.rehearsal.story.hubspotList];
  sandbox.seedContacts([{ properties: { email: EMAIL, firstname: "Ann", phone: "+12015550123" }, lists }]);
  return it;
}

const sideProblems = ({ fresh }: Company) =>
  fresh.database.problem.findMany({ where: { linkId: null }, select: { code: true } });

/** The cause is gone: nothing was lost, nothing is there twice, and nobody is told of it any more. */
async function expectHealed(it: Company): Promise<void> {
  expect(await it.run(["sync"])).toMatchObject({ status: 0 });
  expect(it.rehearsal.klaviyo.sandbox.profile(EMAIL)?.attributes).toMatchObject({ first_name: "Ann" });
  const profiles = it.rehearsal.klaviyo.sandbox.dump(null, 1_000).profiles;
  expect(profiles.filter(({ email }) => email === EMAIL)).toHaveLength(1);
  expect(await sideProblems(it)).toEqual([]);
}

/** Vendors' waits are real time, so the cases wait side by side, each on its own servers. */
describe.concurrent("a vendor that is out stops the run before anything is written", () => {
  const cases: readonly (readonly [string, "hubspot" | "klaviyo", FaultKind, number, RegExp])[] = [
    [
      "HTML instead of JSON",
      "hubspot",
      { kind: "html", status: 200, applied: "before" },
      69,
      /HS-DOWN[\s\S]*web page/,
    ],
    [
      "a proxy's 502",
      "klaviyo",
      { kind: "html", status: 502, applied: "before" },
      69,
      /KL-DOWN[\s\S]*status 502, as a web page/,
    ],
    ["half an answer", "klaviyo", { kind: "truncated-json" }, 69, /KL-DOWN[\s\S]*could not be read/],
    ["half an answer", "hubspot", { kind: "truncated-json" }, 69, /HS-DOWN[\s\S]*status 200/],
    [
      "a connection that breaks off",
      "klaviyo",
      { kind: "reset", applied: "before" },
      69,
      /KL-DOWN[\s\S]*broke off/,
    ],
    [
      "a connection that breaks off",
      "hubspot",
      { kind: "reset", applied: "before" },
      69,
      /HS-DOWN[\s\S]*broke off/,
    ],
    [
      "a storm of 500",
      "hubspot",
      { kind: "status", status: 500, applied: "before" },
      69,
      /HS-DOWN[\s\S]*status 500/,
    ],
    [
      "a storm of 503",
      "klaviyo",
      { kind: "status", status: 503, applied: "before" },
      69,
      /KL-DOWN[\s\S]*status 503/,
    ],
    ["endless 429", "klaviyo", { kind: "status", status: 429, applied: "before" }, 75, /KL-RATE/],
    ["endless 429", "hubspot", { kind: "status", status: 429, applied: "before" }, 75, /HS-RATE/],
  ];
  test.for(cases)("%s from %s", async ([, side, fault, code, words], { onTestFinished }) => {
    const it = await oneWaits(onTestFinished);
    const { faults } = it.rehearsal[side].world;
    faults.add({ match: "", times: FOR_EVER, fault });
    const { status, out } = await it.run(["sync"]);
    faults.clear();
    expect(out).toMatch(words);
    expect(status).toBe(code);
    expectOneScreen(out);
    expect(it.writes()).toBe(0);
    expect(await sideProblems(it)).toHaveLength(1);
    const shown = await it.run(["status"]);
    expect(shown).toMatchObject({ status: 0 });
    expect(shown.out).toContain("Tandem will retry automatically");
    await expectHealed(it);
  });

  test("nobody listens: plan, sync and check --remote say so", async ({ onTestFinished }) => {
    const it = await oneWaits(onTestFinished);
    const config = await it.mapping((text) => text.replace(it.rehearsal.klaviyo.url, "http://127.0.0.1:9"));
    for (const args of [["sync"], ["plan"], ["check", "--remote"]]) {
      const { status, out, talk } = await it.run([...args, "--config", config]);
      expect(out + talk).toMatch(/KL-DOWN[\s\S]*no connection to Klaviyo \(ECONNREFUSED\)/);
      expect(status).toBe(69);
    }
    expect(it.writes()).toBe(0);
    await expectHealed(it);
  });

  test("writes that are never answered are looked up and made once when the fault is gone", async ({
    onTestFinished,
  }) => {
    const it = await oneWaits(onTestFinished);
    const { faults } = it.rehearsal.klaviyo.world;
    const fault = { kind: "status", status: 500, applied: "after" } as const;
    for (const method of ["POST", "PATCH"])
      faults.add({ method, match: "/api/profile", times: FOR_EVER, fault });
    const { status, out } = await it.run(["sync"]);
    faults.clear();
    expect(out).toMatch(/not answered; the next run checks/);
    expect(status).toBe(0);
    // What became of a write that was not answered may be asked after ten seconds.
    await it.fresh.database.$executeRaw`UPDATE journal SET sent_at = sent_at - interval '1 minute'`;
    await expectHealed(it);
  });
});
