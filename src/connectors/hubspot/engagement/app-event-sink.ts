import type { Permit } from "../../permit.ts";
import type { EngagementSink } from "../../engagement-port.ts";
import type { Account } from "../contacts.ts";
import { answeredStatus } from "../failure.ts";
import { KIND_LABELS } from "./entry-words.ts";
import { sendEntries } from "./send-entries.ts";
import { inWordsOf, sinkOut, sinkProblem } from "./sink-problems.ts";
import { writeHeld } from "../write-held.ts";
import { anything, eventTypeAnswer } from "./wire.ts";

/** HubSpot does not say; that of its other batches. */
const BATCH = 100;
const SIZE = 500;

/** The event type of an app's project, by the names its developer gave both; `null` where they are not told. */
export interface AppEventType {
  readonly project: string;
  readonly symbol: string;
}

/**
 * App events, the timeline's successor: of an approved app, all of one type, which comes with the app's project and has
 * the properties of `FIELDS`. An occurrence is immutable and its id unique: one that is there already is a 409 (facts 2.12).
 */
export function appEventSink(
  account: () => Account,
  { signedIn, eventType }: { readonly signedIn: boolean; readonly eventType: AppEventType | null },
): EngagementSink {
  /** The type's full name, or what is in the way. */
  const find = async (signal: AbortSignal) => {
    if (!signedIn) return "no_app" as const;
    if (eventType === null) return "no_event_type_named" as const;
    const { endpoints, calls } = account();
    const call = endpoints.appEventType(eventType.project, eventType.symbol);
    try {
      const { body } = await calls.read(call, eventTypeAnswer, signal, [403, 404]);
      return { name: body.fullyQualifiedName };
    } catch (error) {
      const status = answeredStatus(error);
      if (status === 403) return "no_app_events" as const;
      if (status === 404) return "no_event_type" as const;
      throw error;
    }
  };

  return {
    recordAs: "app_event",
    size: SIZE,
    find: null,
    async missing(setup, signal) {
      const found = await find(signal);
      if (typeof found === "string") return sinkProblem(found);
      if (setup === null) return sinkProblem("not_set_up");
      return setup.ids["type"] === found.name ? null : sinkProblem("deleted");
    },
    async setUp(_gate, signal) {
      const found = await find(signal);
      if (typeof found === "string") throw sinkOut(found);
      const kinds = Object.keys(KIND_LABELS).length;
      return {
        ids: { type: found.name },
        report: [`found the app's event type ${found.name} for all ${kinds} kinds`],
      };
    },
    async record(groups, setup, gate, signal) {
      const type = setup?.ids["type"];
      if (!signedIn) throw sinkOut("no_app");
      if (type === undefined) throw sinkOut("not_set_up");
      const { endpoints, calls } = account();
      const sending = sendEntries(groups, {
        account: account(),
        signal,
        typeOf: () => ({ type, fields: null }),
        sender: {
          size: BATCH,
          conflictIsDone: true,
          async send(inputs) {
            const build = (permit: Permit) => endpoints.appEvents(permit, inputs);
            await writeHeld(calls, gate, build, anything, signal);
            return { done: "all", errors: [] };
          },
        },
      });
      return inWordsOf("app_event", sending);
    },
  };
}
