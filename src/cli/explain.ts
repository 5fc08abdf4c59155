import type { Command } from "commander";
import type { EmailKey } from "../model/email.ts";
import { EMAIL_FIELD } from "../model/mapping.ts";
import type { Mapping } from "../model/mapping.ts";
import type { ContactPlan } from "../plan/plan-contact.ts";
import { planContact } from "../plan/plan-contact.ts";
import { resolveRemembered } from "../daemon/remembered-scope.ts";
import { openConnection } from "../store/connections.ts";
import type { Database } from "../store/database.ts";
import { knownLinks } from "../store/known-links.ts";
import type { App, CommonOptions } from "./app.ts";
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
      const plan = email && (await withDatabase(app, (database) => planOf(database, mapping, email)));
      if (!plan) {
        const message = `No contact with ${address} is known. Either no rule matches it on any side, or it was not read yet: tandem sync`;
        throw new CommandFailure(EXIT.failing, message, { email: address, known: false });
      }
      app.out(options.json ? json(plan) : explanation(plan));
      exit(EXIT.done);
    });
}

async function planOf(database: Database, mapping: Mapping, email: EmailKey): Promise<ContactPlan | null> {
  const { id } = await openConnection(database, mapping.name);
  const scope = await resolveRemembered(database, id, mapping);
  const [known] = await knownLinks(database, id, scope, { kind: "emails", emails: [email] }, 0n, 1);
  return known === undefined ? null : planContact({ fields: [EMAIL_FIELD, ...mapping.fields], scope }, known);
}
