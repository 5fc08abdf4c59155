import { afterEach, beforeEach, expect, test } from "vitest";
import type { Alerting } from "../../../src/service/alerts/save-decision.ts";
import { saveDecision } from "../../../src/service/alerts/save-decision.ts";
import { openAlert } from "../../../src/store/alerts/alerts.ts";
import { openDatabase } from "../../../src/store/database/database.ts";
import { openStore } from "../../../src/store/runs/connections.ts";
import type { FreshDatabase } from "../../support/fresh-database.ts";
import { freshDatabase } from "../../support/fresh-database.ts";
import { NO_CHANNELS, QUIET, STOPPED, rule } from "./alert-facts.ts";
import { storeOf } from "../../../src/store/database/store.ts";

let fresh: FreshDatabase;
let id: number;
beforeEach(async () => {
  fresh = await freshDatabase();
  ({ connectionId: id } = await openStore(fresh.database, "acme-main"));
});
afterEach(() => fresh.drop());

const NOON = Date.parse("2026-11-01T12:00:00Z");
const HOUR_MS = 3_600_000;
const hours = (count: number): Date => new Date(NOON + count * HOUR_MS);

const ALERTING: Alerting = {
  rules: [rule("stopped", { to: ["slack", "webhook"] })],
  channels: {
    ...NO_CHANNELS,
    slack: { webhook: { env: "SLACK" } },
    webhook: { url: { env: "HOOK" }, secret: { env: "SECRET" } },
  },
  pageUrl: new URL("https://tandem.example.com"),
};

/** What was told to Slack, and when it was told that it was over. */
async function told(channel = "slack") {
  const rows = await fresh.database.alertMessage.findMany({ where: { channel }, orderBy: { id: "asc" } });
  return rows.map(({ kind }) => kind);
}

/** As if each channel had got everything. */
const sentAll = () => fresh.database.alertMessage.updateMany({ data: { sentAt: new Date() } });

test("an alert is told to each of its channels once when it opens, every 24 hours, and once when it is over", async () => {
  const decide = async (facts: typeof QUIET, at: Date): Promise<void> => {
    await saveDecision(storeOf(fresh.database, id), ALERTING, facts, at);
    await sentAll();
  };
  for (const hour of [0, 1, 23, 24, 25, 47, 48]) await decide(STOPPED, hours(hour));
  expect(await told()).toEqual(["opened", "reminder", "reminder"]);
  expect(await told("webhook")).toEqual(["opened", "reminder", "reminder"]);
  await decide(QUIET, hours(49));
  await decide(QUIET, hours(50));
  expect(await told()).toEqual(["opened", "reminder", "reminder", "resolved"]);
  await decide(STOPPED, hours(51));
  expect((await told()).slice(4)).toEqual(["opened"]);
  const [alert] = await fresh.database.alert.findMany({ orderBy: { id: "asc" } });
  expect(alert?.resolvedAt).toEqual(hours(49));
  const [first] = await fresh.database.alertMessage.findMany({ orderBy: { id: "asc" }, take: 1 });
  expect(first?.document).toEqual({
    id: `acme-main stopped ${alert?.id}`,
    type: "stopped",
    severity: "critical",
    connection: "acme-main",
    started_at: "2026-11-01T07:00:00.000Z",
    resolved_at: null,
    summary: "Syncing has stopped: HubSpot did not accept the key",
    cause: "HubSpot answered 401.",
    fix: "Create a new key.",
    url: "https://tandem.example.com/",
  });
});

test("five processes that decide at the same moment tell it once", async () => {
  const others = Array.from({ length: 4 }, () => openDatabase(fresh.url));
  const all = [fresh.database, ...others];
  await Promise.all(all.map((database) => database.$queryRaw`SELECT 1`));
  const decide = (facts: typeof QUIET, hour: number) =>
    Promise.all(all.map((database) => saveDecision(storeOf(database, id), ALERTING, facts, hours(hour))));
  try {
    for (const hour of [0, 2, 4, 6]) {
      await decide(STOPPED, hour);
      await decide(QUIET, hour + 1);
    }
  } finally {
    await Promise.all(others.map((database) => database.$disconnect()));
  }
  expect(await fresh.database.alert.count()).toBe(4);
  expect(await told()).toEqual(Array.from({ length: 4 }, () => ["opened", "resolved"]).flat());
});

test("the database itself lets only one alert of a type be open", async () => {
  const alert = { type: "held", severity: "warning", summary: "", cause: "", fix: "", toldTo: [] } as const;
  await openAlert(storeOf(fresh.database, id), { ...alert, startedAt: hours(0) }, hours(0));
  await expect(
    openAlert(storeOf(fresh.database, id), { ...alert, startedAt: hours(1) }, hours(1)),
  ).rejects.toThrow("Unique constraint failed");
});

test("a channel that was told hears of the end, and one that the mapping lost does not", async () => {
  await saveDecision(storeOf(fresh.database, id), ALERTING, STOPPED, hours(0));
  const { slack } = ALERTING.channels;
  const less = { ...ALERTING, rules: [], channels: { ...NO_CHANNELS, slack } };
  await saveDecision(storeOf(fresh.database, id), less, STOPPED, hours(1));
  expect(await told()).toEqual(["opened", "resolved"]);
  expect(await told("webhook")).toEqual(["opened"]);
  const [end] = await fresh.database.alertMessage.findMany({ where: { kind: "resolved" } });
  expect(end?.document).toMatchObject({ cause: "The mapping no longer has this alert." });
});

test("while a channel has not got the last message, no reminder is added to it", async () => {
  await saveDecision(storeOf(fresh.database, id), ALERTING, STOPPED, hours(0));
  await fresh.database.alertMessage.updateMany({ where: { channel: "webhook" }, data: { sentAt: hours(0) } });
  await saveDecision(storeOf(fresh.database, id), ALERTING, STOPPED, hours(24));
  expect(await told()).toEqual(["opened"]);
  expect(await told("webhook")).toEqual(["opened", "reminder"]);
});
