import { SystemUnavailable } from "../../../model/problem.ts";
import { mayBeDone } from "../problems/failure-kinds.ts";
import { chunks } from "../../../model/chunks.ts";
import { BATCH } from "../contacts.ts";
import { CallFailed } from "../problems/failure.ts";
import type { VendorError } from "../wire/parse.ts";
import { isAboutEverybody, propertyErrors } from "../problems/property-errors.ts";
import { batchAnswer } from "../pull/records.ts";
import type { BatchAnswer } from "../pull/records.ts";
import {
  afterErrorAnswer,
  doneWith,
  emptied,
  inputOf,
  isEmpty,
  stillWanted,
  withoutProperty,
} from "./write-job.ts";
import type { Job } from "./write-job.ts";
import type { Work } from "./write-work.ts";

type Batch = readonly Job[];

const LOCKED = 423;

/** Batches of at most 100, none with the same contact twice: HubSpot refuses such a batch whole. */
export function batchesOf(jobs: readonly Job[]): Batch[] {
  const rounds: Map<string, Job>[] = [];
  for (const job of jobs) {
    const key = job.operation.kind === "update" ? job.operation.id : job.operation.email;
    const round = rounds.find((each) => !each.has(key));
    if (round === undefined) rounds.push(new Map([[key, job]]));
    else round.set(key, job);
  }
  return rounds.flatMap((round) => chunks([...round.values()], BATCH));
}

/**
 * Sends one batch and settles what its answer decides. Returns what is to be sent again: halves of a batch that was
 * refused whole without a word of who is to blame, and contacts without the fields that HubSpot would not take.
 */
export async function sendBatch(
  work: Work,
  kind: "create" | "update",
  wanted: Batch,
): Promise<readonly Batch[]> {
  const { account, gate, signal } = work;
  const request = work.progress.request();
  let batch = wanted;
  const prepare = async () => {
    const admitted = await gate.admit(
      wanted.map(({ operation }) => operation),
      "request",
    );
    batch = wanted.flatMap((job) => stillWanted(job, admitted?.operations ?? []));
    // HubSpot's writes are repeated only where they did nothing.
    request.didNothing();
    if (admitted === null || batch.length === 0) return null;
    request.goes(batch.map(({ operation }) => operation));
    const inputs = batch.map(inputOf);
    return kind === "create"
      ? account.endpoints.batchCreate(admitted.permit, inputs)
      : account.endpoints.batchUpdate(admitted.permit, inputs);
  };
  try {
    const answer = await account.calls.write(prepare, batchAnswer, signal);
    if (answer === null) request.didNothing();
    return answer === null ? [] : settleAnswer(work, kind, batch, answer.body);
  } catch (error) {
    if (error instanceof SystemUnavailable) request.didNothing();
    if (!(error instanceof CallFailed)) throw error;
    const { failure } = error;
    if (failure.kind !== "answered" || mayBeDone(failure)) return [];
    request.didNothing();
    return refusedWhole(work, batch, failure.status, failure.error);
  }
}

function refusedWhole(work: Work, batch: Batch, status: number, error: VendorError): readonly Batch[] {
  const [only] = batch;
  // A lock that outlasted its retries is on some record, and passes: halving would only meet it again and again.
  if (status === LOCKED) return batch.flatMap((job) => refuse(work, job, status, error));
  if (only !== undefined && batch.length === 1) return refuse(work, only, status, error);

  // A property that is gone or read-only is so for everybody: no need to look for who has it.
  const common = propertyErrors(error).filter(
    (each) => isAboutEverybody(each) && batch.some(({ properties }) => each.property in properties),
  );
  if (common.length === 0) return halves(batch);
  const rest = batch.map((job) =>
    common.reduce((left, each) => withoutProperty(left, status, error, each), job),
  );
  for (const job of rest.filter(isEmpty)) work.progress.settle(job.operation, emptied(job));
  const again = rest.filter((job) => !isEmpty(job));
  return again.length === 0 ? [] : [again];
}

function refuse(work: Work, job: Job, status: number, error: VendorError): readonly Batch[] {
  const next = afterErrorAnswer(job, status, error);
  if ("again" in next) {
    work.progress.settle(job.operation, { outcome: "not_sent" });
    return [[next.again]];
  }
  work.progress.settle(job.operation, next.settled);
  return [];
}

function halves(batch: Batch): readonly Batch[] {
  const middle = Math.ceil(batch.length / 2);
  return [batch.slice(0, middle), batch.slice(middle)].filter((half) => half.length > 0);
}

/** Every job of a batch that was answered: done, refused, or in neither part of the answer. */
function settleAnswer(
  work: Work,
  kind: "create" | "update",
  batch: Batch,
  { results, errors }: BatchAnswer,
): readonly Batch[] {
  const open = new Map(batch.map((job) => [job.operation.traceId, job]));
  for (const record of results) {
    const job =
      open.get(record.objectWriteTraceId ?? "") ?? [...open.values()].find((each) => isOf(each, record));
    if (job === undefined) continue;
    open.delete(job.operation.traceId);
    work.progress.settle(job.operation, doneWith(job, record, work.types));
  }
  const again: Job[] = [];
  const anonymous: VendorError[] = [];
  for (const error of errors ?? []) {
    const blamed = [...open.values()].filter((job) => blames(error, job));
    if (blamed.length === 0) anonymous.push(error);
    for (const job of blamed) {
      open.delete(job.operation.traceId);
      again.push(...judge(work, job, error));
    }
  }
  const left = [...open.values()];
  const batches = again.length === 0 ? [] : [again];
  const [only] = left;
  if (only === undefined) return batches;
  const [error] = anonymous;
  if (error === undefined || (kind === "create" && left.length > anonymous.length)) {
    // In neither part: HubSpot has been seen to answer 2xx and nothing else. Only reading can tell; a create that may be
    // done is not sent again to find out whom an error meant.
    return batches;
  }
  // Errors that name nobody: smaller batches find out whom they mean.
  if (left.length === 1) return [...batches, judge(work, only, error)].filter((each) => each.length > 0);
  return [...batches, ...halves(left)];
}

/** Settles a job by its own error of a 207, or gives it back without what was refused. */
function judge(work: Work, job: Job, error: VendorError): readonly Job[] {
  const status = STATUS_OF_CATEGORY[error.category ?? ""] ?? 400;
  return status >= 500 ? [] : refuse(work, job, status, error).flat();
}

/** An item's error has no status. */
const STATUS_OF_CATEGORY: Readonly<Record<string, number>> = {
  CONFLICT: 409,
  OBJECT_NOT_FOUND: 404,
  RATE_LIMITS: 429,
  INTERNAL_ERROR: 500,
};

function blames({ context }: VendorError, { operation }: Job): boolean {
  if (context?.["objectWriteTraceId"]?.includes(operation.traceId) === true) return true;
  return operation.kind === "update" && context?.["ids"]?.includes(operation.id) === true;
}

/** For answers that do not echo the trace id. */
function isOf({ operation }: Job, record: BatchAnswer["results"][number]): boolean {
  if (record.objectWriteTraceId !== undefined) return false;
  if (operation.kind === "update") return record.id === operation.id;
  const address = record.properties["email"];
  return typeof address === "string" && address.toLowerCase() === operation.email;
}
