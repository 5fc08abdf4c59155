import type { Connector } from "../../src/connectors/connector.ts";
import type { EngagementSink, SinkSetup } from "../../src/connectors/engagement-port.ts";
import type { ExternalId } from "../../src/model/contact.ts";
import type { Engagement, EngagementKind } from "../../src/model/engagement.ts";

/** What somebody does with a message, as a test says it. */
export interface Act {
  readonly kind: EngagementKind;
  readonly email: string;
  /** ISO, UTC, in whole seconds. */
  readonly at: string;
  /** How long after this call the system tells of it. */
  readonly seenAfterMs?: number;
}

/** A system that sends messages, with two people in it. */
export interface SourceHarness {
  readonly connector: Connector;
  readonly people: readonly [string, string];
  now(): number;
  /** Answers the event's id, as the source must tell it. */
  happen(act: Act): Promise<string>;
  /** So many opens at once, spread over the last days. */
  happenMany(count: number): Promise<void>;
  /** The largest number of events that one request can tell. */
  readonly pageSize: number;
  /** Requests for events so far. */
  eventRequests(): number;
  pass(milliseconds: number): void;
  /** From now on nothing of it answers. */
  goOut(): void;
  close(): Promise<void>;
}

/** A system that shows what happened, its sink set up. */
export interface SinkHarness {
  readonly connector: Connector;
  readonly sink: EngagementSink;
  readonly setup: SinkSetup | null;
  /** Contacts that are there. */
  readonly contacts: readonly ExternalId[];
  readonly delete: (contact: ExternalId) => Promise<void>;
  /** How often each engagement can be seen on a contact, by what happened, whatever way it is shown. */
  readonly shown: (contact: ExternalId) => Promise<number>;
  /** The next recording is not answered, having been done or not. */
  readonly loseAnswer: (applied: boolean) => void;
  /** Contacts made, changed in their address, or events that changed hands, so far. */
  readonly mistakes: () => number;
  readonly close: () => Promise<void>;
}

export function acted(number: number, given: Partial<Engagement> = {}): Engagement {
  return {
    eventId: `E${number}`,
    kind: "opened",
    channel: "email",
    person: "P",
    email: null,
    at: new Date(Date.UTC(2026, 5, 15, 8, 0, number)).toISOString(),
    message: "M",
    messageName: "Spring sale",
    subject: "Everything must go",
    source: { kind: "campaign", id: "M", name: "Spring sale" },
    url: null,
    list: null,
    detail: null,
    byMachine: false,
    ...given,
  };
}

export const entryId = (number: number): string =>
  `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
