import { z } from "zod";
import type { ExternalId } from "../../../model/contact.ts";
import type { EmailKey } from "../../../model/email.ts";
import { emailKey } from "../../../model/email.ts";
import type { Operation } from "../../../model/operation.ts";
import type { Problem } from "../../../model/problem.ts";
import { SystemUnavailable } from "../../../model/problem.ts";
import type { WriteResult } from "../../connector.ts";
import type { WriteProgress } from "../../write-progress.ts";
import type { ProfileBody } from "../wire/put-together.ts";
import { KlaviyoFailure } from "../problems/failure.ts";
import type { ImportSettings, JobEnd } from "./job-end.ts";
import { endOf } from "./job-end.ts";
import { madeProfiles } from "./made-profiles.ts";
import { unjoined } from "../problems/own-problems.ts";
import { problemOfFailure } from "../problems/problems.ts";
import type { Draft } from "./profile-body.ts";
import { draftOf, sizeOf } from "./profile-body.ts";
import type { ImportError } from "../wire/wire.ts";
import { importJobAnswer } from "../wire/wire.ts";
import type { ContentOperation } from "./write-single.ts";
import { LARGEST_PROFILE, isContent, tooLarge, typesOf } from "./write-single.ts";

interface Row {
  readonly planned: ContentOperation;
  /** As the gate left it. */
  readonly operation: ContentOperation;
  readonly body: ProfileBody;
  readonly problems: readonly Problem[];
}

/**
 * Klaviyo takes 10,000 profiles and 5 MB in a job; a part is left for what surrounds them. Of updates only so many can be
 * read again, a hundred a call, within the seconds that a reading is good for.
 */
export const LARGEST_JOB = 2_000;
const LARGEST_BODY = 4_500_000;
/** Below this, halving a refused job costs more than sending its profiles one by one. */
const SMALLEST_JOB = 25;

/**
 * Writes creates and updates that empty nothing (an import ignores nulls) as import jobs, all to one list or none. A job
 * does not tell what it stored; of a small one the ids of the profiles it made are listed.
 *
 * @returns those that were not done and are better sent one by one, where what is wrong with them can be told and left out
 */
export async function importAll(
  settings: ImportSettings,
  operations: readonly ContentOperation[],
  list: string | null,
  progress: WriteProgress,
): Promise<ReadonlySet<ContentOperation>> {
  const oneByOne = new Set<ContentOperation>();
  const rows: Row[] = [];
  for (const operation of operations) {
    const { body, properties, problems } = draftIn(settings, operation);
    if (sizeOf(body) > LARGEST_PROFILE) {
      progress.settle(operation, { outcome: "refused", problem: tooLarge(operation) });
    } else if (operation.kind === "update" && properties.length === 0) {
      progress.settle(operation, doneBlind(operation, problems));
    } else rows.push({ planned: operation, operation, body, problems });
  }
  for (const part of partsOf(rows)) await importPart({ ...settings, progress, oneByOne }, part, list);
  return oneByOne;
}

function draftIn({ properties }: ImportSettings, operation: ContentOperation): Draft {
  const target = operation.kind === "create" ? { email: operation.email } : { id: operation.id };
  return draftOf(operation.values, typesOf(properties), new Set(), target);
}

/** Puts people who were just imported on one more list: a job takes only one. Answers with what went wrong, if it did. */
export async function importToList(
  settings: ImportSettings,
  emails: readonly string[],
  list: string,
): Promise<Problem | null> {
  const bodies = emails.map((email) => ({ attributes: { email }, unset: [] }));
  try {
    const { calls, client, gate, signal } = settings;
    // Nothing of them is changed by it but who is on the list.
    const prepare = async () => client.importProfiles(await gate.permit(), bodies, list);
    const answer = await calls.write("bulk_import_profiles", prepare, importJobAnswer, signal);
    if (answer === null) return unjoined(list);
    const end = await endOf(settings, answer.data.data.id, emails.length);
    return end.kind === "complete" && end.errors.length === 0 ? null : unjoined(list);
  } catch (error) {
    if (!(error instanceof KlaviyoFailure)) throw error;
    return problemOfFailure(error, { list });
  }
}

interface Importing extends ImportSettings {
  readonly progress: WriteProgress;
  readonly oneByOne: Set<ContentOperation>;
}

async function importPart(settings: Importing, planned: readonly Row[], list: string | null): Promise<void> {
  const { calls, client, gate, signal, progress, oneByOne } = settings;
  const request = progress.request();
  let rows = planned;
  const prepare = async () => {
    const admitted = await gate.admit(
      planned.map(({ operation }) => operation),
      "import",
    );
    const still = new Map(admitted?.operations.map((operation) => [operation.traceId, operation]));
    rows = planned.flatMap((row) => stillWanted(settings, row, still));
    // A job is sent again only where the attempt before did nothing.
    request.didNothing();
    if (admitted === null || rows.length === 0) return null;
    request.goes(rows.map(({ operation }) => operation));
    return client.importProfiles(
      admitted.permit,
      rows.map(({ body }) => body),
      list,
    );
  };
  const all = (result: (row: Row) => WriteResult | "one by one", some = rows): void => {
    for (const row of some) {
      const told = result(row);
      if (told === "one by one") oneByOne.add(row.planned);
      progress.settle(row.planned, told === "one by one" ? { outcome: "not_sent" } : told);
    }
  };
  let job: string;
  try {
    const answer = await calls.write("bulk_import_profiles", prepare, importJobAnswer, signal);
    if (answer === null) return await inHalves(settings, planned, list);
    job = answer.data.data.id;
    await gate.accepted(
      rows.map(({ operation }) => operation),
      job,
    );
  } catch (error) {
    if (error instanceof SystemUnavailable) request.didNothing();
    if (!(error instanceof KlaviyoFailure)) throw error;
    if (error.ambiguous) return;
    request.didNothing();
    // One by one, each then says what is wrong with it; also of a list that is gone.
    if (error.status === 404 || rows.length <= SMALLEST_JOB) return all(() => "one by one");
    const named = new Set(error.errors.map(({ source }) => indexIn(source?.pointer)));
    const bad = rows.filter((_, index) => named.has(index));
    if (bad.length > 0) {
      all(() => "one by one", bad);
      const good = rows.filter((_, index) => !named.has(index));
      return good.length === 0 ? undefined : importPart(settings, good, list);
    }
    const middle = Math.ceil(rows.length / 2);
    await importPart(settings, rows.slice(0, middle), list);
    return importPart(settings, rows.slice(middle), list);
  }

  let end: JobEnd;
  try {
    end = await endOf(settings, job, rows.length);
  } catch (error) {
    // It was accepted; whatever is wrong now, a later run asks what became of it.
    if (!(error instanceof SystemUnavailable || error instanceof KlaviyoFailure || signal.aborted))
      throw error;
    end = { kind: "running" };
  }
  if (end.kind === "running") return all(() => ({ outcome: "pending" }));
  if (end.kind === "unclear") return;
  const { errors } = end;
  const failed = new Set(errors.map((error) => rowOf(error, rows)));
  // An error that names nobody may be about anybody.
  const unclear = failed.has(null);
  const sent = rows.filter((row) => !failed.has(row)).map(({ operation }) => operation);
  const made = unclear
    ? new Map<EmailKey, ExternalId>()
    : await madeProfiles(
        settings,
        job,
        sent.flatMap((operation) => (operation.kind === "create" ? operation.email : [])),
        sent.flatMap((operation) => (operation.kind === "update" ? operation.id : [])),
      );
  all((row) => {
    if (failed.has(row)) return "one by one";
    return unclear ? { outcome: "unknown" } : doneBlind(row.operation, row.problems, made);
  });
}

/** Nothing was sent. Where that is because so many could not be read again in time, half of them may be. */
async function inHalves(settings: Importing, rows: readonly Row[], list: string | null): Promise<void> {
  if (rows.length <= SMALLEST_JOB) return;
  const middle = Math.ceil(rows.length / 2);
  await importPart(settings, rows.slice(0, middle), list);
  await importPart(settings, rows.slice(middle), list);
}

/** The row as the gate left it: without the values that it dropped, or not at all. */
function stillWanted(
  settings: ImportSettings,
  row: Row,
  admitted: ReadonlyMap<string, Operation>,
): readonly Row[] {
  const operation = admitted.get(row.planned.traceId);
  if (operation === undefined || !isContent(operation)) return [];
  const { body, properties, problems } = draftIn(settings, operation);
  if (operation.kind === "update" && properties.length === 0) return [];
  return [{ planned: row.planned, operation, body, problems }];
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

function doneBlind(
  operation: ContentOperation,
  refused: readonly Problem[],
  made: ReadonlyMap<EmailKey, ExternalId> = new Map(),
): WriteResult {
  const id = operation.kind === "update" ? operation.id : (made.get(operation.email) ?? null);
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
