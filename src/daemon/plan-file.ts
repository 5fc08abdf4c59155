import { createHash } from "node:crypto";
import { once } from "node:events";
import { createReadStream, createWriteStream } from "node:fs";
import { rename, stat } from "node:fs/promises";
import { createInterface } from "node:readline";
import { finished } from "node:stream/promises";
import { z } from "zod";
import type { EmailKey } from "../model/email.ts";
import type { PlannedOperation } from "../plan/plan-contact.ts";

/** How long a saved plan may be applied: after that too much has moved for it to mean what was read. */
export const PLAN_VALID_MS = 3_600_000;

/** What a saved plan is of. */
export interface PlanHeader {
  readonly kind: "plan" | "undo";
  readonly connection: string;
  /** The mapping's hash: under another mapping it is another plan. */
  readonly mapping: string;
  /** ISO. */
  readonly made: string;
}

/** What is to be done about one person. */
export interface PlannedPerson {
  readonly email: EmailKey;
  readonly operations: readonly PlannedOperation[];
}

export interface SavedPlan extends PlanHeader {
  readonly people: ReadonlyMap<EmailKey, readonly PlannedOperation[]>;
  /** 64 hexadecimal digits over all people. */
  readonly hash: string;
}

/** What is not a plan that can be applied, and what to do about it. */
export class BadPlanFile extends Error {
  constructor(path: string, why: string) {
    super(`${path} ${why}. Make a new one with \`tandem plan --out ${path}\`.`);
    this.name = "BadPlanFile";
  }
}

const value = z.union([z.string(), z.boolean(), z.array(z.string()), z.null()]);
const fields = z.record(z.string(), value);
const side = z.enum(["hubspot", "klaviyo"]);
const from = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("all") }),
  z.strictObject({ kind: z.literal("list"), list: z.string() }),
  z.strictObject({ kind: z.literal("type"), type: z.string() }),
]);
const operation = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("create"), side, fields, lists: z.array(z.string()) }),
  z.strictObject({ kind: z.literal("update"), side, id: z.string(), fields, pre: fields }),
  z.strictObject({ kind: z.literal("add_to_list"), side, id: z.string(), list: z.string() }),
  z.strictObject({ kind: z.literal("remove_from_list"), side, id: z.string(), list: z.string() }),
  z.strictObject({ kind: z.literal("opt_out"), side, id: z.string(), from }),
  z.strictObject({
    kind: z.literal("subscribe"),
    side: z.literal("klaviyo"),
    id: z.string(),
    list: z.string(),
  }),
]);
const header = z.strictObject({
  tandem: z.literal(1),
  kind: z.enum(["plan", "undo"]),
  connection: z.string(),
  mapping: z.string(),
  made: z.iso.datetime(),
});
const person = z.strictObject({ email: z.string(), operations: z.array(operation) });
const footer = z.strictObject({ people: z.int().min(0), hash: z.string().length(64) });

/**
 * Saves a plan, a line a person, so that one of any size is written in little memory. The last line says how many and
 * with which hash; a file that was cut off or edited is told by it.
 *
 * @returns how many people are in it, and the hash
 */
export async function writePlanFile(
  path: string,
  about: PlanHeader,
  people: AsyncIterable<PlannedPerson> | Iterable<PlannedPerson>,
): Promise<{ readonly people: number; readonly hash: string }> {
  // A device or a pipe is written to, never replaced: renaming over /dev/null would take it from the whole machine.
  const there = await stat(path).catch(() => null);
  const replaced = there === null || there.isFile();
  const half = replaced ? `${path}.half` : path;
  const file = createWriteStream(half, { mode: 0o600 });
  const ended = finished(file);
  const write = async (line: unknown): Promise<void> => {
    if (!file.write(`${JSON.stringify(line)}\n`)) await once(file, "drain");
  };
  const hash = createHash("sha256");
  let count = 0;
  await write({ tandem: 1, ...about });
  for await (const { email, operations } of people) {
    const line = { email, operations };
    hash.update(JSON.stringify(line));
    count += 1;
    await write(line);
  }
  const sum = { people: count, hash: hash.digest("hex") };
  await write(sum);
  file.end();
  await ended;
  if (replaced) await rename(half, path);
  return sum;
}

/** @throws BadPlanFile for what is no plan, or not whole, or was edited */
export async function readPlanFile(path: string): Promise<SavedPlan> {
  const lines = createInterface({ input: createReadStream(path, "utf8"), crlfDelay: Infinity });
  const hash = createHash("sha256");
  const people = new Map<EmailKey, readonly PlannedOperation[]>();
  let about: z.infer<typeof header> | null = null;
  let end: z.infer<typeof footer> | null = null;
  for await (const text of lines) {
    const line = parsed(path, text);
    if (about === null) {
      about = fit(path, header, line);
      continue;
    }
    const ends = footer.safeParse(line);
    if (ends.success) {
      end = ends.data;
      continue;
    }
    const { email, operations } = fit(path, person, line);
    hash.update(JSON.stringify({ email, operations }));
    people.set(email as EmailKey, operations);
  }
  if (about === null || end === null) throw new BadPlanFile(path, "is not whole");
  if (end.hash !== hash.digest("hex") || end.people !== people.size) {
    throw new BadPlanFile(path, "was changed after it was saved");
  }
  const { tandem: _version, ...rest } = about;
  return { ...rest, people, hash: end.hash };
}

function parsed(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new BadPlanFile(path, "is no saved plan");
  }
}

function fit<T>(path: string, schema: z.ZodType<T>, line: unknown): T {
  const result = schema.safeParse(line);
  if (!result.success) throw new BadPlanFile(path, "is no saved plan of this version");
  return result.data;
}
