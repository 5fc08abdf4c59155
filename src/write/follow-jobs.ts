import { atomically } from "../store/database/store.ts";
import type { JobPort } from "../connectors/connector.ts";
import type { RunContext } from "../pull/run-context.ts";
import type { OpenJob } from "../store/writes/journal.ts";
import { journalJob, openJobs } from "../store/writes/journal.ts";

/**
 * Asks what became of the jobs of earlier runs. Until the vendor says that a job has ended, its operations stay open and
 * nothing newer is sent to its people: a job that is late would write over it.
 *
 * @returns the trace ids of the operations that wait
 */
export async function followJobs(context: RunContext): Promise<readonly string[]> {
  const waiting: string[] = [];
  const open = await openJobs(context.store);
  const known = new Set(open.flatMap(({ job }) => job ?? []));
  for (const one of open) {
    const { jobs } = context.connectors[one.side].contacts;
    if (jobs !== null && (await isRunning(context, jobs, one, known))) waiting.push(...one.traceIds);
  }
  return waiting;
}

async function isRunning(
  context: RunContext,
  jobs: JobPort,
  { job, size, sentAt, traceIds }: OpenJob,
  known: ReadonlySet<string>,
): Promise<boolean> {
  const { store, signal } = context;
  if (job !== null) return (await jobs.state(job, signal)) === "running";
  // Its acceptance was never answered: whatever was made since then with as many contacts may be it.
  const found = (await jobs.find(sentAt.getTime(), size, signal)).filter((id) => !known.has(id));
  const [only] = found;
  if (only !== undefined && found.length === 1)
    await atomically(store, (store) => journalJob(store, traceIds, only));
  for (const id of found) if ((await jobs.state(id, signal)) === "running") return true;
  return false;
}
