import type { EmailKey } from "../../model/email.ts";
import type { Operation } from "../../model/operation.ts";
import type { PropertyRequest, WriteAnswer, WriteResult } from "../connector.ts";
import type { WriteGate } from "../permit.ts";
import { writeProgress } from "../write-progress.ts";
import type { MemoryJobs } from "./jobs.ts";
import { mayBeJob } from "./jobs.ts";
import type { MemoryCall } from "./quirks.ts";
import type { StoredContact } from "./store.ts";
import type { WriteSettings } from "./write.ts";
import { applyJob, memoryWrite } from "./write.ts";

/** An operation that reached the system, in the order in which they did. */
export interface MemoryWrite {
  readonly at: number;
  readonly operation: Operation;
  readonly result: WriteResult;
  /** What was stored of the target before and after; undefined where there was or is none. */
  readonly before: StoredContact | undefined;
  readonly after: StoredContact | undefined;
}

export interface WriteAllSettings extends Omit<WriteSettings, "holderOf"> {
  readonly writes: MemoryWrite[];
  readonly jobs: MemoryJobs;
  /** What precedes every request. */
  readonly request: (call: MemoryCall, signal: AbortSignal) => void;
}

/** Writes one operation after the other, each as one request or one job. */
export async function memoryWriteAll(
  settings: WriteAllSettings,
  operations: readonly Operation[],
  properties: readonly PropertyRequest[],
  gate: WriteGate,
  signal: AbortSignal,
): Promise<WriteAnswer> {
  const { store, quirks, now, writes, request } = settings;
  const progress = writeProgress(signal);
  const writeOne = async (given: Operation): Promise<void> => {
    request("write", signal);
    const isJob = quirks.importLagMs > 0 && mayBeJob(given);
    const admitted = await gate.admit([given], isJob ? "import" : "request");
    const [operation] = admitted?.operations ?? [];
    if (admitted === null || operation === undefined) return;
    admitted.permit.use();
    const before = "id" in operation ? store.get(operation.id) : undefined;
    const { result, job } = isJob
      ? acceptJob(settings, operation)
      : {
          result: memoryWrite({ ...settings, holderOf: holderIn(settings) }, operation, properties),
          job: null,
        };
    const id = "id" in operation ? operation.id : [...store.all()].at(-1)?.id;
    const after = id === undefined ? undefined : store.get(id);
    writes.push({ at: now(), ...structuredClone({ operation, result }), before, after });
    progress.settle(given, result);
    if (job !== null) await gate.accepted([operation], job);
  };
  try {
    for (const given of operations) await writeOne(given);
  } catch (reason) {
    return progress.answer(operations, { reason });
  }
  return progress.answer(operations, null);
}

/** `job` where its id is told. */
function acceptJob(
  { quirks, now, jobs }: WriteAllSettings,
  operation: Operation,
): { readonly result: WriteResult; readonly job: string | null } {
  const lost = quirks.unanswered(operation);
  if (lost === "not_applied") return { result: { outcome: "unknown" }, job: null };
  const job = jobs.accept(operation, now() + quirks.importLagMs);
  if (lost === "applied") return { result: { outcome: "unknown" }, job: null };
  return { result: { outcome: "pending" }, job };
}

/** Applies the jobs whose time has come. */
export function endJobs(settings: WriteAllSettings): void {
  settings.jobs.end((operation) => applyJob({ ...settings, holderOf: holderIn(settings) }, operation));
}

/** The contact with an address that the system knows of at this moment. */
function holderIn({ store, quirks, now }: WriteAllSettings): (email: EmailKey) => StoredContact | undefined {
  return (email) =>
    [...store.all()].find(
      (contact) => contact.emails.includes(email) && contact.createdAt <= now() - quirks.findLagMs,
    );
}
