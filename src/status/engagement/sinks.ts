import type { RecordAs } from "../../model/engagement.ts";

/** One way of showing engagement in HubSpot: what it needs, and where people see it. */
export interface SinkFacts {
  readonly label: string;
  /** What the account, or the app that Tandem signs in as, has to have. */
  readonly needs: string;
  /** How somebody has it shown on a contact's record. */
  readonly show: readonly string[];
}

/** By `engagement.record_as`; the needs are HubSpot's own (connectors/hubspot/engagement/sink-problems.ts). */
export const SINK_FACTS: Readonly<Record<RecordAs, SinkFacts>> = {
  timeline: {
    label: "Timeline events",
    needs:
      "An installed app (auth: oauth) that has timeline events already, and the key of its developer account.",
    show: [
      "Open a contact, then its Activities.",
      "Press Filter activity, find the app's name, and tick its events: HubSpot hides app events until then.",
    ],
  },
  app_event: {
    label: "App events",
    needs:
      "An installed app (auth: oauth) that HubSpot has approved for app events, with the scope timeline, and its event type's name (app_event).",
    show: [
      "Open a contact, then its Activities.",
      "Press Filter activity, find the app's name, and tick its events.",
    ],
  },
  custom_event: {
    label: "Custom events",
    needs:
      "An Enterprise plan of any hub, and the scopes analytics.behavioral_events.send and behavioral_events.event_definitions.read_write.",
    show: ["Open a contact, then its Activities.", "Press Filter activity, and tick Custom events."],
  },
  note: {
    label: "Notes",
    needs: "Any plan, and the scopes crm.objects.contacts.read and crm.objects.contacts.write.",
    show: ["Open a contact, then Notes among its Activities: one note for each message, kept up to date."],
  },
  properties_only: {
    label: "Properties alone",
    needs:
      "Any plan; the properties are named under engagement.last_activity. Nothing is added to the timeline.",
    show: [
      "Open a contact, press View all properties, and look for the group Klaviyo.",
      "To show them on each contact, an admin adds them to the card About this contact.",
    ],
  },
};
