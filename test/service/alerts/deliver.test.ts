import { afterEach, beforeEach, expect, test } from "vitest";
import { deliver } from "../../../src/service/alerts/deliver.ts";
import { startAlerts } from "../../../src/service/alerts/run-alerts.ts";
import type { Alerting } from "../../../src/service/alerts/save-decision.ts";
import { saveDecision } from "../../../src/service/alerts/save-decision.ts";
import { daemonLog } from "../../../src/service/log.ts";
import { readChannels } from "../../../src/store/alerts/alert-channels.ts";
import { openStore } from "../../../src/store/runs/connections.ts";
import type { FreshDatabase } from "../../support/fresh-database.ts";
import { freshDatabase } from "../../support/fresh-database.ts";
import { NO_CHANNELS, QUIET, STOPPED, rule } from "./alert-facts.ts";
import type { Sink } from "./sinks.ts";
import { httpSink } from "./sinks.ts";
import { storeOf } from "../../../src/store/database/store.ts";

let fresh: FreshDatabase;
let id: number;
let sink: Sink;
let other: Sink;
let logged: string[];
let time: number;
beforeEach(async () => {
  [fresh, sink, other] = await Promise.all([freshDatabase(), httpSink(), httpSink()]);
  ({ connectionId: id } = await openStore(fresh.database, "acme-main"));
  logged = [];
  time = Date.parse("2026-11-01T12:00:00Z");
});
afterEach(async () => void (await Promise.all([fresh.drop(), sink.close(), other.close()])));

const ALERTING: Alerting = {
  rules: [rule("stopped", { to: ["slack", "webhook"] })],
  channels: {
    ...NO_CHANNELS,
    slack: { webhook: { env: "SLACK" } },
    webhook: { url: { env: "HOOK" }, secret: { env: "SECRET" } },
    heartbeat: { url: { env: "BEAT" } },
  },
  pageUrl: null,
};
const now = (): Date => new Date(time);
const env = () => ({
  SLACK: `${other.url}/slack`,
  HOOK: sink.url,
  SECRET: "a-secret-of-somebody",
  BEAT: `${other.url}/beat`,
});
/** Waits are over at once; they are what the test would wait for. */
const delivery = () => ({
  store: storeOf(fresh.database, id),
  channels: ALERTING.channels,
  env: env(),
  now,
  sleep: () => Promise.resolve(),
  signal: new AbortController().signal,
  log: daemonLog("info", { write: (line) => void logged.push(line) }),
});
const decide = (facts: typeof QUIET) => saveDecision(storeOf(fresh.database, id), ALERTING, facts, now());
const types = (at: Sink) => at.got.map(({ body }) => JSON.parse(body) as { resolved_at: string | null });

test("an alert reaches its channel once, and so does its end, however often it is delivered", async () => {
  await decide(STOPPED);
  await Promise.all([deliver(delivery(), "webhook"), deliver(delivery(), "webhook")]);
  await deliver(delivery(), "webhook");
  expect(sink.got).toHaveLength(1);
  time += 60_000;
  await decide(QUIET);
  await deliver(delivery(), "webhook");
  expect(types(sink).map(({ resolved_at: at }) => at)).toEqual([null, "2026-11-01T12:01:00.000Z"]);
  expect(new Set(sink.got.map(({ headers }) => headers["webhook-id"])).size).toBe(2);
});

test("a channel that answers 500 is tried again later with the same id, told of once, and told of when it works", async () => {
  sink.behave(500);
  await decide(STOPPED);
  expect(await deliver(delivery(), "webhook")).toBe(0);
  expect(sink.got).toHaveLength(3);
  await deliver(delivery(), "webhook");
  expect(sink.got).toHaveLength(3);
  time += 10 * 60_000;
  await deliver(delivery(), "webhook");
  expect(sink.got).toHaveLength(6);
  expect(new Set(sink.got.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
  expect(await readChannels(storeOf(fresh.database, id))).toMatchObject([
    { channel: "webhook", error: "It answered 500", failingSince: new Date("2026-11-01T12:00:00Z") },
  ]);
  sink.behave("ok");
  time += 60 * 60_000;
  expect(await deliver(delivery(), "webhook")).toBe(1);
  const lines = logged.map((line) => JSON.parse(line) as { msg: string });
  expect(lines.map(({ msg }) => msg)).toEqual(["Webhook fails: It answered 500", "Webhook works again"]);
  expect(logged.join("")).not.toContain(sink.url);
});

test("the end of an alert waits for its beginning, and what nobody took for a day is given up", async () => {
  sink.behave(500);
  await decide(STOPPED);
  await deliver(delivery(), "webhook");
  time += 60_000;
  await decide(QUIET);
  await deliver(delivery(), "webhook");
  expect(new Set(types(sink).map(({ resolved_at: at }) => at))).toEqual(new Set([null]));
  for (let hour = 0; hour < 30; hour += 1) {
    time += 60 * 60_000;
    await deliver(delivery(), "webhook");
  }
  const rows = await fresh.database.alertMessage.findMany({ where: { channel: "webhook" } });
  expect(rows.map(({ givenUpAt }) => givenUpAt === null)).toEqual([false, false]);
});

test("a message that a process took and did not finish is sent by another one after two minutes", async () => {
  await decide(STOPPED);
  await fresh.database.$executeRaw`
    UPDATE alert_message SET taken_until = now() + interval '2 minutes' WHERE channel = 'webhook'`;
  expect(await deliver(delivery(), "webhook")).toBe(0);
  await fresh.database.$executeRaw`UPDATE alert_message SET taken_until = now() - interval '1 second'`;
  expect(await deliver(delivery(), "webhook")).toBe(1);
});

test("a channel that hangs keeps neither the other channels nor the heartbeat from their turn", async () => {
  sink.behave("hang");
  const alerts = startAlerts({
    ...delivery(),
    alerting: () => ALERTING,
    readFacts: () => Promise.resolve(STOPPED),
    before: () => Promise.resolve(),
    worker: true,
  });
  alerts.wake();
  await expect.poll(() => sink.got.length).toBe(1);
  await expect.poll(() => other.got.map(({ path }) => path)).toEqual(["/slack"]);
  alerts.cycleFinished();
  await expect.poll(() => other.got.map(({ path }) => path)).toEqual(["/slack", "/beat"]);
  await sink.close();
  await alerts.stop();
  sink = await httpSink();
});

test("a process without lanes sends only to channels whose secrets it has", async () => {
  const { HOOK, SECRET } = env();
  const alerts = startAlerts({
    ...delivery(),
    env: { HOOK, SECRET },
    alerting: () => ALERTING,
    readFacts: () => Promise.resolve(STOPPED),
    before: () => Promise.resolve(),
    worker: false,
  });
  alerts.wake();
  await expect.poll(() => sink.got.length).toBe(1);
  await alerts.stop();
  const waiting = await fresh.database.alertMessage.findMany({ where: { channel: "slack" } });
  expect(waiting.map(({ tries }) => tries)).toEqual([0]);
  expect((await readChannels(storeOf(fresh.database, id))).map(({ channel }) => channel)).toEqual([
    "webhook",
  ]);
});
