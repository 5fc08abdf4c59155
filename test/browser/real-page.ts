import { randomUUID } from "node:crypto";
import type { ContactRun } from "../../src/lanes/contacts/run-contacts.ts";
import { explainPerson } from "../../src/lanes/explain-person.ts";
import { pageErasing } from "../../src/service/page-erasing.ts";
import { performUndos } from "../../src/lanes/plans/perform-undos.ts";
import { resolveRemembered } from "../../src/lanes/contacts/remembered-scope.ts";
import type { Rehearsal } from "../../src/sandbox/rehearsal/rehearsal.ts";
import { startRehearsal } from "../../src/sandbox/rehearsal/rehearsal.ts";
import type { Access } from "../../src/status/frame/access/access.ts";
import { contactConsent } from "../../src/status/contacts/contact-consent.ts";
import { contactEngagement } from "../../src/status/contacts/contact-engagement.ts";
import { startStatusServer } from "../../src/status/frame/server.ts";
import { statusActions } from "../../src/status/status-actions.ts";
import { statusReader } from "../../src/status/status-reader.ts";
import { openStore } from "../../src/store/runs/connections.ts";
import type { FreshDatabase } from "../support/fresh-database.ts";
import { freshDatabase } from "../support/fresh-database.ts";
import { realEngine, rehearsedMapping, untilSearchable } from "../support/real-engine.ts";

/** The page over a whole engine: two rehearsal servers with people, some of them broken on purpose, synced once. */
export interface RealPage {
  readonly url: string;
  readonly rehearsal: Rehearsal;
  readonly fresh: FreshDatabase;
  readonly connectionId: number;
  /** One cycle, as the daemon's lane runs it. */
  cycle(): Promise<ContactRun>;
  /** Resolves once a cycle that the page has asked for is over. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

export async function realPage(contacts = 60, access?: Access): Promise<RealPage> {
  const rehearsal = await startRehearsal({
    seed: 3,
    contacts,
    hubspotPort: 0,
    klaviyoPort: 0,
    hubspot: { tier: "off" },
    klaviyo: { limits: "off" },
  });
  const fresh = await freshDatabase();
  const engine = realEngine(rehearsal, fresh);
  const mapping = rehearsedMapping(rehearsal);
  const cycle = async (): Promise<ContactRun> => {
    untilSearchable(rehearsal);
    await performUndos(await engine.deps(mapping), mapping);
    return engine.sync(mapping);
  };
  await cycle();
  const store = await openStore(fresh.database, mapping.name);
  const { connectionId } = store;
  const now = (): Date => new Date();
  let woken: Promise<unknown> = Promise.resolve();
  // One at a time, as the daemon's scheduler has it.
  const next = (): Promise<ContactRun> => {
    const run = woken.then(cycle);
    woken = run;
    return run;
  };
  const wake = (): void => void next();
  const accounts = await Promise.all(
    (["hubspot", "klaviyo"] as const).map(async (side) =>
      (await engine.deps(mapping)).connectors[side].account(new AbortController().signal),
    ),
  );
  const server = await startStatusServer({
    read: statusReader(store, now),
    act: statusActions(store, now, wake),
    erasing: pageErasing({ database: fresh.database, now, newId: randomUUID }),
    contactSections: [contactConsent(store), contactEngagement(store)],
    explain: (linkId) => explainPerson(store, mapping, { linkId }, now()),
    rules: async () => (await resolveRemembered(store, mapping)).scope,
    contactUrls: () => ({
      hubspot: accounts[0]?.contactUrl ?? null,
      klaviyo: accounts[1]?.contactUrl ?? null,
    }),
    now,
    ...(access === undefined ? {} : { access }),
    port: 0,
  });
  return {
    url: server.url,
    rehearsal,
    fresh,
    connectionId,
    cycle: next,
    settled: async () => void (await woken),
    async close() {
      await woken.catch(() => {});
      await server.close();
      await rehearsal.close();
      await fresh.drop();
    },
  };
}
