import type { RecordAs } from "../../../model/engagement.ts";
import type { EngagementPort, EngagementSink } from "../../engagement-port.ts";
import type { Account } from "../contacts.ts";
import { appEventSink } from "./app-event-sink.ts";
import { customEventSink } from "./custom-event-sink.ts";
import type { DeveloperAccess } from "./endpoints.ts";
import { makeProperties } from "./make-properties.ts";
import { noteSink } from "./note-sink.ts";
import { settingUp } from "./setting-up.ts";
import { timelineSink } from "./timeline-sink.ts";

/** The app that the connection signs in as. */
export interface HubSpotApp {
  /** For timeline templates; `null` where they are not used. */
  readonly developer: DeveloperAccess | null;
  /** The type of its app events, by `uid` or full name; `null` where they are not used. */
  readonly eventType: string | null;
}

/** HubSpot shows what happened and tells nothing. Each sink is made once: it remembers what it asked. */
export function hubspotEngagement(account: () => Account, app: HubSpotApp | null): EngagementPort {
  const signedIn = app !== null;
  const sinks: Readonly<Record<RecordAs, EngagementSink>> = {
    timeline: timelineSink(account, { signedIn, developer: app?.developer ?? null }),
    app_event: appEventSink(account, { signedIn, eventType: app?.eventType ?? null }),
    custom_event: customEventSink(account),
    note: noteSink(account),
    properties_only: propertiesOnlySink(),
  };
  return {
    source: null,
    sink: (recordAs) => sinks[recordAs],
    makeProperties: (properties, gate, signal) =>
      settingUp(makeProperties(account(), properties, gate, signal)),
  };
}

/** Shows nothing but what the contact's properties say, which are written as all properties are. */
function propertiesOnlySink(): EngagementSink {
  return {
    recordAs: "properties_only",
    size: 10_000,
    find: null,
    missing: () => Promise.resolve(null),
    setUp: () => Promise.resolve({ ids: {}, report: [] }),
    record: (groups) => Promise.resolve(groups.map(() => ({ outcome: "done", reference: null }))),
  };
}
