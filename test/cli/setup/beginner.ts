import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Rehearsal } from "../../../src/sandbox/rehearsal/rehearsal.ts";
import { startRehearsal } from "../../../src/sandbox/rehearsal/rehearsal.ts";
import { vendorWrites } from "../../support/vendor-writes.ts";
import type { Ended, Folder } from "../command-line.ts";
import { makeFolder, tandem } from "../command-line.ts";

export interface Beginner {
  readonly rehearsal: Rehearsal;
  readonly folder: Folder;
  run(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ended>;
  init(args?: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ended>;
  read(path: string): string;
  /** Calls that may have changed something at a vendor. */
  writes(): number;
}

/** What a test has to close when it is over. */
export type Closing = (() => Promise<void>)[];

export async function closeAll(closing: Closing): Promise<void> {
  for (const close of closing.splice(0)) await close();
}

/** Somebody with two accounts, two keys and an empty folder. */
export async function beginnerWith(contacts: number, closing: Closing): Promise<Beginner> {
  const rehearsal = await startRehearsal({
    seed: 5,
    contacts,
    hubspotPort: 0,
    klaviyoPort: 0,
    hubspot: { tier: "off", indexLagMs: 0 },
    klaviyo: { limits: "off" },
  });
  const folder = await makeFolder();
  closing.push(
    () => rehearsal.close(),
    () => folder.remove(),
  );
  const keys = { HUBSPOT_TOKEN: rehearsal.hubspot.token, KLAVIYO_API_KEY: rehearsal.klaviyo.key };
  const run: Beginner["run"] = (args, env = {}) =>
    tandem(args, { env: { ...keys, ...env }, cwd: folder.path });
  const urls = ["--hubspot-url", rehearsal.hubspot.url, "--klaviyo-url", rehearsal.klaviyo.url];
  return {
    rehearsal,
    folder,
    run,
    init: (args = [], env = {}) => run(["init", ...urls, ...args], env),
    read: (path) => readFileSync(join(folder.path, path), "utf8"),
    writes: () => vendorWrites(rehearsal),
  };
}
