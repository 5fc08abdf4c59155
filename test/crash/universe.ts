import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { demoMapping } from "../../src/cli/rehearsal/demo-mapping.ts";
import { hubspot } from "../../src/connectors/hubspot/index.ts";
import { klaviyo } from "../../src/connectors/klaviyo/index.ts";
import { runContacts } from "../../src/lanes/contacts/run-contacts.ts";
import { parseMapping } from "../../src/mapping/parse-mapping.ts";
import type { Rehearsal } from "../../src/sandbox/rehearsal/rehearsal.ts";
import { startRehearsal } from "../../src/sandbox/rehearsal/rehearsal.ts";
import type { FreshDatabase } from "../support/fresh-database.ts";
import { freshDatabase } from "../support/fresh-database.ts";
import { databaseGate } from "./database-gate.ts";
import type { EngineProcess } from "./engine-process.ts";
import { engineProcess } from "./engine-process.ts";
import type { Moment } from "./moment.ts";
import { resentCreates } from "./resent-creates.ts";
import { trap } from "./trap.ts";
import type { Passing } from "./vendor-gate.ts";
import { vendorGate } from "./vendor-gate.ts";
import { TEST_KEYS } from "../support/test-keys.ts";

/** Two vendors, a database, and an engine between them. */
export interface Universe {
  readonly rehearsal: Rehearsal;
  readonly fresh: FreshDatabase;
  /** One whole cycle that nobody disturbs. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** A universe whose engine is a process that can be killed. */
export interface MortalUniverse extends Universe {
  /** One cycle, to its end or to the moment. An engine that is killed here is dead when this returns. */
  live(moment: Moment): Promise<"killed" | "survived">;
  /** Lets requests arrive whose sender was killed before they did. */
  deliverLate(): Promise<void>;
  /** Addresses for which a contact was asked to be made although the vendor had one. */
  readonly resent: readonly string[];
  /** How many mutating requests reached the vendors. */
  arrived(): number;
}

export interface Beginning {
  readonly seed: number;
  readonly people: number;
}

async function begin({ seed, people }: Beginning): Promise<Omit<Universe, "sync">> {
  const rehearsal = await startRehearsal({
    seed,
    contacts: people,
    hubspotPort: 0,
    klaviyoPort: 0,
    // As late as HubSpot's search may be, and later than a restart: else being killed would prove nothing.
    hubspot: { tier: "off", indexLagMs: 30 * 60 * 1_000 },
    klaviyo: { limits: "off" },
  });
  const fresh = await freshDatabase();
  return {
    rehearsal,
    fresh,
    async close() {
      await rehearsal.close();
      await fresh.drop();
    },
  };
}

function mappingText(hubspotUrl: string, klaviyoUrl: string): string {
  return `${demoMapping(hubspotUrl, klaviyoUrl)}\nlimits: { api_share: { hubspot: 100%, klaviyo: 100% } }\n`;
}

/** The engine runs in this process, and nothing ever happens to it. */
export async function peacefulUniverse(beginning: Beginning): Promise<Universe> {
  const universe = await begin(beginning);
  const { rehearsal, fresh } = universe;
  const parsed = parseMapping(mappingText(rehearsal.hubspot.url, rehearsal.klaviyo.url), "crash.yaml");
  const { mapping } = parsed;
  if (mapping === null) throw new Error(JSON.stringify(parsed.diagnostics));
  const timing = {
    log: () => {},
    now: Date.now,
    sleep: (milliseconds: number, signal: AbortSignal) => sleep(milliseconds, undefined, { signal }),
    apiShare: 1,
  };
  const { hubspot: side, klaviyo: other } = mapping;
  const never = new AbortController().signal;
  // As a process has them that has only begun: what an earlier cycle used up of a quota is waited for by nobody.
  const deps = () => ({
    database: fresh.database,
    connectors: {
      hubspot: hubspot({ ...timing, ...side, token: rehearsal.hubspot.token }),
      klaviyo: klaviyo({ ...timing, ...other, key: rehearsal.klaviyo.key }),
    },
    now: () => new Date(),
    newId: randomUUID,
    fileKey: () => TEST_KEYS.files,
    progress: () => {},
    stopping: never,
    signal: never,
  });
  return {
    ...universe,
    async sync() {
      const run = await runContacts(deps(), mapping, { trigger: "test" });
      if (!["finished", "finished_with_errors"].includes(run.result))
        throw new Error(JSON.stringify(run.exceeded));
    },
  };
}

/**
 * The engine is the real command, and between it and the world stand gates.
 *
 * @param folder for the mapping and the compiled code
 */
export async function mortalUniverse(beginning: Beginning, folder: string): Promise<MortalUniverse> {
  const universe = await begin(beginning);
  const { rehearsal, fresh } = universe;
  const resent: string[] = [];
  let arrived = 0;
  const arriving = (call: Passing): void => {
    arrived += 1;
    resent.push(...resentCreates(rehearsal, call));
  };
  const vendors = [
    await vendorGate(rehearsal.hubspot.url, arriving),
    await vendorGate(rehearsal.klaviyo.url, arriving),
  ];
  const database = await databaseGate(fresh.url);
  const config = join(folder, "mapping.yaml");
  writeFileSync(config, mappingText(vendors[0]?.url ?? "", vendors[1]?.url ?? ""));
  const environment = {
    DATABASE_URL: database.url,
    TANDEM_DEMO_HUBSPOT: rehearsal.hubspot.token,
    TANDEM_DEMO_KLAVIYO: rehearsal.klaviyo.key,
  };
  const wait = (): EngineProcess => engineProcess(config, environment, join(folder, "compiled"));
  let waiting = wait();

  const live = async (moment: Moment | null): Promise<"killed" | "survived"> => {
    const engine = waiting;
    waiting = wait();
    const watching = moment === null ? null : trap(moment, () => engine.kill());
    for (const gate of [...vendors, database]) gate.setTrap(watching);
    engine.start();
    const { code, words } = await engine.ended;
    await Promise.all(vendors.map((gate) => gate.quiet()));
    if (watching?.sprung() === true) return "killed";
    if (!/"result": ?"finished(_with_errors)?"/.test(words))
      throw new Error(`The engine ended with ${String(code)}:\n${words}`);
    return "survived";
  };

  return {
    ...universe,
    resent,
    arrived: () => arrived,
    live,
    sync: async () => void (await live(null)),
    deliverLate: async () => void (await Promise.all(vendors.map((gate) => gate.deliverLate()))),
    async close() {
      waiting.kill();
      await waiting.ended;
      await Promise.all([...vendors, database].map((gate) => gate.close()));
      await universe.close();
    },
  };
}
