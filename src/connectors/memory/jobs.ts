import type { Operation } from "../../model/operation.ts";
import type { JobPort } from "../connector.ts";

/** A change that was accepted as a job, until its time has come. */
interface Job {
  readonly id: string;
  readonly acceptedAt: number;
  readonly endsAt: number;
  readonly operation: Operation;
}

/** Import jobs, as Klaviyo's: accepted now, applied when their time has come, whatever happened meanwhile. */
export interface MemoryJobs {
  /** @returns the id of the job */
  accept(operation: Operation, endsAt: number): string;
  /** Applies the jobs whose time has come. */
  end(apply: (operation: Operation) => void): void;
  /** Operations of jobs that have not ended. */
  underWay(): readonly Operation[];
  /** Each job has one contact. */
  readonly port: JobPort;
}

/** @param request what precedes every request */
export function memoryJobs(now: () => number, request: (signal: AbortSignal) => void): MemoryJobs {
  const all: Job[] = [];
  let running: readonly Job[] = [];
  return {
    accept(operation, endsAt) {
      const job = { id: `job-${all.length + 1}`, acceptedAt: now(), endsAt, operation };
      all.push(job);
      running = [...running, job];
      return job.id;
    },
    end(apply) {
      const due = running.filter(({ endsAt }) => endsAt <= now());
      running = running.filter((job) => !due.includes(job));
      for (const { operation } of due) apply(operation);
    },
    underWay: () => running.map(({ operation }) => operation),
    port: {
      state(job, signal) {
        request(signal);
        return Promise.resolve(running.some(({ id }) => id === job) ? "running" : "ended");
      },
      find(since, contacts, signal) {
        request(signal);
        const made = all.filter(({ acceptedAt }) => contacts === 1 && acceptedAt >= since);
        return Promise.resolve(made.map(({ id }) => id));
      },
    },
  };
}

/** Jobs take creates, and updates that empty nothing. */
export function mayBeJob(operation: Operation): boolean {
  if (operation.kind === "create") return true;
  return operation.kind === "update" && !Object.values(operation.values).includes(null);
}
