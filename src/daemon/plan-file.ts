import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { rename, rm, stat } from "node:fs/promises";
import { createInterface } from "node:readline";
import { pipeline } from "node:stream/promises";
import { z } from "zod";
import type { EmailKey } from "../model/email.ts";
import type { PlannedOperation } from "../plan/plan-contact.ts";

/** How long a saved plan may be applied: after that too much has moved for it to mean what was read. */
export const PLAN_VALID_MS = 3_600_000;

/** A first line is some 200 characters; what is longer without a break is something else. */
const LONGEST_HEADER = 4_096;

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

/** What is not a plan that can be applied. The cure names no file: this one may be something that is needed. */
export class BadPlanFile extends Error {
  constructor(path: string, why: string) {
    super(`${path} ${why}.\n  fix: Make a plan and look at it: tandem plan --out FILE`);
    this.name = "BadPlanFile";
  }
}

/** A plan that has no place where it was to be saved. */
export class PlanNotSaved extends Error {
  constructor(path: string, why: string) {
    super(`${path} ${why}.\n  fix: Name another file for the plan: --out FILE`);
    this.name = "PlanNotSaved";
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
  z.strictObject({
    kind: z.literal("stamp"),
    side: z.literal("hubspot"),
    id: z.string(),
    fields,
    pre: fields,
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
 * with which hash; a file that was cut off or edited is told by it. It appears when it is whole, and a plan that is not
 * kept leaves what was there.
 *
 * @param keeps is it worth keeping with so many people? Default: any
 * @returns how many people are in it, and the hash
 * @throws PlanNotSaved where it cannot be written there
 */
export async function writePlanFile(
  path: string,
  about: PlanHeader,
  people: AsyncIterable<PlannedPerson> | Iterable<PlannedPerson>,
  keeps: (people: number) => boolean = () => true,
): Promise<{ readonly people: number; readonly hash: string }> {
  const half = (await isReplaced(path)) ? `${path}.half` : path;
  const hash = createHash("sha256");
  const sum = { people: 0, hash: "" };
  let fault: unknown = null;
  async function* lines(): AsyncGenerator<string> {
    yield `${JSON.stringify({ tandem: 1, ...about })}\n`;
    try {
      for await (const { email, operations } of people) {
        const line = JSON.stringify({ email, operations });
        hash.update(line);
        sum.people += 1;
        yield `${line}\n`;
      }
    } catch (error) {
      fault = error;
      throw error;
    }
    sum.hash = hash.digest("hex");
    yield `${JSON.stringify(sum)}\n`;
  }
  try {
    await pipeline(lines, createWriteStream(half, { mode: 0o600 }));
    if (half === path) return sum;
    if (keeps(sum.people)) await rename(half, path);
    else await rm(half);
    return sum;
  } catch (error) {
    if (half !== path) await rm(half, { force: true });
    if (error === fault) throw error;
    throw new PlanNotSaved(
      path,
      `cannot be written: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** A device or a pipe is written to, never replaced: renaming over /dev/null would take it from the whole machine. */
async function isReplaced(path: string): Promise<boolean> {
  const there = await stat(path).catch(() => null);
  return there === null || there.isFile();
}

/** Its first line alone. @throws BadPlanFile for what does not begin as a plan */
export async function readPlanHeader(path: string): Promise<PlanHeader> {
  const input = createReadStream(path, { encoding: "utf8", end: LONGEST_HEADER });
  try {
    for await (const text of createInterface({ input, crlfDelay: Infinity })) return headerOf(path, text);
  } finally {
    input.destroy();
  }
  throw new BadPlanFile(path, "is empty");
}

function headerOf(path: string, text: string): PlanHeader {
  const { tandem: _version, ...about } = fit(path, header, parsed(path, text));
  return about;
}

/** @throws BadPlanFile for what is no plan, or not whole, or was edited */
export async function readPlanFile(path: string): Promise<SavedPlan> {
  if ((await stat(path)).isDirectory()) throw new BadPlanFile(path, "is a folder");
  const lines = createInterface({ input: createReadStream(path, "utf8"), crlfDelay: Infinity });
  const hash = createHash("sha256");
  const people = new Map<EmailKey, readonly PlannedOperation[]>();
  let about: PlanHeader | null = null;
  let end: z.infer<typeof footer> | null = null;
  let count = 0;
  for await (const text of lines) {
    if (about === null) {
      about = headerOf(path, text);
      continue;
    }
    const line = parsed(path, text);
    const ends = footer.safeParse(line);
    if (ends.success) {
      end = ends.data;
      continue;
    }
    const { email, operations } = fit(path, person, line);
    hash.update(JSON.stringify({ email, operations }));
    count += 1;
    // Of one person the fields and the stamps may stand on lines apart.
    people.set(email as EmailKey, [...(people.get(email as EmailKey) ?? []), ...operations]);
  }
  if (about === null || end === null) throw new BadPlanFile(path, "is not whole");
  if (end.hash !== hash.digest("hex") || end.people !== count) {
    throw new BadPlanFile(path, "was changed after it was saved");
  }
  return { ...about, people, hash: end.hash };
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
