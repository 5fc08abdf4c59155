import type { Hmac } from "node:crypto";
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { rename, rm, stat } from "node:fs/promises";
import { createInterface } from "node:readline";
import { pipeline } from "node:stream/promises";
import type { z } from "zod";
import type { EmailKey } from "../../model/email.ts";
import type { PlannedOperation } from "../../plan/planned.ts";
import type { WriteFilter } from "../../store/writes/writes-by-link.ts";
import { ANY_HEADER, FOOTER, HEADER, PERSON } from "./plan-file-shape.ts";

/** How long a saved plan may be applied: after that too much has moved for it to mean what was read. */
export const PLAN_VALID_MS = 3_600_000;

/** A first line is some 200 characters; what is longer without a break is something else. */
const LONGEST_HEADER = 4_096;

/** What a saved plan is of. */
export type PlanHeader = {
  readonly connection: string;
  /** The mapping's hash: under another mapping it is another plan. */
  readonly mapping: string;
  /** ISO. */
  readonly made: string;
} & (
  | { readonly kind: "plan" }
  /** `undoes`: the writes that it puts back. The journal is asked for them again when it is applied. */
  | { readonly kind: "undo"; readonly undoes: WriteFilter }
);

/** What is to be done about one person: a link, because an address may be another person's by the time of the apply. */
export interface PlannedPerson {
  /** `null`: their contact need not be linked, and only stamps of their last activity are put back. */
  readonly link: bigint | null;
  /** As it was when the plan was made; for people to read. */
  readonly email: EmailKey;
  readonly operations: readonly PlannedOperation[];
}

export type SavedPlan = PlanHeader & {
  readonly people: readonly PlannedPerson[];
  /** 64 hexadecimal digits over all people. */
  readonly hash: string;
};

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

/**
 * Saves a plan, a line a person, so that one of any size is written in little memory. The last line says how many and
 * with which hash, and holds a seal over the whole file, header included, that only this installation's key makes. The
 * file appears when it is whole, and a plan that is not kept leaves what was there.
 *
 * @param key the installation's key for files
 * @param keeps is it worth keeping with so many people? Default: any
 * @returns how many people are in it, and the hash
 * @throws PlanNotSaved where it cannot be written there
 */
export async function writePlanFile(
  path: string,
  key: Uint8Array,
  about: PlanHeader,
  people: AsyncIterable<PlannedPerson> | Iterable<PlannedPerson>,
  keeps: (people: number) => boolean = () => true,
): Promise<{ readonly people: number; readonly hash: string }> {
  const half = (await isReplaced(path)) ? `${path}.half` : path;
  const hash = createHash("sha256");
  const mac = createHmac("sha256", key);
  const sum = { people: 0, hash: "" };
  const sealed = (line: string): string => {
    mac.update(`${line}\n`);
    return `${line}\n`;
  };
  let fault: unknown = null;
  async function* lines(): AsyncGenerator<string> {
    yield sealed(JSON.stringify(headerLine(about)));
    try {
      for await (const { link, email, operations } of people) {
        const line = JSON.stringify({ link: link === null ? null : String(link), email, operations });
        hash.update(line);
        sum.people += 1;
        yield sealed(line);
      }
    } catch (error) {
      fault = error;
      throw error;
    }
    sum.hash = hash.digest("hex");
    yield `${JSON.stringify({ ...sum, seal: sealOf(mac, sum).toString("hex") })}\n`;
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

function sealOf(mac: Hmac, { people, hash }: { readonly people: number; readonly hash: string }): Buffer {
  return mac.update(`${people} ${hash}`).digest();
}

function headerLine(about: PlanHeader): z.infer<typeof HEADER> {
  if (about.kind === "plan") return { tandem: 2, ...about };
  const { runId, email, fields, since } = about.undoes;
  const undoes = {
    ...(runId === undefined ? {} : { runId: String(runId) }),
    ...(email === undefined ? {} : { email }),
    ...(fields === undefined ? {} : { fields: [...fields] }),
    ...(since === undefined ? {} : { since: since.toISOString() }),
  };
  return { tandem: 2, ...about, undoes };
}

function headerOf({ tandem: _version, ...line }: z.infer<typeof HEADER>): PlanHeader {
  if (line.kind === "plan") return line;
  const { runId, email, fields, since } = line.undoes;
  const undoes = {
    ...(runId === undefined ? {} : { runId: BigInt(runId) }),
    ...(email === undefined ? {} : { email }),
    ...(fields === undefined ? {} : { fields }),
    ...(since === undefined ? {} : { since: new Date(since) }),
  };
  return { ...line, undoes };
}

/** A device or a pipe is written to, never replaced: renaming over /dev/null would take it from the whole machine. */
async function isReplaced(path: string): Promise<boolean> {
  const there = await stat(path).catch(() => null);
  return there === null || there.isFile();
}

/**
 * Does it begin as a plan? Asked before a file is replaced; that it is whole and ours is not asked.
 *
 * @throws BadPlanFile for what does not
 */
export async function checkPlanHeader(path: string): Promise<void> {
  const input = createReadStream(path, { encoding: "utf8", end: LONGEST_HEADER });
  try {
    for await (const text of createInterface({ input, crlfDelay: Infinity })) {
      fit(path, ANY_HEADER, parsed(path, text));
      return;
    }
  } finally {
    input.destroy();
  }
  throw new BadPlanFile(path, "is empty");
}

/**
 * Reads a plan that this installation saved.
 *
 * @param key the installation's key for files
 * @throws BadPlanFile for what is no plan, or not whole, or was edited, or was made anywhere else
 */
export async function readPlanFile(path: string, key: Uint8Array): Promise<SavedPlan> {
  if ((await stat(path)).isDirectory()) throw new BadPlanFile(path, "is a folder");
  const lines = createInterface({ input: createReadStream(path, "utf8"), crlfDelay: Infinity });
  const hash = createHash("sha256");
  const mac = createHmac("sha256", key);
  const people: PlannedPerson[] = [];
  let about: PlanHeader | null = null;
  let end: z.infer<typeof FOOTER> | null = null;
  for await (const text of lines) {
    if (end !== null) throw notOurs(path);
    const line = parsed(path, text);
    const ends = FOOTER.safeParse(line);
    if (about !== null && ends.success) {
      end = ends.data;
      continue;
    }
    mac.update(`${text}\n`);
    if (about === null) {
      about = headerOf(fit(path, HEADER, line));
      continue;
    }
    const { link, email, operations } = fit(path, PERSON[about.kind], line);
    hash.update(text);
    people.push({ link: link === null ? null : BigInt(link), email: email as EmailKey, operations });
  }
  if (about === null || end === null) throw new BadPlanFile(path, "is not whole");
  const sum = { people: people.length, hash: hash.digest("hex") };
  const isOurs = timingSafeEqual(sealOf(mac, sum), Buffer.from(end.seal, "hex"));
  if (!isOurs || end.people !== sum.people || end.hash !== sum.hash) throw notOurs(path);
  return { ...about, people, hash: sum.hash };
}

function notOurs(path: string): BadPlanFile {
  return new BadPlanFile(path, "was changed after it was saved, or was not made by this installation");
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
