import { randomUUID } from "node:crypto";
import type { Store } from "../../../src/store/database/store.ts";
import type { Prisma } from "../../../src/store/generated/client.ts";
import { NOW, ago } from "./known.ts";
import { OLD_PROBLEM } from "./rich-people.ts";

/** Of one who reads mail and is linked. */
const JO = { person: "K1", email: "jo@example.com", contact: "1" };
/** What a message was, as the source tells it. */
const MAIL = {
  message: "M1",
  messageName: "News",
  subject: "News of May",
  sourceKind: "campaign",
  sourceId: "S1",
  sourceName: "Newsletter",
};
const SENT = { entryId: "shown", shownId: "shown", runId: 1n, sentAt: ago(1) };

/** One event of every fate. Ids that only have to be somebody's own are `shown`. */
const EVENTS: readonly Partial<Prisma.EngagementCreateManyInput>[] = [
  { fate: "recorded", ...JO, ...MAIL, ...SENT, settledAt: ago(1), reference: "REF" },
  {
    fate: "recorded",
    kind: "clicked",
    ...JO,
    ...MAIL,
    ...SENT,
    url: "https://shop.example/",
    linkId: "shown",
    linkEntryId: "shown",
    settledAt: ago(1),
    reference: "REF2",
  },
  { fate: "repeat", person: "K1", email: "jo@example.com", ...MAIL },
  { fate: "sent", ...JO, ...MAIL, ...SENT },
  {
    fate: "failed",
    ...JO,
    ...MAIL,
    ...SENT,
    problem: OLD_PROBLEM,
    retryAt: ago(1),
    attempts: 2,
    settledAt: ago(1),
  },
  { fate: "waiting", person: "K1", email: "jo@example.com", entryId: "shown" },
  { fate: "waiting", kind: "bounced", entryId: "shown", detail: "Mailbox full", sourceKind: "flow" },
  { fate: "unknown", person: "K99", email: "unknown@example.com", entryId: "shown" },
  { fate: "unknown", person: "K3", email: "ida@example.com", entryId: "shown" },
  { fate: "new" },
  { fate: "new", person: "K1", kind: "unsubscribed", list: "LIST" },
  { fate: "future", at: new Date("2026-11-30T11:00:00Z") },
  { fate: "machine", byMachine: true },
  { fate: "out_of_scope", person: "K2", channel: "sms" },
  { fate: "erased", sourceKind: "unknown" },
  { fate: "recorded", at: ago(9_000), ...JO, entryId: "shown", shownId: "shown", settledAt: ago(8_999) },
];

export async function seedEngagement(store: Store): Promise<void> {
  const { statements, connectionId } = store;
  const event = {
    connectionId,
    metricId: "OPENED",
    kind: "opened",
    channel: "email",
    at: ago(5),
    sourceKind: "unknown",
    byMachine: false,
    seenAt: ago(4),
  };
  const ids = ["entryId", "shownId", "linkId", "linkEntryId"] as const;
  await statements.engagement.createMany({
    data: EVENTS.map((row, place) => ({
      ...event,
      eventId: `E${place}`,
      ...row,
      ...Object.fromEntries(ids.flatMap((id) => (row[id] === "shown" ? [[id, randomUUID()]] : []))),
    })),
  });
  await seedStreams(store);
  await statements.engagementContact.createMany({
    data: [
      {
        connectionId,
        contact: "1",
        email: "jo@example.com",
        dueAt: ago(1),
        written: { opens: "3", last: null },
      },
      // A contact of which nothing is kept any more.
      { connectionId, contact: "99", email: "nobody@example.com", dueAt: ago(1), removedOpens: 4 },
      { connectionId, contact: "2", email: "fay@example.com", others: ["NOTE"] },
    ],
  });
  await statements.engagementMember.createMany({
    data: [
      { connectionId, collection: "SEG", person: "K1", scan: "one" },
      { connectionId, collection: "SEG", person: "K2" },
    ],
  });
  await statements.engagementState.create({
    data: {
      connectionId,
      decidingHash: "d",
      membersCursor: "c",
      membersScan: "one",
      setupAs: "note",
      setup: { ids: { note: "1" }, report: ["made"] },
    },
  });
}

async function seedStreams({ statements, connectionId }: Store): Promise<void> {
  const stream = { connectionId, channel: "email", floor: ago(100) };
  await statements.engagementStream.createMany({
    data: [
      {
        ...stream,
        metricId: "OPENED",
        name: "Opened Email",
        kind: "opened",
        watermark: ago(1),
        hourlyAt: ago(1),
        nightlyAt: ago(9),
        weeklyAt: ago(90),
        pass: "fast",
        passFrom: ago(2),
        passBegun: ago(0.1),
        passCursor: "next",
        passCursorAt: ago(0.1),
        olderFrom: ago(9_999),
        olderSince: ago(3),
        olderCursor: "older",
        olderCursorAt: ago(1),
      },
      { ...stream, metricId: "CLICKED", name: "Clicked Email", kind: "clicked" },
    ],
  });
  await statements.engagementBegin.createMany({
    data: [
      { connectionId, kind: "opened", at: ago(100), keptFrom: ago(200) },
      { connectionId, kind: "clicked", at: ago(100) },
    ],
  });
  await statements.engagementDay.createMany({
    data: [
      { connectionId, metricId: "OPENED", day: new Date("2026-11-30"), counted: 20, countedAt: NOW },
      { connectionId, metricId: "CLICKED", day: new Date("2026-11-29"), counted: 0, countedAt: NOW },
      { connectionId, metricId: "OPENED", day: new Date("2025-12-01"), counted: 3, countedAt: NOW },
    ],
  });
}
