import { randomUUID } from "node:crypto";
import { hubspot } from "../../src/connectors/hubspot/index.ts";
import type { HubSpotApp } from "../../src/connectors/hubspot/engagement/port.ts";
import { klaviyo } from "../../src/connectors/klaviyo/index.ts";
import type { Deps } from "../../src/lanes/deps.ts";
import type { EngagementRun } from "../../src/lanes/run-engagement.ts";
import { runEngagement } from "../../src/lanes/run-engagement.ts";
import { setUpTimeline } from "../../src/feeds/engagement/set-up.ts";
import type { RecordAs } from "../../src/model/engagement.ts";
import type { Mapping } from "../../src/model/mapping.ts";
import type { Rehearsal, RehearsalOptions } from "../../src/sandbox/rehearsal/rehearsal.ts";
import { startRehearsal } from "../../src/sandbox/rehearsal/rehearsal.ts";
import { openStore } from "../../src/store/runs/connections.ts";
import { EVENT_TYPE, PROPERTIES } from "../connectors/hubspot/engagement/sinks.ts";
import { postForm } from "../sandbox/hubspot/install-app.ts";
import type { FreshDatabase } from "../support/fresh-database.ts";
import { laneMapping } from "./lane.ts";
import { OPEN_GATE } from "../support/open-gate.ts";
import { TEST_KEYS } from "../support/test-keys.ts";

/** Both rehearsal servers, with an app installed that may write on the timeline, and one connection of the lane. */
export interface TwoServers {
  readonly rehearsal: Rehearsal;
  connect(recordAs: RecordAs): Deps["connectors"];
  /** Its own connection, which shows events so, set up. */
  lane(recordAs: RecordAs, section?: string): Promise<HttpLane>;
  close(): Promise<void>;
}

export interface HttpLane {
  readonly connectionId: number;
  readonly mapping: Mapping;
  readonly deps: Deps;
  run(changes?: Partial<Deps>, turnMs?: number | null): Promise<EngagementRun>;
  setUp(): Promise<readonly string[]>;
  /** Every window is read again from its beginning. */
  replay(): Promise<void>;
}

const KEY = "pat-eu1-engagement";

export async function twoServers(
  fresh: FreshDatabase,
  options: Partial<RehearsalOptions> = {},
): Promise<TwoServers> {
  const rehearsal = await startRehearsal({
    seed: 5,
    contacts: 40,
    hubspotPort: 0,
    klaviyoPort: 0,
    klaviyo: { limits: "off" },
    ...options,
    hubspot: { tier: "off", indexLagMs: 0, customEventLagMs: 0, customEvents: true, ...options.hubspot },
  });
  const portal = rehearsal.hubspot.sandbox;
  const { app, token } = await install(rehearsal);
  portal.setToken(KEY, { scopes: SCOPES });
  const { clock } = rehearsal.hubspot.world;
  const timing = {
    log: () => {},
    now: () => clock.now(),
    async sleep(milliseconds: number) {
      await Promise.resolve();
      clock.advance(milliseconds);
    },
  };
  const never = new AbortController().signal;
  const connect = (recordAs: RecordAs): Deps["connectors"] => ({
    hubspot: hubspot({
      ...timing,
      baseUrl: rehearsal.hubspot.url,
      apiVersion: "2026-03",
      apiShare: 1,
      ...(recordAs === "timeline" || recordAs === "app_event"
        ? { token: () => Promise.resolve(token), app }
        : { token: KEY }),
    }),
    klaviyo: klaviyo({
      ...timing,
      key: rehearsal.klaviyo.key,
      baseUrl: rehearsal.klaviyo.url,
      revision: "2026-07-15",
      apiShare: 1,
    }),
  });
  return {
    rehearsal,
    connect,
    close: () => rehearsal.close(),
    async lane(recordAs, section = "backfill: 30d") {
      const read = laneMapping(`record_as: note, ${section}`);
      if (read.engagement === null) throw new Error("nothing of engagement is mapped");
      const rules = { ...read.engagement, recordAs };
      const mapping = { ...read, name: `http-${randomUUID()}`, engagement: rules };
      const store = await openStore(fresh.database, mapping.name);
      const { connectionId } = store;
      const deps: Deps = {
        database: fresh.database,
        connectors: connect(recordAs),
        now: () => new Date(clock.now()),
        newId: randomUUID,
        fileKey: () => TEST_KEYS.files,
        progress: () => {},
        stopping: never,
        signal: never,
      };
      const setUp = () => setUpTimeline(store, deps.connectors.hubspot, rules, OPEN_GATE, never);
      await setUp();
      return {
        connectionId,
        mapping,
        deps,
        setUp,
        async run(changes = {}, turnMs = null) {
          const ended = await runEngagement({ ...deps, ...changes }, mapping, rules, {
            trigger: "test",
            turnMs,
          });
          if (ended.stoppedBy !== null) throw new Error(JSON.stringify(ended.stoppedBy));
          return ended;
        },
        async replay() {
          await fresh.database.engagementStream.updateMany({
            where: { connectionId },
            data: { watermark: null, hourlyAt: null, nightlyAt: null, weeklyAt: null },
          });
        },
      };
    },
  };
}

const SCOPES = [
  "crm.objects.contacts.read",
  "crm.objects.contacts.write",
  "crm.schemas.contacts.read",
  "crm.schemas.contacts.write",
  "crm.lists.read",
  "analytics.behavioral_events.send",
  "behavioral_events.event_definitions.read_write",
];

async function install({
  hubspot: { sandbox, url },
}: Rehearsal): Promise<{ app: HubSpotApp; token: string }> {
  const made = sandbox.createApp({ timelineV3: true, appEvents: true });
  sandbox.addEventType(
    made.appId,
    {
      name: EVENT_TYPE.symbol,
      headerTemplate: "{{what}}: {{message}}",
      detailTemplate: "{{campaign}} {{link}}",
      tokens: PROPERTIES,
    },
    EVENT_TYPE.project,
  );
  const { body } = await postForm(url, "/oauth/2026-03/token", {
    grant_type: "authorization_code",
    client_id: made.clientId,
    client_secret: made.clientSecret,
    redirect_uri: made.redirectUris[0] ?? "",
    code: sandbox.authorizeApp(made.appId),
  });
  const developer = { appId: made.appId, developerKey: made.developerKey };
  return { app: { developer, eventType: EVENT_TYPE.symbol }, token: String(body["access_token"]) };
}
