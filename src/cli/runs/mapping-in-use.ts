import type { Deps } from "../../lanes/deps.ts";
import type { Diagnostic } from "../../mapping/diagnostics/diagnostic.ts";
import { readMapping } from "../../mapping/read-mapping.ts";
import type { Mapping } from "../../model/mapping.ts";
import type { Problem } from "../../model/problem.ts";
import { counted } from "../../model/count-words.ts";
import { openStore } from "../../store/runs/connections.ts";
import { rememberMapping } from "../../store/runs/mapping-versions.ts";
import { saveConnectionProblems } from "../../store/runs/runs.ts";
import type { App } from "../app.ts";
import { CommandFailure } from "../exit-code.ts";
import { loadSecrets } from "../load-mapping.ts";
import { unfit } from "./refuse-unfit-mapping.ts";

/** What the lanes run with: a mapping, the text that it was read from, and connectors made for it. */
export interface MappingInUse {
  readonly mapping: Mapping;
  readonly source: string;
  readonly version: number;
  readonly deps: Deps;
}

/** Puts a mapping to use: stores it as a version, and ends the problem of the file. */
export async function useMapping(deps: Deps, mapping: Mapping, source: string): Promise<MappingInUse> {
  const { database, now } = deps;
  const store = await openStore(database, mapping.name);
  const version = await rememberMapping(store, mapping.hash, source, now());
  await saveConnectionProblems(store, "mapping", [], now());
  return { mapping, source, version, deps };
}

/** Result of reading a mapping file again. */
export type Reloaded =
  | { readonly kind: "same" }
  | { readonly kind: "changed"; readonly next: MappingInUse }
  /** The mapping before it stays in use. */
  | { readonly kind: "refused"; readonly problem: Problem };

/**
 * Reads a mapping file again. A valid one is used, with new connectors. The problem of an invalid one is stored, and the
 * mapping before it stays in use.
 */
export async function reload(app: App, path: string, current: MappingInUse): Promise<Reloaded> {
  const { mapping, diagnostics, text } = readMapping(path);
  if (text === current.source) {
    await useMapping(current.deps, current.mapping, current.source);
    return { kind: "same" };
  }
  if (mapping === null) return refuse(current, brokenFile(path, diagnostics, current.version));
  if (mapping.name !== current.mapping.name) {
    return refuse(current, otherConnection(path, mapping.name, current));
  }
  try {
    const connectors = await app.connect(mapping, loadSecrets(app, mapping), current.deps.database);
    const wrong = await unfit(current.deps, connectors, mapping, { file: path, text });
    if (wrong.length > 0) return refuse(current, unfitFile(path, wrong, current.version));
    const next = await useMapping({ ...current.deps, connectors }, mapping, text);
    return { kind: "changed", next };
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    return refuse(current, noKey(path, error.message, current.version));
  }
}

async function refuse({ deps, mapping }: MappingInUse, problem: Problem): Promise<Reloaded> {
  const store = await openStore(deps.database, mapping.name);
  await saveConnectionProblems(store, "mapping", [problem], deps.now());
  return { kind: "refused", problem };
}

function brokenFile(path: string, diagnostics: readonly Diagnostic[], version: number): Problem {
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  const [first] = errors;
  const where = first === undefined ? "" : ` First: line ${first.line}, ${first.message}.`;
  return rejection(
    path,
    `The mapping file has ${counted(errors.length, "error")}. Still using version ${version}`,
    `${path} was changed and cannot be used.${where}`,
    [
      `Run \`tandem check --config ${path}\`: it shows each error at its place.`,
      "Save the file again when it is clean.",
    ],
  );
}

/** A file that is right in itself, and that an account contradicts. */
function unfitFile(path: string, diagnostics: readonly Diagnostic[], version: number): Problem {
  const [first] = diagnostics;
  const where = first === undefined ? "" : ` First: line ${first.line}, ${first.message}.`;
  return rejection(
    path,
    `The mapping file does not fit the accounts. Still using version ${version}`,
    `${path} was changed and has ${counted(diagnostics.length, "error")}.${where}`,
    [
      `Run \`tandem check --remote --config ${path}\`: it shows each error at its place.`,
      "Fix the file, or what it names in HubSpot or Klaviyo, and save the file again.",
    ],
  );
}

function otherConnection(path: string, name: string, { mapping, version }: MappingInUse): Problem {
  return rejection(
    path,
    `The mapping file names another connection. Still using version ${version}`,
    `${path} says \`name: ${name}\` now; this daemon keeps ${mapping.name} in step.`,
    [`Put \`name: ${mapping.name}\` back, or stop the daemon and start it for ${name}.`],
  );
}

function noKey(path: string, why: string, version: number): Problem {
  const title = `The mapping file names a key that is not there. Still using version ${version}`;
  return rejection(path, title, why, [`Put the key in its place, then save ${path} again.`]);
}

function rejection(path: string, title: string, explanation: string, fix: readonly string[]): Problem {
  return {
    code: "SK-MAPPING",
    level: "mapping",
    side: null,
    field: null,
    title,
    explanation,
    fix,
    retry: "on_change",
    reference: path,
  };
}
