import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { Company } from "../cli/company.ts";
import { company } from "../cli/company.ts";
import { startDaemon } from "../cli/running-daemon.ts";

// Each test is several command lines, and each of those is paced as towards the real accounts.
vi.setConfig({ testTimeout: 120_000 });

let it: Company;
let env: Readonly<Record<string, string>>;

const SECTION = `
engagement:
  record_as: note
  backfill: 30d
  last_activity: { opened: klaviyo_last_open, source: klaviyo_last_campaign }
schedule: { engagement: every 1h }
`;

beforeAll(async () => {
  it = await company(60);
  env = { TANDEM_CONFIG: await it.mapping((text) => `${text}${SECTION}`) };
});

afterAll(() => it?.close());

const run = (...args: readonly string[]) => it.run(args, env);

const notes = (): number => it.rehearsal.hubspot.sandbox.timelineCounts().byKind.note;

test("check --remote names the properties that are missing and the command that makes them; then it is silent", async () => {
  const before = await run("check", "--remote");
  expect(before.out + before.talk).toContain("M331");
  expect(before.out + before.talk).toContain("tandem hubspot setup-timeline");
  const made = await run("hubspot", "setup-timeline");
  expect(made).toMatchObject({ status: 0 });
  expect(made.out).toContain("made the property klaviyo_last_open");
  const again = await run("hubspot", "setup-timeline");
  expect(again.out).toContain("the property klaviyo_last_open is there already");
  const after = await run("check", "--remote");
  expect(after.out + after.talk).not.toContain("M331");
});

test("plan says nothing of engagement, and shows nothing", async () => {
  const { status, out, talk } = await run("plan");
  expect(status).toBe(0);
  expect(out + talk).not.toMatch(/engagement|opened|clicked/i);
  expect(notes()).toBe(0);
});

test("sync --only engagement shows the story so far, and again adds nothing", async () => {
  const first = await run("sync", "--only", "engagement");
  expect(first.out).toMatch(/^Saw \d+ new events: \d+ shown in HubSpot, \d+ contacts? stamped\./);
  expect(first.status).toBe(0);
  const shown = notes();
  expect(shown).toBeGreaterThan(5);
  const second = await run("sync", "--only", "engagement", "--json");
  expect(JSON.parse(second.out)).toMatchObject({ result: "finished", counts: { added: 0, recorded: 0 } });
  expect(notes()).toBe(shown);
});

test("status adds up what became of the events, and Klaviyo's count of them", async () => {
  const { out } = await run("status");
  expect(out).toContain("Engagement of the last 30 days");
  const line = /Opened Email {2}([\d,]+) of ([\d,]+) seen: .*shown/.exec(out);
  expect(line?.[1]).toBe(line?.[2]);
  const document = JSON.parse((await run("status", "--json")).out) as { engagement: { kind: string }[] };
  expect(document.engagement.map(({ kind }) => kind)).toContain("opened");
});

test("explain tells what somebody did, and why it is or is not shown", async () => {
  const row = await it.fresh.database.engagement.findFirst({ where: { fate: "machine" } });
  const { out, status } = await run("explain", row?.email ?? "");
  expect(status).toBe(0);
  expect(out).toContain("Engagement, the latest first:");
  expect(out).toMatch(/not shown \(Klaviyo takes it for the work of a machine\)/);
});

test("a whole sync runs both lanes; one of a person only the contacts", async () => {
  const whole = await run("sync", "--json");
  expect(JSON.parse(whole.out)).toMatchObject({ engagement: { result: "finished" } });
  const row = await it.fresh.database.engagement.findFirst({ where: { fate: "recorded" } });
  const { out } = await run("explain", row?.email ?? "");
  expect(out).toMatch(/HubSpot {2}\d+[^]*Engagement, the latest first:[^]*shown in HubSpot/);
  const one = await run("sync", "--email", "nobody@example.com", "--json");
  expect(JSON.parse(one.out)).not.toHaveProperty("engagement");
});

test("without the section, or paused, --only engagement says so and reads nothing", async () => {
  const none = await it.run(["sync", "--only", "engagement"]);
  expect(none).toMatchObject({ status: 64 });
  expect(none.talk).toContain("no `engagement:` section");
  const paused = await it.mapping(
    (text) => text + SECTION.replace("record_as: note", "record_as: note\n  paused: true"),
  );
  expect(await it.run(["sync", "--only", "engagement"], { TANDEM_CONFIG: paused })).toMatchObject({
    status: 64,
  });
});

test("the daemon runs the lane by itself, and after the mapping has changed", async () => {
  const { sandbox, world } = it.rehearsal.klaviyo;
  const reader = await it.fresh.database.engagement.findFirst({ where: { fate: "recorded" } });
  const own = sandbox.createCampaign({ name: "Daemon", subject: "Daemon" });
  sandbox.engage({ kind: "opened", profile: reader?.email ?? "", message: own });
  world.clock.advance(5 * 60_000);
  const shown = notes();
  const daemon = startDaemon(it, [], env);
  try {
    await daemon.says(/"lane":"engagement"[^\n]*"recorded":1[^\n]*run ended/);
    expect(notes()).toBe(shown + 1);
  } finally {
    await daemon.stop();
  }
  const runs = await it.fresh.database.run.findMany({ where: { kind: "engagement", trigger: "schedule" } });
  expect(runs.map(({ result }) => result)).toEqual(["finished"]);
});
