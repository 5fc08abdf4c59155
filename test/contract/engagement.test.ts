import { expect } from "vitest";
import { memory } from "../../src/connectors/memory/index.ts";
import type { RecordAs } from "../../src/model/engagement.ts";
import { emailKey } from "../../src/model/email.ts";
import { SystemUnavailable } from "../../src/model/problem.ts";
import { rehearsedKlaviyo } from "../support/klaviyo-connector.ts";
import { showing } from "../connectors/hubspot/engagement/sinks.ts";
import { memoryProblem } from "../../src/connectors/memory/problem.ts";
import type { SinkHarness, SourceHarness } from "./engagement-harness.ts";
import { acted } from "./engagement-harness.ts";
import { propertiesContract, sinkContract } from "./engagement-sink-contract.ts";
import { sourceContract } from "./engagement-source-contract.ts";
import { live } from "./using-harness.ts";
import { OPEN_GATE } from "../support/open-gate.ts";

const PEOPLE = ["ada@example.com", "ben@example.com"] as const;
const DAY = 86_400_000;

async function klaviyoSource(): Promise<SourceHarness> {
  const rehearsed = await rehearsedKlaviyo({ settings: { limits: "off" } });
  const { connector, sandbox, world, unspecified } = rehearsed;
  sandbox.seed(PEOPLE.map((email) => ({ email, consent: "SUBSCRIBED" as const })));
  const message = sandbox.createCampaign({ name: "Sale", subject: "Now" });
  return {
    connector,
    people: PEOPLE,
    pageSize: 1_000,
    now: () => world.clock.now(),
    happen: async ({ kind, email, at, seenAfterMs }) =>
      sandbox.engage({
        kind,
        profile: email,
        message,
        datetime: at,
        ...(seenAfterMs === undefined ? {} : { visible_after_ms: seenAfterMs }),
      }),
    happenMany: async (count) => void sandbox.engageMany({ count, kinds: ["opened"], messages: [message] }),
    eventRequests: () => rehearsed.called("get_events"),
    pass: (milliseconds) => world.clock.advance(milliseconds),
    goOut: () => sandbox.revokeKey("pk_sandbox_full_access"),
    async close() {
      await rehearsed.close();
      expect(unspecified).toEqual([]);
    },
  };
}

async function memorySource(): Promise<SourceHarness> {
  let time = Date.UTC(2026, 5, 15);
  let made = 0;
  const connector = memory("klaviyo", { now: () => time, pageSize: 50 });
  const happen: SourceHarness["happen"] = async ({ kind, email, at, seenAfterMs = 0 }) => {
    made += 1;
    const event = acted(made, { kind, at, email: emailKey(email), person: email });
    connector.engagement.happen(event, time + seenAfterMs);
    return event.eventId;
  };
  return {
    connector,
    people: PEOPLE,
    pageSize: 50,
    happen,
    now: () => time,
    async happenMany(count) {
      for (let number = 0; number < count; number += 1)
        await happen({
          kind: "opened",
          email: PEOPLE[0],
          at: new Date(time - (number % 5) * DAY).toISOString(),
        });
    },
    eventRequests: () => connector.requests().get("events") ?? 0,
    pass: (milliseconds) => void (time += milliseconds),
    goOut: () =>
      void (connector.quirks.unavailable = () =>
        new SystemUnavailable("klaviyo", memoryProblem("klaviyo", "GONE", "all"), null)),
    close: async () => {},
  };
}

async function hubspotSink(recordAs: RecordAs): Promise<SinkHarness> {
  const { rehearsal, sink, ids } = await showing(recordAs, { people: 12 });
  const { portal, world } = rehearsal;
  const setup = await sink.setUp(OPEN_GATE, live());
  // What a sink asks once is asked before an answer is lost.
  await sink.record([], setup, OPEN_GATE, live());
  return {
    connector: rehearsal.connector,
    sink,
    setup,
    contacts: ids,
    delete: async (id) => portal.archiveContact({ id }),
    async shown(id) {
      const cards = portal.timelineOf({ id });
      if (recordAs !== "note") return cards.length;
      const times = cards.flatMap(({ detail }) => detail.match(/<li>.*?<\/li>/g) ?? []);
      return times.reduce((sum, line) => sum + Number(/\((\d+) times/.exec(line)?.[1] ?? 1), 0);
    },
    loseAnswer: (applied) =>
      world.faults.add({
        method: "POST",
        match: {
          note: "/notes/batch",
          custom_event: "/send",
          timeline: "/events",
          app_event: "/events",
          properties_only: "",
        }[recordAs],
        times: 1,
        fault: { kind: "reset", applied: applied ? "after" : "before" },
      }),
    mistakes() {
      const { contactsCreated, emailsChanged, movedBetweenObjects } = portal.timelineCounts().incidents;
      return contactsCreated + emailsChanged + movedBetweenObjects;
    },
    close: () => rehearsal.close(),
  };
}

async function memorySink(recordAs: RecordAs): Promise<SinkHarness> {
  const connector = memory("hubspot", { now: () => Date.UTC(2026, 5, 15) });
  const sink = connector.engagement.sink(recordAs);
  if (sink === null) throw new Error("memory as HubSpot has every sink");
  const contacts = Array.from({ length: 12 }, (_, at) => connector.user.create(`p${at}@example.com`, {}, []));
  const setup = await sink.setUp(OPEN_GATE, live());
  return {
    connector,
    sink,
    setup,
    contacts,
    delete: async (id) => connector.user.delete(id),
    shown: async (id) =>
      [...connector.engagement.shown.values()].filter(({ contact }) => contact === id).length,
    loseAnswer(applied) {
      let left = contacts.length;
      connector.quirks.unansweredEntries = () =>
        (left -= 1) < 0 ? null : applied ? "applied" : "not_applied";
    },
    mistakes: () => connector.writes.length,
    close: async () => {},
  };
}

/** The whole number takes a while; a soak reads it, and every run a tenth. */
const MANY = process.env["LAW_RUNS"] === undefined ? 10_000 : 100_000;

sourceContract("Klaviyo", klaviyoSource, MANY);
sourceContract("memory", memorySource, 500);
for (const recordAs of ["timeline", "app_event", "custom_event", "note"] as const) {
  sinkContract(`HubSpot's ${recordAs}`, () => hubspotSink(recordAs));
  sinkContract(`memory's ${recordAs}`, () => memorySink(recordAs));
}
propertiesContract("HubSpot", () => hubspotSink("note"));
propertiesContract("memory", () => memorySink("note"));
