import type { Command } from "commander";
import { ConnectionBusy } from "../../lanes/connection-lease.ts";
import type { Erasure, KnownOf } from "../../lanes/erase-person.ts";
import { allowPerson, erasePerson, knownOf } from "../../lanes/erase-person.ts";
import type { EmailKey } from "../../model/email.ts";
import { counted } from "../../model/count-words.ts";
import { openStore } from "../../store/runs/connections.ts";
import type { App, CommonOptions } from "../app.ts";
import { auditCommand } from "../audit-command.ts";
import { withDatabase } from "../engine.ts";
import type { ExitCode } from "../exit-code.ts";
import { CommandFailure, EXIT } from "../exit-code.ts";
import { json } from "../json.ts";
import { loadMapping } from "../load-mapping.ts";
import { parseAddress } from "../runs/sync.ts";

interface EraseOptions extends CommonOptions {
  readonly allow?: boolean;
  readonly yes?: boolean;
}

export function eraseCommand(program: Command, app: App, exit: (code: ExitCode) => void): void {
  program
    .command("erase <email>")
    .description("Erase what Tandem stores about a person, for good.")
    .option("--yes", "do not ask")
    .option("--allow", "lets an erased person be synced again; nothing comes back by that alone")
    .action(async (address: string, _options, command: Command) => {
      const options = command.optsWithGlobals<EraseOptions>();
      const email = parseAddress(address);
      if (email === null) return;
      const { mapping } = loadMapping(app, options);
      await withDatabase(app, options, async (database) => {
        // An erased person is kept out of a connection that has not run yet, too.
        const store = await openStore(database, mapping.name);
        const audit = (action: string, contacts = 0, reason = ""): Promise<void> =>
          auditCommand(store, { action, contacts, reason }, app.now());
        const deps = { database, now: app.now, newId: app.newId };
        if (options.allow === true) {
          const since = await allowPerson(deps, email);
          if (since === null) throw notErased();
          await audit("allow_erased");
          app.out(options.json ? json({ allowed: true, erasedAt: since }) : allowedText(since));
          return exit(EXIT.done);
        }
        if (options.yes !== true && !(await isWanted(app, email, await knownOf(deps, email)))) {
          app.out(options.json ? json({ erased: false }) : "Nothing was erased.\n");
          return exit(EXIT.done);
        }
        const erasure = await erasePerson(deps, email).catch(async (fault: unknown) => {
          // Part of it may be gone: who began it must be known.
          if (!(fault instanceof ConnectionBusy)) await audit("erase", 0, "cut off: do it again");
          throw fault;
        });
        await audit("erase", erasure.contacts);
        app.out(options.json ? json({ erased: true, ...erasure }) : erasedText(erasure));
        exit(EXIT.done);
      });
    });
}

/**
 * Asks the person at the terminal, naming every address that goes with this one.
 *
 * @throws CommandFailure 64 where nobody is there to be asked
 */
async function isWanted({ ask }: App, email: EmailKey, known: KnownOf): Promise<boolean> {
  if (ask === null) {
    const message =
      "Erasing cannot be undone, and there is no terminal to confirm at.\n  fix: Add --yes if it is meant.";
    throw new CommandFailure(EXIT.usage, message);
  }
  const others = known.addresses.filter((address) => address !== email);
  const question = [
    `This erases what Tandem keeps of ${email}: ${counted(known.contacts, "contact")}, their history and their engagement.`,
    ...(others.length === 0
      ? []
      : [`These addresses are the same person's and go with it: ${others.join(", ")}`]),
    ...(known.passedOn.length === 0
      ? []
      : [
          `These email addresses were theirs before and belong to someone else now. They stay: ${known.passedOn.join(", ")}`,
        ]),
    "It does not come back. Erase it? (yes/no) ",
  ].join("\n");
  return (await ask(question)).toLowerCase() === "yes";
}

/** Names nobody: what is printed may be kept. */
function erasedText(erasure: Erasure): string {
  const { addresses, contacts, writes, events, held, connections, passedOn, stillNamed } = erasure;
  const where = connections > 1 ? ` in ${connections} connections` : "";
  return [
    `✔ Erased: ${counted(contacts, "contact")} under ${counted(addresses, "address", "addresses")}${where}, ${counted(writes, "write")} of the journal, ${counted(events, "event")}, ${counted(held, "held change")}.`,
    ...(passedOn.length === 0
      ? []
      : [
          `  Not erased: ${counted(passedOn.length, "address", "addresses")} that someone else has now. Name the address to \`tandem erase\` to erase that person.`,
        ]),
    ...(stillNamed.contacts === 0
      ? []
      : [
          `  Still named: ${counted(stillNamed.contacts, "contact")} of other people ${stillNamed.contacts === 1 ? "holds" : "hold"} one of these addresses in a field. Change it in HubSpot or Klaviyo.`,
        ]),
    ...(stillNamed.mapping
      ? ["  Still named: the mapping file holds one of these addresses. Edit the file."]
      : []),
    "  Kept: keyed hashes in the consent ledger, which keep the person out, and their opt-outs.",
    "  Now: PostgreSQL vacuumed every table that named them. No query and no new dump shows them.",
    "  Later: free space in the database's files, its write-ahead log and older backups may hold the bytes until they are overwritten or deleted.",
    "  Not touched: HubSpot and Klaviyo themselves. Delete files that `tandem plan --out` and `tandem undo --out` saved.",
    "",
  ].join("\n");
}

function allowedText(since: Date): string {
  return [
    `✔ Allowed again, erased since ${since.toISOString().slice(0, 10)}. The next run reads both systems completely and syncs them like anyone.`,
    "  Earlier opt-outs still apply. Only the person can opt in again.",
    "",
  ].join("\n");
}

function notErased(): CommandFailure {
  const message =
    "No one with this email address was erased.\n  fix: `tandem explain EMAIL` explains why a contact does not sync.";
  return new CommandFailure(EXIT.failing, message);
}
