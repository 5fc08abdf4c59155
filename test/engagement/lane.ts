import { randomUUID } from "node:crypto";
import type { MemoryConnector } from "../../src/connectors/memory/index.ts";
import { memory } from "../../src/connectors/memory/index.ts";
import type { Shown } from "../../src/connectors/memory/engagement-settings.ts";
import type { Deps } from "../../src/lanes/deps.ts";
import type { EngagementRun } from "../../src/lanes/run-engagement.ts";
import { runEngagement } from "../../src/lanes/run-engagement.ts";
import { parseMapping } from "../../src/mapping/parse-mapping.ts";
import { emailKey } from "../../src/model/email.ts";
import type { Engagement, EngagementKind } from "../../src/model/engagement.ts";
import type { Mapping } from "../../src/model/mapping.ts";
import { openStore } from "../../src/store/runs/connections.ts";
import { saveSinkSetup } from "../../src/store/feeds/engagement-state.ts";
import type { FreshDatabase } from "../support/fresh-database.ts";
import { mappingText } from "../mapping/mapping-text.ts";
import { TEST_KEYS } from "../support/test-keys.ts";
import type { Store } from "../../src/store/database/store.ts";
const ONE_RULE = "{ id: customers, from: hubspot, match: { lists: [Customers] } }";

/** The engagement lane over two systems in memory, as its own connection, with a clock that only the test moves. */
export interface Lane {
  readonly hubspot: MemoryConnector;
  readonly klaviyo: MemoryConnector;
  readonly connectionId: number;
  mapping: Mapping;
  run(changes?: Partial<Deps>, turnMs?: number | null): Promise<EngagementRun>;
  deps(): Deps;
  wait(milliseconds: number): void;
  now(): number;
  /** What the sink shows, in no order. */
  shown(): readonly Shown[];
  /** Somebody does something; `more` says what and when it is not now. */
  happen(person: Person, kind: EngagementKind, more?: Partial<Engagement>, seenAt?: number): Engagement;
  /** A profile, and a HubSpot contact with its address unless nobody knows them there. */
  person(name: string, known?: boolean): Person;
}

export interface Person {
  readonly profile: string;
  readonly contact: string | null;
  readonly email: string;
}

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
const BEGUN = Date.parse("2026-11-02T08:00:00Z");

/** @param section what stands under `engagement:`, as flow entries without the braces */
export function laneMapping(section: string, more = ""): Mapping {
  const text = mappingText({ rules: ONE_RULE, tail: `engagement: { ${section} }\n${more}` });
  const { mapping, diagnostics } = parseMapping(text, "test.yaml");
  if (mapping === null) throw new Error(JSON.stringify(diagnostics));
  return { ...mapping, hubspot: { ...mapping.hubspot, portalId: null } };
}

export async function lane(
  fresh: FreshDatabase,
  section = "record_as: custom_event",
  begun = BEGUN,
): Promise<Lane> {
  let time = begun;
  const now = (): number => time;
  const hubspot = memory("hubspot", { now });
  const klaviyo = memory("klaviyo", { now });
  const mapping = { ...laneMapping(section), name: `lane-${randomUUID()}` };
  const store = await openStore(fresh.database, mapping.name);
  const { connectionId } = store;
  const recordAs = mapping.engagement?.recordAs ?? "note";
  await saveSinkSetup(store, recordAs, { ids: { made: recordAs }, report: [] });
  let events = 0;
  const deps = (): Deps => ({
    database: fresh.database,
    connectors: { hubspot, klaviyo },
    now: () => new Date(time),
    newId: randomUUID,
    fileKey: () => TEST_KEYS.files,
    progress: () => {},
    stopping: new AbortController().signal,
    signal: AbortSignal.timeout(120_000),
  });
  const it: Lane = {
    hubspot,
    klaviyo,
    connectionId,
    mapping,
    deps,
    async run(changes = {}, turnMs = null) {
      const rules = it.mapping.engagement;
      if (rules === null) throw new Error("nothing of engagement is mapped");
      const options = { trigger: "test", turnMs };
      const ended = await runEngagement({ ...deps(), ...changes }, it.mapping, rules, options);
      if (ended.stoppedBy !== null) throw new Error(JSON.stringify(ended.stoppedBy));
      return ended;
    },
    wait: (milliseconds) => void (time += milliseconds),
    now,
    shown: () => [...hubspot.engagement.shown.values()],
    happen(person, kind, more = {}, seenAt = time) {
      events += 1;
      const engagement: Engagement = {
        eventId: `event-${String(events).padStart(5, "0")}`,
        kind,
        channel: "email",
        person: person.profile,
        email: emailKey(person.email),
        at: new Date(time).toISOString(),
        message: "message-1",
        messageName: "Spring",
        subject: "Spring is here",
        source: { kind: "campaign", id: "campaign-1", name: "Spring" },
        url: kind === "clicked" ? "https://shop.example.com/" : null,
        list: null,
        detail: null,
        byMachine: false,
        ...more,
      };
      klaviyo.engagement.happen(engagement, seenAt);
      return engagement;
    },
    person(name, known = true) {
      const email = `${name}@example.com`;
      const profile = klaviyo.user.create(email);
      return { profile, email, contact: known ? hubspot.user.create(email) : null };
    },
  };
  return it;
}

/** Every event of the connection, by its id: what became of it. */
export async function fates({ statements, connectionId }: Store): Promise<Readonly<Record<string, string>>> {
  const rows = await statements.engagement.findMany({ where: { connectionId }, orderBy: { eventId: "asc" } });
  return Object.fromEntries(rows.map(({ eventId, fate }) => [eventId, fate]));
}
