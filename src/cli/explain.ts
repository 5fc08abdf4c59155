import type { Command } from "commander";
import type { EmailKey } from "../model/email.ts";
import { syncedFields } from "../model/mapping.ts";
import type { Mapping } from "../model/mapping.ts";
import type { ContactPlan } from "../plan/plan-contact.ts";
import { planContact } from "../plan/plan-contact.ts";
import { resolveRemembered } from "../daemon/remembered-scope.ts";
import { openConnection } from "../store/connections.ts";
import type { Database } from "../store/database.ts";
import type { LedgerEntry } from "../store/consent-ledger.ts";
import { ledgerOf } from "../store/consent-ledger.ts";
import type { PersonEngagement } from "../store/engagement-person.ts";
import { personEngagements } from "../store/engagement-person.ts";
import { knownLinks } from "../store/known-links.ts";
import type { PersonHistory } from "../store/person-history.ts";
import { personHistory } from "../store/person-history.ts";
import type { App, CommonOptions } from "./app.ts";
import { engagementText } from "./engagement-text.ts";
import { withDatabase } from "./engine.ts";
import { explanation } from "./explanation.ts";
import type { ExitCode } from "./exit-code.ts";
import { CommandFailure, EXIT } from "./exit-code.ts";
import { json } from "./json.ts";
import { loadMapping } from "./load-mapping.ts";
import { parseAddress } from "./sync.ts";

export function explainCommand(program: Command, app: App, exit: (code: ExitCode) => void): void {
  program
    .command("explain <email>")
    .description("why did, or didn't, this person sync? both sides field by field, and what happens next")
    .action(async (address: string, _options, command: Command) => {
      const options = command.optsWithGlobals<CommonOptions>();
      const email = parseAddress(address);
      const { mapping } = loadMapping(app, options);
      const found = email && (await withDatabase(app, (database) => lookUp(database, mapping, email)));
      if (found && found.person === null && found.engagements.length > 0) {
        const { engagements } = found;
        const lines = [`${address}   not linked: no rule matches this person on any side`, ""];
        app.out(
          options.json
            ? json({ email: address, known: false, engagements })
            : [...lines, ...engagementText(engagements)].join("\n"),
        );
        return exit(EXIT.done);
      }
      if (!found || found.person === null) {
        const message = `No contact with ${address} is known. Either no rule matches it on any side, or it was not read yet: tandem sync`;
        throw new CommandFailure(EXIT.failing, message, { email: address, known: false });
      }
      const { plan, history, ledger } = found.person;
      const { engagements } = found;
      const text = [explanation(plan, history, ledger), ...engagementText(engagements)].join("\n");
      app.out(options.json ? json({ ...plan, history, ledger, engagements }) : text);
      exit(EXIT.done);
    });
}

/** Entries of a person's history that are read. */
const HISTORY = 200;

/** Events of a person that are told; more are for the status page. */
const ENGAGEMENTS = 20;

interface Found {
  readonly person: FoundPerson | null;
  readonly engagements: readonly PersonEngagement[];
}

interface FoundPerson {
  readonly plan: ContactPlan;
  readonly history: PersonHistory;
  readonly ledger: readonly LedgerEntry[];
}

async function lookUp(database: Database, mapping: Mapping, email: EmailKey): Promise<Found> {
  const { id } = await openConnection(database, mapping.name);
  const engagements = await personEngagements(database, id, email, ENGAGEMENTS);
  return { person: await lookUpPerson(database, mapping, id, email), engagements };
}

async function lookUpPerson(
  database: Database,
  mapping: Mapping,
  id: number,
  email: EmailKey,
): Promise<FoundPerson | null> {
  const remembered = await resolveRemembered(database, id, mapping);
  const filter = { kind: "emails", emails: [email] } as const;
  const [known] = await knownLinks(database, id, remembered.scope, filter, 0n, 1, new Date());
  if (known === undefined) return null;
  const plan = planContact({ fields: syncedFields(mapping), ...remembered }, known);
  const ledger = await ledgerOf(database, id, email);
  return { plan, history: await personHistory(database, known.link.id, HISTORY), ledger };
}
