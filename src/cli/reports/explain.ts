import type { Command } from "commander";
import { explainPerson } from "../../lanes/explain-person.ts";
import type { EmailKey } from "../../model/email.ts";
import type { Mapping } from "../../model/mapping.ts";
import type { ExplainedPerson } from "../../lanes/explained-person.ts";
import { openStore } from "../../store/runs/connections.ts";
import type { Database } from "../../store/database/database.ts";
import type { PersonEngagement } from "../../store/feeds/engagement-person.ts";
import { personEngagements } from "../../store/feeds/engagement-person.ts";
import { erasedSince } from "../../store/people/erased.ts";
import type { App, CommonOptions } from "../app.ts";
import { engagementText } from "./engagement-text.ts";
import { withDatabase } from "../engine.ts";
import { explanation } from "./explanation.ts";
import type { ExitCode } from "../exit-code.ts";
import { CommandFailure, EXIT } from "../exit-code.ts";
import { json } from "../json.ts";
import { loadMapping } from "../load-mapping.ts";
import { parseAddress } from "../runs/sync.ts";

export function explainCommand(program: Command, app: App, exit: (code: ExitCode) => void): void {
  program
    .command("explain <email>")
    .description("Explain why a contact did or didn't sync, field by field, and what happens next.")
    .action(async (address: string, _options, command: Command) => {
      const options = command.optsWithGlobals<CommonOptions>();
      const email = parseAddress(address);
      const { mapping } = loadMapping(app, options);
      const found =
        email &&
        (await withDatabase(app, options, (database) => readStory(database, mapping, email, app.now())));
      if (found && found.person === null && found.erasedAt !== null) {
        const { erasedAt } = found;
        app.out(
          options.json ? json({ email: address, known: false, erasedAt }) : erasedText(address, erasedAt),
        );
        return exit(EXIT.done);
      }
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
      const story = addressWords(found.person);
      const text = [...story, explanation(plan, history, ledger), ...engagementText(engagements)].join("\n");
      app.out(
        options.json
          ? json({ ...plan, history, ledger, engagements, formerly: found.person.formerly })
          : text,
      );
      exit(EXIT.done);
    });
}

/** Events of a person that are told; more are for the status page. */
const ENGAGEMENTS = 20;

interface Found {
  readonly person: ExplainedPerson | null;
  readonly engagements: readonly PersonEngagement[];
  /** When they were erased from Tandem; `null` who was not, or is allowed again. */
  readonly erasedAt: Date | null;
}

async function readStory(database: Database, mapping: Mapping, email: EmailKey, now: Date): Promise<Found> {
  const store = await openStore(database, mapping.name);
  const engagements = await personEngagements(store, email, ENGAGEMENTS);
  const person = await explainPerson(store, mapping, { email }, now);
  return { person, engagements, erasedAt: await erasedSince(store, email) };
}

/** What the given address is to the person that is shown. */
function addressWords({ plan, wanted: asked, formerly }: ExplainedPerson): readonly string[] {
  const { email } = plan.known.link;
  return [
    ...(asked === email ? [] : [`${asked} is an earlier or additional email address of ${email}.`, ""]),
    ...(formerly.length === 0
      ? []
      : [`Before, ${asked} was the email address of the contact that is now ${formerly.join(", ")}.`, ""]),
  ];
}

function erasedText(address: string, at: Date): string {
  return [
    `${address}   erased from Tandem at ${at.toISOString().slice(0, 16).replace("T", " ")} UTC`,
    "  Tandem stores nothing about this person and creates no contact for them. Their opt-outs stay.",
    `  To let them be synced again: tandem erase --allow ${address}`,
    "",
  ].join("\n");
}
