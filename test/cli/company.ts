import { randomUUID } from "node:crypto";
import { demoMapping } from "../../src/cli/rehearsal/demo-mapping.ts";
import type { Rehearsal } from "../../src/sandbox/rehearsal/rehearsal.ts";
import { startRehearsal } from "../../src/sandbox/rehearsal/rehearsal.ts";
import type { FreshDatabase } from "../support/fresh-database.ts";
import { freshDatabase } from "../support/fresh-database.ts";
import { vendorWrites } from "../support/vendor-writes.ts";
import type { Ended, Folder } from "./command-line.ts";
import { makeFolder, tandem } from "./command-line.ts";

/** One company to try command lines on: two rehearsal servers, a database, and a mapping that names them. */
export interface Company {
  readonly rehearsal: Rehearsal;
  readonly fresh: FreshDatabase;
  readonly folder: Folder;
  readonly mappingText: string;
  /** The environment of every command: the mapping, the keys, the database. */
  readonly env: Readonly<Record<string, string>>;
  run(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ended>;
  /** Writes a changed mapping and names it; it is the same connection. */
  mapping(change: (text: string) => string): Promise<string>;
  /** Calls that may have changed something at a vendor, since the company was made. */
  writes(): number;
  close(): Promise<void>;
}

export async function company(contacts: number): Promise<Company> {
  const rehearsal = await startRehearsal({
    seed: 3,
    contacts,
    hubspotPort: 0,
    klaviyoPort: 0,
    hubspot: { tier: "off", indexLagMs: 0 },
    klaviyo: { limits: "off" },
  });
  const fresh = await freshDatabase();
  const folder = await makeFolder();
  const mappingText = demoMapping(rehearsal.hubspot.url, rehearsal.klaviyo.url);
  const env = {
    TANDEM_CONFIG: await folder.write("mapping.yaml", mappingText),
    TANDEM_DEMO_HUBSPOT: rehearsal.hubspot.token,
    TANDEM_DEMO_KLAVIYO: rehearsal.klaviyo.key,
    DATABASE_URL: fresh.url,
    LOG_LEVEL: "info",
  };
  return {
    rehearsal,
    fresh,
    folder,
    mappingText,
    env,
    run: (args, more = {}) => tandem(args, { env: { ...env, ...more }, cwd: folder.path }),
    mapping: (change) => folder.write(`${randomUUID()}.yaml`, change(mappingText)),
    writes: () => vendorWrites(rehearsal),
    async close() {
      await rehearsal.close();
      await fresh.drop();
      await folder.remove();
    },
  };
}
