import type { Command } from "commander";
import { Argument } from "commander";
import type { Collection } from "../../connectors/connector.ts";
import type { Side } from "../../model/side.ts";
import { SIDES } from "../../model/side.ts";
import type { SchemaOptions } from "./account-schema.ts";
import { accountSchemas } from "./account-schema.ts";
import type { App } from "../app.ts";
import { columns } from "../columns.ts";
import type { ExitCode } from "../exit-code.ts";
import { EXIT } from "../exit-code.ts";
import { json } from "../json.ts";

type Listed = Collection & { readonly side: Side };

export function listsCommand(program: Command, app: App, exit: (code: ExitCode) => void): void {
  program
    .command("lists")
    .description("List the lists and segments that rules can match.")
    .addArgument(new Argument("[side]", "only of this side").choices(SIDES))
    .option("--schema <file>", "what `check --save-schema` kept, instead of asking; needs no keys")
    .action(async (side: Side | undefined, _options, command: Command) => {
      const options = command.optsWithGlobals<SchemaOptions>();
      const schemas = await accountSchemas(app, options, side === undefined ? SIDES : [side]);
      const lists = schemas.flatMap((schema) =>
        schema.collections.map((collection): Listed => ({ side: schema.side, ...collection })),
      );
      if (options.json === true) app.out(json({ lists }));
      else if (lists.length > 0) app.out(table(lists));
      else app.talk("There is no list and no segment.\n");
      exit(EXIT.done);
    });
}

function table(lists: readonly Listed[]): string {
  const rows = lists.map(({ side, kind, id, name, size, writable, doubleOptIn }) => {
    const members = size === null ? "" : size.toLocaleString("en");
    const filled = writable ? "by hand or API" : "by the system";
    return [side, kind, id, members, doubleOptIn ? `${filled}, double opt-in` : filled, name];
  });
  return columns([["SIDE", "KIND", "ID", "MEMBERS", "FILLED", "NAME"], ...rows]);
}
