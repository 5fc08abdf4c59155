import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Company } from "../company.ts";
import { company } from "../company.ts";
import { expectOneScreen } from "../command-line.ts";

const EMAIL = "vendor.test@example.com";

let it: Company;
/** A person whose change waits to be written to Klaviyo while something is in the way. */
beforeAll(async () => {
  it = await company(10);
  const { sandbox } = it.rehearsal.hubspot;
  sandbox.seedContacts([
    { properties: { email: EMAIL, firstname: "Ann" }, lists: [it.rehearsal.story.hubspotList] },
  ]);
  await it.run(["sync"]);
});
afterAll(() => it.close());

let edits = 0;
function edit(): string {
  const title = `Title ${(edits += 1)}`;
  it.rehearsal.hubspot.sandbox.editContact({ email: EMAIL }, { jobtitle: title });
  it.rehearsal.hubspot.world.clock.advance(60_000);
  return title;
}

const inKlaviyo = (): unknown => it.rehearsal.klaviyo.sandbox.profile(EMAIL)?.attributes["title"];

const sideProblems = () =>
  it.fresh.database.problem.findMany({ where: { linkId: null }, select: { code: true, title: true } });

/** The cause is gone: nothing was lost, and nobody is told of it any more. */
async function expectHealed(title: string): Promise<void> {
  const healed = await it.run(["sync"]);
  expect(healed).toMatchObject({ status: 1 });
  expect(inKlaviyo()).toBe(title);
  expect(await sideProblems()).toEqual([]);
}

describe("keys", () => {
  test.each([
    ["a wrong HubSpot key", "TANDEM_DEMO_HUBSPOT", "pat-na1-nobody-knows-it", "HS-AUTH"],
    ["a wrong Klaviyo key", "TANDEM_DEMO_KLAVIYO", "pk_nobody_knows_this_one", "KL-AUTH"],
  ])("%s is one message with what to do, and no contact's fault", async (_name, variable, key, code) => {
    const title = edit();
    const before = it.writes();
    const failing = await it.fresh.database.link.count({ where: { state: "failing" } });
    for (const command of [["sync"], ["plan"], ["check", "--remote"], ["retry"]]) {
      const { status, out, talk } = await it.run(command, { [variable]: key });
      expect(status).toBe(77);
      expect(out + talk).toContain(`(${code})`);
      expect(out + talk).toContain("fix: ");
      expect(out + talk).not.toContain(key);
      expectOneScreen(out + talk);
    }
    expect(it.writes()).toBe(before);
    expect(await it.fresh.database.link.count({ where: { state: "failing" } })).toBe(failing);
    expect(await it.run(["status"])).toMatchObject({ status: 77 });
    await expectHealed(title);
  });

  test("a revoked key stops the next run", async () => {
    const title = edit();
    const own = "pk_soon_to_be_revoked";
    const { sandbox } = it.rehearsal.klaviyo;
    sandbox.addKey({ key: own, scopes: "full" });
    expect(await it.run(["plan"], { TANDEM_DEMO_KLAVIYO: own })).toMatchObject({ status: 0 });
    sandbox.revokeKey(own);
    const { status, out } = await it.run(["sync", "--json"], { TANDEM_DEMO_KLAVIYO: own });
    expect(status).toBe(77);
    expect(JSON.parse(out)).toMatchObject({ result: "stopped", stoppedBy: { code: "KL-AUTH" } });
    await expectHealed(title);
  });

  test("a Klaviyo key that may only read ends with 77 and the scope's name", async () => {
    const title = edit();
    const before = it.writes();
    const { sandbox } = it.rehearsal.klaviyo;
    const scopes = ["accounts:read", "lists:read", "segments:read", "profiles:read"];
    sandbox.addKey({ key: "pk_reads_only", scopes });
    const { status, out } = await it.run(["sync"], { TANDEM_DEMO_KLAVIYO: "pk_reads_only" });
    expect(status).toBe(77);
    expect(out).toMatch(/KL-SCOPE[\s\S]*profiles:write/);
    expectOneScreen(out);
    expect(inKlaviyo()).not.toBe(title);
    // It was tried and refused at the gate; what became of it may be asked after ten seconds.
    expect(it.writes()).toBeGreaterThan(before);
    await it.fresh.database.$executeRaw`UPDATE journal SET sent_at = sent_at - interval '1 minute'`;
    await expectHealed(title);
  });

  test("a HubSpot key without lists ends with 77 and the scope's name", async () => {
    const title = edit();
    const before = it.writes();
    const token = "pat-na1-no-lists";
    const scopes = ["crm.objects.contacts.read", "crm.objects.contacts.write", "crm.schemas.contacts.read"];
    it.rehearsal.hubspot.sandbox.setToken(token, { scopes });
    const { status, out } = await it.run(["sync"], { TANDEM_DEMO_HUBSPOT: token });
    expect(status).toBe(77);
    expect(out).toMatch(/"crm\.lists\.read" is missing \(HS-SCOPE\)/);
    expect(it.writes()).toBe(before);
    await expectHealed(title);
  });

  test.each([
    [
      "sync",
      (text: string) =>
        text.replace("  klaviyo:\n    token", "  klaviyo:\n    account_id: XXXXX1\n    token"),
    ],
    [
      "plan",
      (text: string) => text.replace("  hubspot:\n    token", "  hubspot:\n    portal_id: 1\n    token"),
    ],
    [
      "check",
      (text: string) => text.replace("  hubspot:\n    token", "  hubspot:\n    portal_id: 1\n    token"),
    ],
  ])("another account's key: %s stops before anything is read or written", async (command, change) => {
    const title = edit();
    const before = it.writes();
    const config = await it.mapping(change);
    const args = command === "check" ? [command, "--remote"] : [command];
    const { status, out, talk } = await it.run([...args, "--config", config]);
    expect(status).toBe(77);
    expect(out + talk).toMatch(/This key belongs to \w+ \w+, not \w+ \(SK-ACCOUNT\)/);
    expectOneScreen(out + talk);
    expect(it.writes()).toBe(before);
    await expectHealed(title);
  });
});
