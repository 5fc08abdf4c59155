import type { Permit } from "../../permit.ts";
import { SystemUnavailable } from "../../../model/problem.ts";
import type { EngagementSink } from "../../engagement-port.ts";
import type { Account } from "../contacts.ts";
import { readDefinitions, setUpDefinitions } from "./event-definitions.ts";
import { sendEntries } from "./send-entries.ts";
import { settingUp } from "./setting-up.ts";
import { deletedKinds, inWordsOf, sinkClosed, sinkOut } from "./sink-problems.ts";
import { writeHeld } from "../write/write-held.ts";
import { anything } from "./wire.ts";

/** Documented (facts 2.13). */
const BATCH = 500;
const SIZE = 2_500;

/**
 * Custom events of the portal, for Enterprise. Of those with one `uuid` HubSpot takes the first within a year and drops the
 * others without a word.
 */
export function customEventSink(account: () => Account): EngagementSink {
  let fields: ReadonlyMap<string, ReadonlySet<string> | null> | null = null;

  const fieldsOf = async (signal: AbortSignal) => {
    fields ??= new Map(
      (await readDefinitions(account(), signal)).map(({ fullyQualifiedName, properties }) => [
        fullyQualifiedName,
        properties ? new Set(properties.map(({ name }) => name)) : null,
      ]),
    );
    return fields;
  };

  return {
    recordAs: "custom_event",
    size: SIZE,
    find: null,
    async missing(setup, signal) {
      try {
        const there = await inWordsOf("custom_event", readDefinitions(account(), signal));
        const names = new Set(there.map(({ fullyQualifiedName }) => fullyQualifiedName));
        if (setup === null) return sinkClosed("not_set_up");
        return deletedKinds(setup, names);
      } catch (error) {
        if (error instanceof SystemUnavailable && error.problem.code.startsWith("HS-EVENT"))
          return { problem: error.problem, kinds: "all" };
        throw error;
      }
    },
    setUp(gate, signal) {
      fields = null;
      return inWordsOf("custom_event", settingUp(setUpDefinitions(account(), gate, signal)));
    },
    async record(groups, setup, gate, signal) {
      if (setup === null) throw sinkOut("not_set_up");
      const known = await inWordsOf("custom_event", fieldsOf(signal));
      const { endpoints, calls } = account();
      const sending = sendEntries(groups, {
        account: account(),
        signal,
        typeOf(kind) {
          const type = setup.ids[kind];
          if (type === undefined) throw sinkOut("not_set_up");
          const takes = known.get(type);
          if (takes === undefined) throw sinkOut("deleted");
          return { type, fields: takes };
        },
        sender: {
          size: BATCH,
          conflictIsDone: true,
          async send(inputs) {
            const build = (permit: Permit) => endpoints.customEvents(permit, inputs);
            await writeHeld(calls, gate, build, anything, signal);
            return { done: "all", errors: [] };
          },
        },
      });
      return inWordsOf("custom_event", sending);
    },
  };
}
