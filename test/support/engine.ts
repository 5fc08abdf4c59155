import { openStore, readConnection } from "../../src/store/runs/connections.ts";
import { randomUUID } from "node:crypto";
import type { MemoryConnector } from "../../src/connectors/memory/index.ts";
import { memory } from "../../src/connectors/memory/index.ts";
import type { Deps, Opened } from "../../src/lanes/deps.ts";
import { pullAndLink, planPages } from "../../src/lanes/contacts/pull-and-link.ts";
import type { ContactRun } from "../../src/lanes/contacts/run-contacts.ts";
import { runContacts } from "../../src/lanes/contacts/run-contacts.ts";
import type { Mapping } from "../../src/model/mapping.ts";
import type { Side } from "../../src/model/side.ts";
import type { ContactPlan } from "../../src/plan/planned.ts";
import type { FreshDatabase } from "./fresh-database.ts";
import { freshDatabase } from "./fresh-database.ts";
import { TEST_KEYS } from "./test-keys.ts";

/** The whole engine over two systems in memory and its own database, with a clock that only the test moves. */
export interface Engine {
  readonly hubspot: MemoryConnector;
  readonly klaviyo: MemoryConnector;
  readonly fresh: FreshDatabase;
  sync(mapping: Mapping): Promise<ContactRun>;
  /** What the engine's commands stand on, now. */
  deps(): Deps;
  /** The same, with the mapping's connection opened. */
  opened(mapping: Mapping): Promise<Opened>;
  /** Looks and plans as a run would, and writes nothing. */
  plan(mapping: Mapping): Promise<readonly ContactPlan[]>;
  /** Writes that reached either system since the last time this was asked. */
  newWrites(): number;
  wait(milliseconds: number): void;
}

/** @param make another maker of the two systems, to watch them or to give them schemas */
export async function engine(
  make: (side: Side, options: { readonly now: () => number }) => MemoryConnector = memory,
): Promise<Engine> {
  let time = Date.parse("2026-11-01T08:00:00Z");
  const now = (): number => time;
  const hubspot = make("hubspot", { now });
  const klaviyo = make("klaviyo", { now });
  hubspot.user.makeCollection("all");
  klaviyo.user.makeCollection("engaged", "segment");
  klaviyo.user.makeCollection("newsletter");
  const fresh = await freshDatabase();
  let counted = 0;
  const deps = (): Deps => ({
    database: fresh.database,
    connectors: { hubspot, klaviyo },
    now: () => new Date(time),
    newId: randomUUID,
    fileKey: () => TEST_KEYS.files,
    progress: () => {},
    stopping: new AbortController().signal,
    signal: AbortSignal.timeout(60_000),
  });
  const opened = async ({ name }: Mapping): Promise<Opened> => {
    const store = await openStore(fresh.database, name);
    return { ...deps(), store, connection: await readConnection(store) };
  };
  return {
    deps,
    opened,
    hubspot,
    klaviyo,
    fresh,
    async sync(mapping) {
      time += 60_000;
      const run = await runContacts(deps(), mapping, { trigger: "test" });
      time += 1_000;
      return run;
    },
    async plan(mapping) {
      time += 60_000;
      const { context } = await pullAndLink(await opened(mapping), mapping, null);
      const plans: ContactPlan[] = [];
      for await (const page of planPages(context, { kind: "dirty" })) plans.push(...page);
      return plans;
    },
    newWrites() {
      const all = hubspot.writes.length + klaviyo.writes.length;
      const fresh = all - counted;
      counted = all;
      return fresh;
    },
    wait: (milliseconds) => void (time += milliseconds),
  };
}
