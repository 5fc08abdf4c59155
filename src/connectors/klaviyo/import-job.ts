import { z } from "zod";
import { emailKey } from "../../model/email.ts";
import type { Problem } from "../../model/problem.ts";
import { SystemUnavailable } from "../../model/problem.ts";
import type { WriteResult } from "../connector.ts";
import type { Timing } from "../governor.ts";
import type { ProfileBody } from "./client.ts";
import { KlaviyoFailure } from "./failure.ts";
import { pages } from "./pages.ts";
import { unjoined } from "./own-problems.ts";
import { problemOfFailure } from "./problems.ts";
import { draftOf, sizeOf } from "./profile-body.ts";
import type { ImportError } from "./wire.ts";
import { importErrorPage, importJobAnswer } from "./wire.ts";
import type { ContentOperation, WriteSettings } from "./write-single.ts";
import { LARGEST_PROFILE, tooLarge, typesOf } from "./write-single.ts";

export interface ImportSettings extends WriteSettings, Timing {
  /** How long a job may take before its outcome is left to be found by reading. Milliseconds. */
  readonly budgetMs: number;
}

/** `single`: not done, and better sent by itself, where what is wrong with it can be told and left out. */
export type ImportResult = WriteResult | "single";

interface Row {
  readonly operation: ContentOperation;
  readonly body: ProfileBody;
  readonly problems: readonly Problem[];
}

/** Klaviyo takes 10,000 profiles and 5 MB in a job; a part is left for what surrounds them. */
const LARGEST_JOB = 10_000;
const LARGEST_BODY = 4_500_000;
/** Below this, halving a refused job costs more than sending its profiles one by one. */
const SMALLEST_JOB = 25;
const FIRST_WAIT_MS = 500;
/** How long Klaviyo takes is documented nowhere. A large job that is asked about too early is only asked once more. */
const WAIT_PER_PROFILE_MS = 1;
const LONGEST_WAIT_MS = 10_000;

/**
 * Writes creates and updates that empty nothing (an import ignores nulls) as import jobs, all to one list or none. A job
 * tells neither ids nor what it stored. Rejects with `SystemUnavailable` where nothing at all was sent.
 */
export async function importAll(
  settings: ImportSettings,
  operations: readonly ContentOperation[],
  list: string | null,
): Promise<ReadonlyMap<ContentOperation, ImportResult>> {
  const results = new Map<ContentOperation, ImportResult>();
  const typeOf = typesOf(settings.properties);
  const rows: Row[] = [];
  for (const operation of operations) {
    const target = operation.kind === "create" ? { email: operation.email } : { id: operation.id };
    const { body, properties, problems } = draftOf(operation.values, typeOf, new Set(), target);
    if (sizeOf(body) > LARGEST_PROFILE) {
      results.set(operation, { outcome: "refused", problem: tooLarge(operation) });
    } else if (operation.kind === "update" && properties.length === 0) {
      results.set(operation, doneBlind(operation, problems));
    } else rows.push({ operation, body, problems });
  }
  try {
    for (const part of partsOf(rows)) await importPart(settings, part, list, results);
  } catch (error) {
    if (results.size === 0 || !(error instanceof SystemUnavailable || settings.signal.aborted)) throw error;
    for (const { operation } of rows) {
      if (!results.has(operation)) results.set(operation, { outcome: "unknown" });
    }
  }
  return results;
}

/** Puts people who were just imported on one more list: a job takes only one. Answers with what went wrong, if it did. */
export async function importToList(
  settings: ImportSettings,
  emails: readonly string[],
  list: string,
): Promise<Problem | null> {
  const bodies = emails.map((email) => ({ attributes: { email }, unset: [] }));
  try {
    const job = await submit(settings, bodies, list);
    const errors = await finished(settings, job, emails.length);
    return errors?.length === 0 ? null : unjoined(list);
  } catch (error) {
    if (!(error instanceof KlaviyoFailure)) throw error;
    return problemOfFailure(error, { list });
  }
}

async function importPart(
  settings: ImportSettings,
  rows: readonly Row[],
  list: string | null,
  results: Map<ContentOperation, ImportResult>,
): Promise<void> {
  const all = (result: (row: Row) => ImportResult, some = rows): void => {
    for (const row of some) results.set(row.operation, result(row));
  };
  let job: string;
  try {
    job = await submit(
      settings,
      rows.map(({ body }) => body),
      list,
    );
  } catch (error) {
    if (!(error instanceof KlaviyoFailure)) throw error;
    if (error.ambiguous) return all(() => ({ outcome: "unknown" }));
    // One by one, each then says what is wrong with it; also of a list that is gone.
    if (error.status === 404 || rows.length <= SMALLEST_JOB) return all(() => "single");
    const named = new Set(error.errors.map(({ source }) => indexIn(source?.pointer)));
    const bad = rows.filter((_, index) => named.has(index));
    if (bad.length > 0) {
      all(() => "single", bad);
      const good = rows.filter((_, index) => !named.has(index));
      return good.length === 0 ? undefined : importPart(settings, good, list, results);
    }
    const middle = Math.ceil(rows.length / 2);
    await importPart(settings, rows.slice(0, middle), list, results);
    return importPart(settings, rows.slice(middle), list, results);
  }

  let errors: readonly ImportError[] | null;
  try {
    errors = await finished(settings, job, rows.length);
  } catch (error) {
    // It was sent; whatever is wrong now, only reading can tell what became of it.
    if (!(error instanceof SystemUnavailable || error instanceof KlaviyoFailure || settings.signal.aborted))
      throw error;
    errors = null;
  }
  if (errors === null) return all(() => ({ outcome: "unknown" }));
  const failed = new Set(errors.map((error) => rowOf(error, rows)));
  // An error that cannot be told whose it is leaves everybody in doubt.
  const doubt = failed.has(null);
  all((row) => {
    if (failed.has(row)) return "single";
    return doubt ? { outcome: "unknown" } : doneBlind(row.operation, row.problems);
  });
}

async function submit(
  { calls, client, signal }: ImportSettings,
  bodies: readonly ProfileBody[],
  list: string | null,
): Promise<string> {
  const { data } = await calls.write(client.importProfiles(bodies, list), importJobAnswer, signal);
  return data.data.id;
}

/** The errors of a job that has come to its end; `null` where it has not in time, was cancelled, or hides some. */
async function finished(
  { calls, client, signal, now, sleep, budgetMs }: ImportSettings,
  job: string,
  profiles: number,
): Promise<readonly ImportError[] | null> {
  const deadline = now() + budgetMs;
  const first = Math.min(Math.max(FIRST_WAIT_MS, profiles * WAIT_PER_PROFILE_MS), LONGEST_WAIT_MS);
  for (let wait = first; ; wait = Math.min(wait * 1.6, LONGEST_WAIT_MS)) {
    await sleep(Math.round(wait), signal);
    const { data } = await calls.read(client.importJob(job), importJobAnswer, signal, [404]);
    const { status, failed_count } = data.data.attributes;
    if (status === "complete") {
      const errors = failed_count === 0 ? [] : await errorsOf({ calls, client, signal }, job);
      return errors.length >= (failed_count ?? 0) ? errors : null;
    }
    if (status === "cancelled" || now() >= deadline) return null;
  }
}

async function errorsOf(
  { calls, client, signal }: Pick<ImportSettings, "calls" | "client" | "signal">,
  job: string,
): Promise<readonly ImportError[]> {
  const errors: ImportError[] = [];
  const call = (cursor: string | null) => client.importErrors(job, cursor);
  for await (const page of pages(calls, client.origin, importErrorPage, call, null, signal)) {
    errors.push(...page.data.data);
  }
  return errors;
}

const identifiers = z.object({
  id: z.string().optional().catch(undefined),
  email: z.string().optional().catch(undefined),
});
/** Not documented: a resource, its attributes alone, or a resource in its document. */
const payload = z.union([
  z
    .object({ data: z.object({ id: z.string().optional(), attributes: identifiers }) })
    .transform(({ data }) => data),
  z.object({ id: z.string().optional(), attributes: identifiers }),
  identifiers.transform((attributes) => ({ id: attributes.id, attributes })),
]);

/** Whose error it is: by the address or id in what was sent, then by its place in the request. */
function rowOf({ attributes }: ImportError, rows: readonly Row[]): Row | null {
  const parsed = payload.safeParse(attributes.original_payload);
  const email = parsed.success ? emailKey(parsed.data.attributes.email) : null;
  const id = parsed.success ? parsed.data.id : undefined;
  const same = rows.find(
    ({ operation }) =>
      (operation.kind === "create" && email !== null && operation.email === email) ||
      (operation.kind === "update" && id !== undefined && operation.id === id),
  );
  return same ?? rows[indexIn(attributes.source?.pointer)] ?? null;
}

/** The place of a profile in the request that a pointer names; -1 for none. */
function indexIn(pointer: string | undefined): number {
  return Number(/\/profiles\/data\/(\d+)/.exec(pointer ?? "")?.[1] ?? -1);
}

function doneBlind(operation: ContentOperation, refused: readonly Problem[]): WriteResult {
  const id = operation.kind === "update" ? operation.id : null;
  return { outcome: "done", id, stored: null, updatedAt: null, refused };
}

function partsOf(rows: readonly Row[]): readonly (readonly Row[])[] {
  const parts: Row[][] = [];
  let bytes = 0;
  for (const row of rows) {
    const size = sizeOf(row.body);
    const last = parts.at(-1);
    if (last === undefined || last.length >= LARGEST_JOB || bytes + size > LARGEST_BODY) {
      parts.push([row]);
      bytes = size;
    } else {
      last.push(row);
      bytes += size;
    }
  }
  return parts;
}
