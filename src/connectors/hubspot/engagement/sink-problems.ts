import type { SinkGap, SinkSetup } from "../../engagement-port.ts";
import { ENGAGEMENT_KINDS } from "../../../model/engagement.ts";
import type { RecordAs } from "../../../model/engagement.ts";
import type { Problem } from "../../../model/problem.ts";
import { SystemUnavailable } from "../../../model/problem.ts";
import { KIND_LABELS } from "./entry-words.ts";

type Words = Pick<Problem, "code" | "title" | "explanation" | "fix">;

const CHECK = "Test it with `tandem check --remote`.";
const OTHER_WAYS =
  "or choose record_as: custom_event (Enterprise), note or properties_only in the mapping file.";
const SETUP = "Run `tandem hubspot setup-timeline`.";

const WORDS = {
  no_app: {
    code: "HS-EVENT-APP",
    title: "The timeline needs a HubSpot app",
    explanation:
      "A service key or a private-app token cannot write to the timeline. HubSpot lets only an app do that, which signs in with OAuth.",
    fix: [
      "Set auth: oauth with client_id, client_secret and refresh_token under connections.hubspot,",
      OTHER_WAYS,
    ],
  },
  no_developer_key: {
    code: "HS-EVENT-KEY",
    title: "The app's id and developer key are not told",
    explanation: "Timeline templates belong to the app: they are made with the key of its developer account.",
    fix: ["Set app_id and developer_key under connections.hubspot.", CHECK],
  },
  developer_key_refused: {
    code: "HS-EVENT-KEY",
    title: "HubSpot does not accept the developer key",
    explanation: "It was changed, or it belongs to another developer account than the app.",
    fix: ["Copy the key from the app's developer account to where developer_key points.", CHECK],
  },
  no_timeline: {
    code: "HS-EVENT-OFF",
    title: "HubSpot's timeline is closed to this app",
    explanation:
      "Only apps that had timeline events before HubSpot closed its older API may write them. This app had none.",
    fix: ["Choose record_as: app_event where HubSpot approved the app for it,", OTHER_WAYS],
  },
  no_event_type_named: {
    code: "HS-EVENT-KEY",
    title: "The mapping does not name the app's event type",
    explanation:
      "App events have a type that comes with the app's project. HubSpot does not tell an installed app its types.",
    fix: [
      "Set app_event under connections.hubspot: the event type's uid in the app's project, for example klaviyo_engagement.",
      CHECK,
    ],
  },
  no_event_type: {
    code: "HS-EVENT-TYPE",
    title: "HubSpot does not know the app's event type",
    explanation:
      "HubSpot refused an event because the app has no event type of the name that app_event gives.",
    fix: [
      "Upload the project with its event type (`hs project upload`),",
      "or correct app_event under connections.hubspot: the event type's uid, or its full name (ae…).",
    ],
  },
  no_app_events: {
    code: "HS-EVENT-OFF",
    title: "HubSpot does not let this app write app events",
    explanation: "App events need HubSpot's approval of the app, and the scope timeline in its installation.",
    fix: ["Ask HubSpot for approval, add the scope and install the app again,", OTHER_WAYS],
  },
  no_plan: {
    code: "HS-EVENT-PLAN",
    title: "Custom events need HubSpot Enterprise",
    explanation:
      "They need an Enterprise plan of any hub, and the scopes analytics.behavioral_events.send and behavioral_events.event_definitions.read_write.",
    fix: [
      "On Enterprise, add both scopes to the key or app.",
      "Otherwise choose record_as: note or properties_only in the mapping file.",
    ],
  },
  no_notes: {
    code: "HS-SCOPE",
    title: "HubSpot does not let us write notes",
    explanation: "Notes need the scopes crm.objects.contacts.read and crm.objects.contacts.write.",
    fix: ["In HubSpot, an admin adds both scopes to the key or app.", CHECK],
  },
  no_property_scope: {
    code: "HS-SCOPE",
    title: "HubSpot does not let us make properties",
    explanation: "Properties are made with the scope crm.schemas.contacts.write.",
    fix: ["In HubSpot, an admin adds the scope to the key or app, or makes the properties by hand."],
  },
  not_set_up: {
    code: "HS-EVENT-SETUP",
    title: "The timeline has not been set up yet",
    explanation: "What the entries look like in HubSpot has to be made there before the first of them.",
    fix: [SETUP],
  },
  deleted: {
    code: "HS-EVENT-SETUP",
    title: "What the timeline needs was deleted in HubSpot",
    explanation: "Templates or event types that Tandem made are not there any more.",
    fix: [SETUP],
  },
} as const satisfies Readonly<Record<string, Words>>;

/** What keeps an account from using a sink, in words for the person who can change it. */
function sinkProblem(cause: keyof typeof WORDS): Problem {
  const rest = { level: "connection", side: "hubspot", field: null, retry: "soon", reference: null } as const;
  return { ...WORDS[cause], ...rest };
}

const PROBE_MS = 5 * 60_000;

/** Nothing can be shown. */
export function sinkClosed(cause: keyof typeof WORDS): SinkGap {
  return { problem: sinkProblem(cause), kinds: "all" };
}

/** The kinds of entries whose templates or definitions are gone from HubSpot; `null` where none is. */
export function deletedKinds({ ids }: SinkSetup, there: ReadonlySet<string>): SinkGap | null {
  const kinds = ENGAGEMENT_KINDS.filter((kind) => {
    const id = ids[kind];
    return id !== undefined && !there.has(id);
  });
  const [first] = kinds;
  if (first === undefined) return null;
  const labels = kinds.map((kind) => `“${KIND_LABELS[kind]}”`).join(", ");
  const problem = {
    ...sinkProblem("deleted"),
    explanation: `HubSpot no longer has what Tandem made for ${labels}. These events wait; the others are shown.`,
  };
  return { problem: { ...problem, level: "mapping" }, kinds };
}

/** A sink that cannot be used now; contacts are still synced. */
export function sinkOut(cause: keyof typeof WORDS): SystemUnavailable {
  return new SystemUnavailable("hubspot", sinkProblem(cause), PROBE_MS);
}

const REFUSED: Readonly<Record<RecordAs, keyof typeof WORDS>> = {
  timeline: "no_timeline",
  app_event: "no_app_events",
  custom_event: "no_plan",
  note: "no_notes",
  properties_only: "no_notes",
};

/** HubSpot answers 403 to all who may not; what that means depends on what was asked for. */
export async function inWordsOf<T>(recordAs: RecordAs, doing: Promise<T>): Promise<T> {
  try {
    return await doing;
  } catch (error) {
    if (error instanceof SystemUnavailable && error.problem.code === "HS-SCOPE")
      throw sinkOut(REFUSED[recordAs]);
    throw error;
  }
}
