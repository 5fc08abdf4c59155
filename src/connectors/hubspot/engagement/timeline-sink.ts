import type { EngagementKind } from "../../../model/engagement.ts";
import type { Permit } from "../../permit.ts";
import { SystemUnavailable } from "../../../model/problem.ts";
import type { EngagementSink, SinkSetup } from "../../engagement-port.ts";
import type { Account } from "../contacts.ts";
import type { DeveloperAccess } from "./endpoints.ts";
import { sendEntries } from "./send-entries.ts";
import type { EventType } from "./send-entries.ts";
import { settingUp } from "./setting-up.ts";
import { deletedKinds, inWordsOf, sinkClosed, sinkOut } from "./sink-problems.ts";
import { readTemplates, setUpTemplates } from "./timeline-templates.ts";
import { writeHeld } from "../write/write-held.ts";
import { eventsAnswer } from "./wire.ts";

/** Version 1 took so many; of version 3 HubSpot does not say. */
const BATCH = 100;
/** Many batches at once, so that the last one, which is not full, weighs little. */
const SIZE = 500;

/** The app as its developer sees it, and whether the connection signs in as that app. */
export interface TimelineApp {
  readonly signedIn: boolean;
  readonly developer: DeveloperAccess | null;
}

/** Timeline events, version 3: of apps that had some before HubSpot closed it to others. */
export function timelineSink(account: () => Account, { signedIn, developer }: TimelineApp): EngagementSink {
  // An older template may not know a token of today's: what it takes is asked once, with the first event.
  let types: ReadonlyMap<string, ReadonlySet<string>> | null = null;

  const typesOf = async (setup: SinkSetup, signal: AbortSignal) => {
    if (developer === null) throw sinkOut("no_developer_key");
    types ??= new Map(
      (await readTemplates(account(), developer, signal)).map(({ id, tokens }) => [
        id,
        new Set(tokens.map(({ name }) => name)),
      ]),
    );
    const known = types;
    return (kind: EngagementKind): EventType => {
      const type = setup.ids[kind];
      if (type === undefined) throw sinkOut("not_set_up");
      const fields = known.get(type);
      if (fields === undefined) throw sinkOut("deleted");
      return { type, fields };
    };
  };

  return {
    recordAs: "timeline",
    size: SIZE,
    find: null,
    async missing(setup, signal) {
      if (!signedIn) return sinkClosed("no_app");
      if (developer === null) return sinkClosed("no_developer_key");
      try {
        const there = new Set((await readTemplates(account(), developer, signal)).map(({ id }) => id));
        if (setup === null) return sinkClosed("not_set_up");
        return deletedKinds(setup, there);
      } catch (error) {
        if (error instanceof SystemUnavailable && error.problem.code.startsWith("HS-EVENT"))
          return { problem: error.problem, kinds: "all" };
        throw error;
      }
    },
    async setUp(gate, signal) {
      if (!signedIn) throw sinkOut("no_app");
      if (developer === null) throw sinkOut("no_developer_key");
      types = null;
      return settingUp(setUpTemplates(account(), developer, gate, signal));
    },
    async record(groups, setup, gate, signal) {
      if (!signedIn) throw sinkOut("no_app");
      if (setup === null) throw sinkOut("not_set_up");
      const { endpoints, calls } = account();
      const sending = sendEntries(groups, {
        account: account(),
        signal,
        typeOf: await typesOf(setup, signal),
        sender: {
          size: BATCH,
          // An event that is there already is answered like one that is new.
          conflictIsDone: false,
          async send(inputs) {
            const build = (permit: Permit) => endpoints.timelineEvents(permit, inputs);
            const { body } = await writeHeld(calls, gate, build, eventsAnswer, signal);
            return { done: new Map(body.results.map(({ id }) => [id, id])), errors: body.errors ?? [] };
          },
        },
      });
      // Events have ids that nobody can use.
      const results = await inWordsOf("timeline", sending);
      return results.map((result) => (result.outcome === "done" ? { ...result, reference: null } : result));
    },
  };
}
