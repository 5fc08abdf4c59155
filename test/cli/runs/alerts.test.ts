import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Sink } from "../../service/alerts/sinks.ts";
import { httpSink } from "../../service/alerts/sinks.ts";
import type { Company } from "../company.ts";
import { company } from "../company.ts";
import { startDaemon } from "../running-daemon.ts";

let it: Company;
let sink: Sink;
let env: Readonly<Record<string, string>>;
beforeAll(async () => {
  [it, sink] = await Promise.all([company(20), httpSink()]);
  const alerting = [
    "alerts:",
    "  - { when: stopped, to: webhook }",
    "channels:",
    "  webhook: { url: { env: ALERT_URL }, secret: { env: ALERT_SECRET } }",
    "  heartbeat: { url: { env: HEARTBEAT_URL } }",
  ].join("\n");
  const path = await it.mapping((text) => `${text}\n${alerting}\n`);
  env = {
    TANDEM_CONFIG: path,
    ALERT_URL: `${sink.url}/hook`,
    ALERT_SECRET: "whsec_c2VjcmV0LW9mLTI0LWNoYXJhY3RlcnM=",
    HEARTBEAT_URL: `${sink.url}/beat`,
  };
});
afterAll(async () => void (await Promise.all([it.close(), sink.close()])));

const daemon = () => startDaemon(it, [], env);
const told = () =>
  sink.got
    .filter(({ path }) => path === "/hook")
    .map(({ body }) => JSON.parse(body) as { type: string; resolved_at: string | null });
const beats = () => sink.got.filter(({ path }) => path === "/beat").length;
const refuse = (): void =>
  it.rehearsal.hubspot.world.faults.add({
    match: "",
    times: 1_000_000,
    fault: { kind: "status", status: 401, applied: "before" },
  });

test("a revoked key is told once, by a daemon and by the one after it, and its end once", async () => {
  const first = daemon();
  await first.says(/"msg":"run ended"/);
  await expect.poll(beats).toBe(1);
  await first.stop();

  refuse();
  const second = daemon();
  await expect.poll(told).toHaveLength(1);
  expect(told()[0]).toMatchObject({
    type: "stopped",
    resolved_at: null,
    url: null,
  });
  await second.stop();
  const third = daemon();
  await third.says(/run ended: /);
  await third.stop();
  expect(told()).toHaveLength(1);
  expect(beats()).toBe(1);
  const { out } = await it.run(["alerts"], env);
  expect(out).toMatch(/^stopped {2}critical /m);

  it.rehearsal.hubspot.world.faults.clear();
  // Every lane is due at once, as it would be within a minute.
  await it.fresh.database.laneStart.deleteMany();
  const fourth = daemon();
  await expect.poll(told).toHaveLength(2);
  expect(told()[1]?.resolved_at).not.toBeNull();
  await expect.poll(beats).toBe(2);
  await fourth.stop();
  expect(told()).toHaveLength(2);
  const document = JSON.parse((await it.run(["alerts", "--json"], env)).out) as {
    alerts: { type: string; resolved_at: string | null }[];
  };
  expect(document.alerts.map(({ type, resolved_at: at }) => [type, at === null])).toEqual([
    ["stopped", false],
  ]);
});

test("a channel that answers 500 stops no run, and is shown", async () => {
  sink.behave(500);
  const running = daemon();
  await running.says(/Heartbeat fails: It answered 500/);
  await running.says(/"msg":"run ended"/);
  const page = await (await fetch(`${await running.url()}/settings`)).text();
  expect(page).toContain("It answered 500");
  await running.stop();
  sink.behave("ok");
  const { out } = await it.run(["alerts"], env);
  expect(out).toMatch(/^Heartbeat .* Failing for .*: It answered 500$/m);
});

describe("tandem alerts test", () => {
  test("tells every channel, and says that it was a test", async () => {
    const { status, out } = await it.run(["alerts", "test"], env);
    expect({ status, out }).toEqual({ status: 0, out: "Webhook  Sent\n" });
    expect(told().at(-1)).toMatchObject({ type: "test", url: null });
    const [entry] = await it.fresh.database.auditEntry.findMany({ orderBy: { seq: "desc" }, take: 1 });
    expect(entry?.action).toBe("test_alert");
  });

  test("exits with 69 where one does not take it, and names no URL", async () => {
    const { status, out, talk } = await it.run(["alerts", "test"], {
      ...env,
      ALERT_URL: "http://10.0.0.1/x",
    });
    expect(status).toBe(69);
    expect(out).toBe("Webhook  The webhook must be an https URL\n");
    expect(talk).not.toContain("10.0.0.1");
  });

  test("says what to do where the mapping has no channel", async () => {
    const { status, talk } = await it.run(["alerts", "test"]);
    expect(status).toBe(78);
    expect(talk).toContain("Add `channels`");
    expect((await it.run(["alerts"])).out).not.toContain("Channel");
  });
});
