import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { open, rename } from "node:fs/promises";
import { join } from "node:path";
import { flatten, unflatten } from "../flatten.ts";
import type { HubspotData } from "../hubspot/state.ts";
import type { KlaviyoData } from "../klaviyo/state/state.ts";
import type { WorldData } from "../world.ts";
import type { Story } from "./story.ts";

/** Both rehearsal servers at one moment: all that the next start needs to be the same two accounts. */
export interface Snapshot {
  /** The sandbox's time when it was taken, and how far that was ahead of the machine's; milliseconds. */
  readonly at: number;
  readonly ahead: number;
  /** Taken when everything had stopped: nothing happened after it. */
  readonly final: boolean;
  readonly ports: { readonly hubspot: number; readonly klaviyo: number };
  readonly story: Story;
  readonly hubspot: { readonly world: WorldData; readonly portal: HubspotData };
  readonly klaviyo: { readonly world: WorldData; readonly account: KlaviyoData };
}

/** A snapshot that cannot be gone on from. */
export class UnusableSnapshot extends Error {
  constructor(path: string, why: string) {
    super(`${path} cannot be continued from: ${why}.`);
    this.name = "UnusableSnapshot";
  }
}

/** Raise it with every change of what is kept, or of what it means: an older file is then refused, not misread. */
const FORMAT = 2;
const FILE = "rehearsal.json";

/**
 * The snapshot of a folder, or null where there is none.
 *
 * @throws UnusableSnapshot where it is of another format or not whole
 */
export function readSnapshot(folder: string): Snapshot | null {
  const path = join(folder, FILE);
  const text = textOf(path);
  if (text === null) return null;
  const { format, digest, entries } = documentIn(text);
  if (format === undefined || !Array.isArray(entries)) throw new UnusableSnapshot(path, "it is not whole");
  if (format !== FORMAT)
    throw new UnusableSnapshot(
      path,
      `it is of format ${JSON.stringify(format)}, and this Tandem keeps format ${FORMAT}`,
    );
  if (digest !== digestOf(JSON.stringify(entries)))
    throw new UnusableSnapshot(path, "somebody changed it, or its disk did");
  // Of our format, and not a letter of it changed: it is what `writeSnapshot` was given.
  return unflatten(entries) as Snapshot;
}

/** Writes it whole or not at all: a process that is killed on the way leaves the one before it. */
export async function writeSnapshot(folder: string, snapshot: Snapshot): Promise<void> {
  const entries = JSON.stringify(flatten(snapshot));
  const path = join(folder, FILE);
  const unfinished = `${path}.new`;
  const file = await open(unfinished, "w", 0o600);
  try {
    await file.writeFile(`{"format":${FORMAT},"digest":"${digestOf(entries)}","entries":${entries}}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(unfinished, path);
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return null;
    throw new UnusableSnapshot(path, cause instanceof Error ? cause.message : String(cause));
  }
}

function documentIn(text: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === "object" && parsed !== null ? { ...parsed } : {};
  } catch {
    return {};
  }
}

function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
