import type { Logger } from "pino";
import { signedHead } from "../consent/verify-ledger.ts";
import type { Deps } from "../lanes/deps.ts";
import type { Database } from "../store/database/database.ts";
import { keysOf } from "../store/database/database.ts";
import { keysThatSealed } from "../store/chains/seals.ts";
import type { App, CommonOptions } from "./app.ts";

/**
 * Tells that the ledger was last sealed with another key: this installation's was lost or changed, or another machine uses
 * a different one. Nothing stops for it. Costs one query, and asks for the key only where something was ever sealed.
 */
export async function tellOtherKey(app: App, database: Database): Promise<void> {
  const latest = (await keysThatSealed(database, "consent")).at(-1);
  if (latest === undefined || latest.keyId === keysOf(database)().id) return;
  app.talk(
    [
      `The consent ledger up to entry ${latest.last} was sealed with another key than this installation has now.`,
      "  TANDEM_SECRET_KEY or tandem.key was changed or lost, or another machine uses a different key.",
      "  Tandem continues, and every opt-out stays. The proof starts again with the next entry, and Tandem rejects older saved plans.",
      "  fix: Restore the old key, and give every machine the same TANDEM_SECRET_KEY.",
      "",
    ].join("\n"),
  );
}

/** Tells the signed heads of ledger and audit after a run: kept outside of the database, they prove what was there. */
export async function tellHead(
  app: App,
  options: CommonOptions,
  { database, now }: Pick<Deps, "database" | "now">,
): Promise<void> {
  const head = await signedHead(database, "consent", now());
  const audit = await signedHead(database, "audit", now());
  if (options.quiet === true) return;
  if (head !== null) app.talk(`Consent ledger head: ${head}\n`);
  if (audit !== null) app.talk(`Audit head: ${audit}\n`);
}

/** Logs the signed heads after each run of the daemon, where one of them moved. */
export function headLogger({ database, now }: Pick<Deps, "database" | "now">, log: Logger) {
  let told: string | null = null;
  return async (lane: string): Promise<void> => {
    const ledger = await signedHead(database, "consent", now());
    const audit = await signedHead(database, "audit", now());
    const heads = `${ledger} ${audit}`;
    if ((ledger === null && audit === null) || heads === told) return;
    told = heads;
    log.info({ lane, ledger, audit }, "signed heads of the consent ledger and the audit");
  };
}
