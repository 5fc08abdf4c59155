import { randomUUID } from "node:crypto";
import { demoMapping } from "../../src/cli/rehearsal/demo-mapping.ts";
import type { Deps } from "../../src/lanes/deps.ts";
import type { ContactRun } from "../../src/lanes/contacts/run-contacts.ts";
import { runContacts } from "../../src/lanes/contacts/run-contacts.ts";
import { connect } from "../../src/main.ts";
import { parseMapping } from "../../src/mapping/parse-mapping.ts";
import type { Mapping } from "../../src/model/mapping.ts";
import type { Rehearsal, RehearsalOptions } from "../../src/sandbox/rehearsal/rehearsal.ts";
import { startRehearsal } from "../../src/sandbox/rehearsal/rehearsal.ts";
import type { FreshDatabase } from "./fresh-database.ts";
import { freshDatabase } from "./fresh-database.ts";
import { TEST_KEYS } from "./test-keys.ts";

/** The whole product but its command line: the vendors' own SDKs over HTTP to two rehearsal servers, and PostgreSQL. */
export interface RealEngine {
  deps(mapping: Mapping): Promise<Deps>;
  sync(mapping: Mapping): Promise<ContactRun>;
  /** As after a restart: what the connectors had learnt is forgotten. */
  restart(): void;
}

export function realEngine(rehearsal: Rehearsal, fresh: FreshDatabase): RealEngine {
  const secrets = { hubspot: rehearsal.hubspot.token, klaviyo: rehearsal.klaviyo.key };
  const never = new AbortController().signal;
  // As in the daemon, a mapping keeps its connectors from run to run.
  const connected = new Map<Mapping, Promise<Deps["connectors"]>>();
  const connectorsOf = (mapping: Mapping): Promise<Deps["connectors"]> => {
    const connectors = connected.get(mapping) ?? connect(mapping, secrets, fresh.database, () => {});
    connected.set(mapping, connectors);
    return connectors;
  };
  const deps = async (mapping: Mapping): Promise<Deps> => ({
    database: fresh.database,
    connectors: await connectorsOf(mapping),
    now: () => new Date(),
    newId: randomUUID,
    fileKey: () => TEST_KEYS.files,
    progress: () => {},
    stopping: never,
    signal: never,
  });
  return {
    deps,
    restart: () => connected.clear(),
    sync: async (mapping) => runContacts(await deps(mapping), mapping, { trigger: "test" }),
  };
}

/** Two rehearsal servers without limits: what is tried is the engine, not how long vendors make it wait. */
export function startUnlimited(
  what: Pick<RehearsalOptions, "seed" | "contacts" | "keepIn">,
): Promise<Rehearsal> {
  const ports = { hubspotPort: 0, klaviyoPort: 0 };
  return startRehearsal({ ...what, ...ports, hubspot: { tier: "off" }, klaviyo: { limits: "off" } });
}

/** Two unlimited servers without anybody, an empty database, and the engine between them. */
export interface Rehearsed {
  readonly rehearsal: Rehearsal;
  readonly fresh: FreshDatabase;
  readonly it: RealEngine;
  readonly close: () => Promise<void>;
}

export async function startRehearsed(): Promise<Rehearsed> {
  const rehearsal = await startUnlimited({ seed: 5, contacts: 0 });
  const fresh = await freshDatabase();
  return {
    rehearsal,
    fresh,
    it: realEngine(rehearsal, fresh),
    close: async () => {
      await rehearsal.close();
      await fresh.drop();
    },
  };
}

/** The demo's mapping with these lines for its fields and whatever follows them. */
export function withFields(...lines: readonly string[]): (demo: string) => string {
  return (demo) => [demo.slice(0, demo.indexOf("fields:")), "fields:", ...lines, ""].join("\n");
}

/** A mapping for these two servers: the demo's, with the whole quota, or what `text` makes of it. */
export function rehearsedMapping(
  { hubspot, klaviyo }: Rehearsal,
  text: (demo: string) => string = (demo) => demo,
): Mapping {
  const demo = demoMapping(hubspot.url, klaviyo.url);
  const { mapping, diagnostics } = parseMapping(text(demo), "test.yaml");
  if (mapping === null) throw new Error(JSON.stringify(diagnostics));
  return { ...mapping, limits: { ...mapping.limits, apiShare: { hubspot: 1, klaviyo: 1 } } };
}

/** Calls that may have changed something at a vendor, so far. */
export function mutatingCalls({ hubspot, klaviyo }: Rehearsal): number {
  return [hubspot, klaviyo].flatMap(({ world }) => world.truth.calls).filter(({ mutating }) => mutating)
    .length;
}

/** Time passes until every change shows in HubSpot's search. */
export function untilSearchable({ hubspot }: Rehearsal): void {
  hubspot.world.clock.advance(60_000);
}
