import { writeFileSync } from "node:fs";
import { readText } from "../../mapping/read-text.ts";
import type { SavedSchema } from "../../mapping/accounts/schema-file.ts";
import { readSchemaFile, writeSchemaFile } from "../../mapping/accounts/schema-file.ts";
import { CommandFailure, EXIT } from "../exit-code.ts";

/** A portal with thousands of properties and options has a few megabytes. */
const LARGEST = 64 * 1024 * 1024;

/**
 * What `check --save-schema` wrote.
 *
 * @throws CommandFailure 78 with why the file cannot be used, and what to do
 */
export function loadSavedSchema(path: string): SavedSchema {
  const read = readText(path, LARGEST);
  if (read.kind === "unreadable") {
    throw unusable(path, read.why, "make it with `tandem check --remote --save-schema FILE`");
  }
  const saved = readSchemaFile(read.text);
  if ("wrong" in saved) throw unusable(path, saved.wrong, saved.fix);
  return saved;
}

export function unusable(path: string, wrong: string, fix: string): CommandFailure {
  return new CommandFailure(EXIT.config, `The saved schema ${path} cannot be used: ${wrong}.\n  fix: ${fix}`);
}

/**
 * Is there nothing in the way that saving would destroy? Only what `--save-schema` wrote before is replaced.
 *
 * @throws CommandFailure 64 where something else is there
 */
export function checkSchemaPlace(path: string): void {
  const there = readText(path, LARGEST);
  if (there.kind === "unreadable" && there.reason === "missing") return;
  if (there.kind === "text" && (there.text === "" || !("wrong" in readSchemaFile(there.text)))) return;
  const message = `${path} is there already and is no saved schema, so it is not replaced.\n  fix: Name another file: --save-schema FILE`;
  throw new CommandFailure(EXIT.usage, message);
}

/** @throws CommandFailure 64 where nothing can be written there */
export function saveSchema(path: string, saved: SavedSchema): void {
  try {
    writeFileSync(path, writeSchemaFile(saved));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CommandFailure(
      EXIT.usage,
      `The schema could not be saved: ${why}\n  fix: name a file in a folder that exists`,
    );
  }
}
