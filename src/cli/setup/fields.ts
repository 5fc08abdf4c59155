import type { Command } from "commander";
import { Argument } from "commander";
import type { FieldSpec } from "../../connectors/connector.ts";
import { didYouMean } from "../../mapping/diagnostics/suggest.ts";
import type { Side } from "../../model/side.ts";
import { SIDES, SIDE_NAMES } from "../../model/side.ts";
import type { SchemaOptions } from "./account-schema.ts";
import { accountSchemas } from "./account-schema.ts";
import type { App } from "../app.ts";
import { columns } from "../columns.ts";
import type { ExitCode } from "../exit-code.ts";
import { EXIT } from "../exit-code.ts";
import { json } from "../json.ts";

interface FieldsOptions extends SchemaOptions {
  readonly search?: string;
}

export function fieldsCommand(program: Command, app: App, exit: (code: ExitCode) => void): void {
  program
    .command("fields")
    .description("List what can be mapped: name, label, type, read-only, options.")
    .addArgument(new Argument("<side>", "whose properties").choices(SIDES))
    .option("--search <text>", "only those with this in their name or label")
    .option("--schema <file>", "what `check --save-schema` kept, instead of asking; needs no keys")
    .action(async (side: Side, _options, command: Command) => {
      const options = command.optsWithGlobals<FieldsOptions>();
      const fields = (await accountSchemas(app, options, [side])).flatMap((schema) => schema.fields);
      const found = fields
        .filter((field) => matches(field, options.search ?? ""))
        .toSorted((a, b) => (a.property < b.property ? -1 : 1));
      if (options.json === true) app.out(json({ side, fields: found }));
      else if (found.length > 0) app.out(table(found));
      else app.talk(nothing(side, fields, options.search ?? ""));
      exit(EXIT.done);
    });
}

function matches({ property, label }: FieldSpec, search: string): boolean {
  const wanted = search.toLowerCase();
  return property.toLowerCase().includes(wanted) || label.toLowerCase().includes(wanted);
}

const MOST_OPTIONS = 8;

function table(fields: readonly FieldSpec[]): string {
  const rows = fields.map(({ property, label, type, readOnly, options }) => {
    const shown = options?.slice(0, MOST_OPTIONS).join(", ") ?? "";
    const more = (options?.length ?? 0) - MOST_OPTIONS;
    const access = readOnly ? "read-only" : "";
    return [property, label, type, access, more > 0 ? `${shown} and ${more} more` : shown];
  });
  return columns([["NAME", "LABEL", "TYPE", "ACCESS", "OPTIONS"], ...rows]);
}

function nothing(side: Side, fields: readonly FieldSpec[], search: string): string {
  const system = SIDE_NAMES[side];
  // Without the prefix that all custom properties have, which would make any two names look alike.
  const names = fields.map(({ property }) => property.replace(/^(?:properties|company|location)\./, ""));
  const guess = didYouMean(search, names, "try a shorter word");
  return `${system} has nothing with "${search}" in its name or label: ${guess}\n`;
}
