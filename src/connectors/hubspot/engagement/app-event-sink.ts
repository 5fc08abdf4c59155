import type { Permit } from "../../permit.ts";
import type { EngagementSink } from "../../engagement-port.ts";
import type { Account } from "../contacts.ts";
import { CallFailed } from "../problems/failure.ts";
import { sendEntries } from "./send-entries.ts";
import { inWordsOf, sinkClosed, sinkOut } from "./sink-problems.ts";
import { writeHeld } from "../write/write-held.ts";
import { anything } from "./wire.ts";

/** HubSpot does not say; that of its other batches. */
const BATCH = 100;
const SIZE = 500;

/**
 * App events, the timeline's successor: of an approved app, all of one type, which comes with the app's project and has
 * the properties of `FIELDS`. An occurrence is immutable and its id unique: one that is there already is a 409 (facts 2.12).
 *
 * HubSpot tells an app's event types only with the scope `developers-read`, which an installation does not carry. So the
 * mapping names the type, nothing is asked beforehand, and the first event shows whether HubSpot knows it.
 */
export function appEventSink(
  account: () => Account,
  {
    signedIn,
    eventType,
  }: {
    readonly signedIn: boolean;
    /** The event type's `uid` in the app's project, or its full name; `null` where the mapping names none. */
    readonly eventType: string | null;
  },
): EngagementSink {
  const absent = signedIn ? (eventType === null ? "no_event_type_named" : null) : "no_app";
  return {
    recordAs: "app_event",
    size: SIZE,
    find: null,
    missing: () => Promise.resolve(absent === null ? null : sinkClosed(absent)),
    async setUp() {
      if (absent !== null || eventType === null) throw sinkOut(absent ?? "no_event_type_named");
      return await Promise.resolve({
        ids: { type: eventType },
        report: [
          `app events have the type ${eventType}, which comes with the app's project`,
          "HubSpot tells with the first event whether it knows the type: no installation may ask before",
        ],
      });
    },
    async record(groups, _setup, gate, signal) {
      if (absent !== null || eventType === null) throw sinkOut(absent ?? "no_event_type_named");
      const { endpoints, calls } = account();
      const sending = sendEntries(groups, {
        account: account(),
        signal,
        typeOf: () => ({ type: eventType, fields: null }),
        sender: {
          size: BATCH,
          conflictIsDone: true,
          async send(inputs) {
            const build = (permit: Permit) => endpoints.appEvents(permit, inputs);
            try {
              await writeHeld(calls, gate, build, anything, signal);
            } catch (error) {
              if (isAboutType(error, eventType)) throw sinkOut("no_event_type");
              throw error;
            }
            return { done: "all", errors: [] };
          },
        },
      });
      return inWordsOf("app_event", sending);
    },
  };
}

/** HubSpot refuses the request with words about its type: then it is about everybody's events. */
function isAboutType(error: unknown, eventType: string): boolean {
  if (!(error instanceof CallFailed) || error.failure.kind !== "answered") return false;
  const { status, error: told } = error.failure;
  return (status === 400 || status === 404) && (told.message?.includes(eventType) ?? false);
}
