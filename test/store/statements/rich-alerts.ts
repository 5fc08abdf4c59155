import type { ApiHealth } from "../../../src/model/watch/api-health.ts";
import type { Store } from "../../../src/store/database/store.ts";
import { ago } from "./known.ts";

export const WORDS = {
  severity: "critical",
  summary: "Syncing has stopped",
  cause: "HubSpot rejects the key",
  fix: "Make a new key",
  toldTo: ["email"],
} as const;

export const ALERT_DOCUMENT = {
  id: "stopped-1",
  type: "stopped",
  severity: "critical",
  connection: "rich",
  started_at: "2026-11-30T11:00:00.000Z",
  resolved_at: null,
  summary: WORDS.summary,
  cause: WORDS.cause,
  fix: WORDS.fix,
  url: null,
};

export const SIDE_HEALTH: ApiHealth = {
  endpoints: [
    { endpoint: "search", calls: 3, failed: 1, p50Ms: 120, p95Ms: null, breaker: { state: "closed" } },
    {
      endpoint: "contacts",
      calls: 2,
      failed: 2,
      p50Ms: null,
      p95Ms: null,
      breaker: { state: "open", code: "KL-RATE", reason: "Too many calls", nextTryAt: 1 },
    },
  ],
  paces: [],
};

/** Alerts that are open, fade, and have ended, with messages in every state; channels, and how calls went. */
export async function seedAlerts({ statements, connectionId }: Store): Promise<void> {
  const of = { connectionId, ...WORDS, toldTo: ["email"], startedAt: ago(3), toldAt: ago(3) };
  const open = await statements.alert.create({ data: { ...of, type: "stopped" } });
  await statements.alert.createMany({
    data: [
      { ...of, type: "held", absentSince: ago(1) },
      { ...of, type: "errors_above", startedAt: ago(9_000), toldAt: ago(9_000), resolvedAt: ago(8_000) },
    ],
  });
  const message = { connectionId, channel: "email", document: ALERT_DOCUMENT, madeAt: ago(3), dueAt: ago(3) };
  await statements.alertMessage.createMany({
    data: [
      { ...message, kind: "opened", alertId: open.id },
      { ...message, kind: "test", sentAt: ago(2), takenUntil: ago(2) },
      { ...message, kind: "test", channel: "webhook", givenUpAt: ago(1), tries: 9 },
    ],
  });
  await statements.alertChannel.createMany({
    data: [
      { connectionId, channel: "email", sentAt: ago(2) },
      { connectionId, channel: "webhook", failingSince: ago(2), error: "it answered 500" },
    ],
  });
  await statements.sideHealth.create({
    data: { connectionId, side: "hubspot", health: JSON.parse(JSON.stringify(SIDE_HEALTH)), notedAt: ago(1) },
  });
}
