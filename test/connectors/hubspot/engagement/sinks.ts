import { readFileSync } from "node:fs";
import type {
  EngagementSink,
  EntryGroup,
  TimelineEntry,
} from "../../../../src/connectors/engagement-port.ts";
import type { HubSpotApp } from "../../../../src/connectors/hubspot/engagement/port.ts";
import type { HubSpotDeps } from "../../../../src/connectors/hubspot/index.ts";
import type { Engagement, RecordAs } from "../../../../src/model/engagement.ts";
import type { AppGiven } from "../../../../src/sandbox/hubspot/control/engagement-operations.ts";
import type { OauthApp } from "../../../../src/sandbox/hubspot/oauth/oauth-app.ts";
import type { Settings } from "../../../../src/sandbox/hubspot/settings.ts";
import type { TimelineCard } from "../../../../src/sandbox/hubspot/timeline/timeline-view.ts";
import { USUAL_SCOPES } from "../../../../src/sandbox/hubspot/wire/scopes.ts";
import { postForm } from "../../../sandbox/hubspot/install-app.ts";
import { rehearse } from "../rehearsal.ts";
import type { Rehearsal } from "../rehearsal.ts";

/** The event type as the app's developer uploads it with the project: Tandem's own file. */
export const PROJECT_FILE = JSON.parse(
  readFileSync(new URL("../../../../config/hubspot-app-event-hsmeta.json", import.meta.url), "utf8"),
) as {
  readonly uid: string;
  readonly config: {
    readonly headerTemplate: string;
    readonly detailTemplate: string;
    readonly properties: readonly { readonly name: string; readonly label: string; readonly type: string }[];
  };
};

export const EVENT_TYPE = { project: "tandem", symbol: PROJECT_FILE.uid };

/** What such a type takes. */
export const PROPERTIES = PROJECT_FILE.config.properties;

/** A portal with people, an app in it, and the sink under test. */
export interface Showing {
  readonly rehearsal: Rehearsal;
  readonly app: OauthApp;
  readonly sink: EngagementSink;
  readonly ids: readonly string[];
  readonly timeline: (contact: number) => readonly TimelineCard[];
  /** A sink of the same kind that remembers nothing. */
  readonly another: (app?: HubSpotApp | null, recordAs?: RecordAs) => EngagementSink;
}

export interface ShowingGiven {
  readonly app?: AppGiven;
  readonly settings?: Partial<Settings>;
  readonly people?: number;
  /** Of the key of the portal. */
  readonly scopes?: readonly string[];
  readonly apiVersion?: HubSpotDeps["apiVersion"];
}

const KEY = "pat-eu1-showing";
const EVENT_SCOPES = ["analytics.behavioral_events.send", "behavioral_events.event_definitions.read_write"];

/** `timeline` and `app_event` sign in as the app, the others with a key of the portal. */
export async function showing(recordAs: RecordAs, given: ShowingGiven = {}): Promise<Showing> {
  const rehearsal = await rehearse({
    indexLagMs: 0,
    customEventLagMs: 0,
    tier: "enterprise",
    ...given.settings,
  });
  const { portal, url } = rehearsal;
  portal.setToken(KEY, { scopes: given.scopes ?? [...USUAL_SCOPES, ...EVENT_SCOPES] });
  const app = portal.createApp({ timelineV3: true, appEvents: true, ...given.app });
  portal.addEventType(
    app.appId,
    { ...PROJECT_FILE.config, name: EVENT_TYPE.symbol, tokens: PROPERTIES },
    EVENT_TYPE.project,
  );
  const { body } = await postForm(url, "/oauth/2026-03/token", {
    grant_type: "authorization_code",
    client_id: app.clientId,
    client_secret: app.clientSecret,
    redirect_uri: app.redirectUris[0] ?? "",
    code: portal.authorizeApp(app.appId),
  });
  const own: HubSpotApp = {
    developer: { appId: app.appId, developerKey: app.developerKey },
    eventType: EVENT_TYPE.symbol,
  };
  const signsIn = recordAs === "timeline" || recordAs === "app_event";
  const token = String(body["access_token"]);
  const another: Showing["another"] = (as = signsIn ? own : null, kind = recordAs) => {
    const { apiVersion } = given;
    const connector = rehearsal.connect({
      ...(apiVersion === undefined ? {} : { apiVersion }),
      token: as === null ? KEY : () => Promise.resolve(token),
      app: as,
    });
    const sink = connector.engagement.sink(kind);
    if (sink === null) throw new Error(`HubSpot shows events as ${kind}`);
    return sink;
  };
  const ids = portal.seedContacts(
    Array.from({ length: given.people ?? 3 }, (_, at) => ({ properties: { email: `p${at}@example.com` } })),
  );
  return {
    rehearsal,
    app,
    ids,
    sink: another(),
    another,
    timeline: (contact) => portal.timelineOf({ id: ids[contact] ?? "" }),
  };
}

export const AT = "2026-06-15T08:00:00.000Z";

function engagement(given: Partial<Engagement> = {}): Engagement {
  return {
    eventId: "E1",
    kind: "opened",
    channel: "email",
    person: "01ADA",
    email: null,
    at: AT,
    message: "01CAMPAIGN",
    messageName: "Spring sale",
    subject: "Everything must go",
    source: { kind: "campaign", id: "01CAMPAIGN", name: "Spring sale" },
    url: null,
    list: null,
    detail: null,
    byMachine: false,
    ...given,
  };
}

export function entry(number: number, given: Partial<Engagement> = {}): TimelineEntry {
  const id = `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
  return { id, engagement: engagement({ eventId: `E${number}`, ...given }) };
}

export function group(
  contact: string | undefined,
  fresh: readonly TimelineEntry[],
  rest: Partial<EntryGroup> = {},
): EntryGroup {
  return { contact: contact ?? "", fresh, shown: [], reference: null, ...rest };
}
