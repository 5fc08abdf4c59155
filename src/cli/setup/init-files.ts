import { WHERE_TO_MAKE } from "../../mapping/key-scopes.ts";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { SecretRef } from "../../model/keys/secret-ref.ts";
import type { PerSide } from "../../model/side.ts";
import { perSide } from "../../model/side.ts";
import { CommandFailure, EXIT } from "../exit-code.ts";

export type WrittenFile = {
  readonly path: string;
  readonly state: "written" | "same" | "kept";
};

/** @throws CommandFailure 64: init never overwrites a mapping */
export function refuseExisting(path: string): void {
  if (!existsSync(path)) return;
  const message = `${path} is already there, and init overwrites nothing.\n  fix: name another file, tandem init --config config/first.yaml, or move this one away`;
  throw new CommandFailure(EXIT.usage, message);
}

/** Writes a file that is not there yet; one that is stays as it is. */
export function writeNew(path: string, content: string): WrittenFile {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content, { flag: "wx" });
    return { path, state: "written" };
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "EEXIST")
      return { path, state: saysTheSame(readFileSync(path, "utf8"), content) ? "same" : "kept" };
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CommandFailure(
      EXIT.usage,
      `${path} cannot be written: ${why}\n  fix: name another file with --config`,
    );
  }
}

/** What must never be committed: the keys, and the embedded database. */
const IGNORED = [".env", ".tandem/"];

/** Names what must not be committed in the folder's `.gitignore`; lines that are there stay as they are. */
export function ignoreSecrets(path: string): WrittenFile {
  const before = existsSync(path) ? readFileSync(path, "utf8") : "";
  const there = new Set(before.split("\n").map((line) => line.trim().replace(/^\//, "")));
  const missing = IGNORED.filter((line) => !there.has(line));
  if (missing.length === 0) return { path, state: "same" };
  const gap = before === "" || before.endsWith("\n") ? "" : "\n";
  writeFileSync(path, `${before}${gap}${missing.join("\n")}\n`);
  return { path, state: "written" };
}

/** JSON says the same however a formatter has laid it out. */
function saysTheSame(there: string, content: string): boolean {
  if (there === content) return true;
  try {
    return JSON.stringify(JSON.parse(there)) === JSON.stringify(JSON.parse(content));
  } catch {
    return false;
  }
}

/** The editor's schema beside the mapping, as its first line says. */
export function schemaPath(mapping: string): string {
  return join(dirname(mapping), "mapping.schema.json");
}

/** The variables that have to be set where Tandem is started. */
export function envExample(refs: PerSide<SecretRef>): string {
  const named = perSide((side) => {
    const ref = refs[side];
    return "env" in ref ? `${ref.env}=` : `# in the file ${ref.file}`;
  });
  return [
    "# Copy to .env and fill in, or set these where Tandem is started. Tandem reads .env; never commit it.",
    `# ${WHERE_TO_MAKE.hubspot}`,
    named.hubspot,
    `# ${WHERE_TO_MAKE.klaviyo}`,
    named.klaviyo,
    "# PostgreSQL 15 or newer; without it Tandem runs its own under .tandem/.",
    "#DATABASE_URL=postgres://tandem:password@localhost:5432/tandem",
    "# The installation's key; without it Tandem makes tandem.key beside the mapping. Never commit either.",
    "#TANDEM_SECRET_KEY=",
    "",
  ].join("\n");
}
