import type { Command } from "commander";
import { mappingJsonSchema } from "../../mapping/schema/mapping-json-schema.ts";
import type { App } from "../app.ts";
import type { ExitCode } from "../exit-code.ts";
import { EXIT } from "../exit-code.ts";
import { json } from "../json.ts";

export function schemaCommand(program: Command, app: App, exit: (code: ExitCode) => void): void {
  program
    .command("schema")
    .description("Print the JSON Schema of mapping files, for editors.")
    .action(() => {
      app.out(json(mappingJsonSchema()));
      exit(EXIT.done);
    });
}
