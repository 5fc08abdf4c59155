import type { Timing } from "../../http/rate-limiter.ts";
import { pages } from "../wire/pages.ts";
import type { ImportError } from "../wire/wire.ts";
import { importErrorPage, importJobAnswer } from "../wire/wire.ts";
import type { WriteSettings } from "./write-single.ts";

export interface ImportSettings extends WriteSettings, Timing {
  /** How long a job is waited for; after that a later run follows it. Milliseconds. */
  readonly budgetMs: number;
}

const FIRST_WAIT_MS = 500;
/** How long Klaviyo takes is documented nowhere. A large job that is asked about too early is only asked once more. */
const WAIT_PER_PROFILE_MS = 1;
const LONGEST_WAIT_MS = 10_000;

/** How a job came out. `unclear`: it was cancelled, or hides some of its errors. */
export type JobEnd =
  | { readonly kind: "complete"; readonly errors: readonly ImportError[] }
  | { readonly kind: "unclear" }
  | { readonly kind: "running" };

/** Waits for a job, but not for ever. Rejects as `Calls.read` does. */
export async function endOf(
  { calls, client, signal, now: wall, steady: now = wall, sleep, budgetMs }: ImportSettings,
  job: string,
  profiles: number,
): Promise<JobEnd> {
  const deadline = now() + budgetMs;
  const first = Math.min(Math.max(FIRST_WAIT_MS, profiles * WAIT_PER_PROFILE_MS), LONGEST_WAIT_MS);
  for (let wait = first; ; wait = Math.min(wait * 1.6, LONGEST_WAIT_MS)) {
    await sleep(Math.round(wait), signal);
    const { data } = await calls.read(client.importJob(job), importJobAnswer, signal, [404]);
    const { status, failed_count } = data.data.attributes;
    if (status === "complete") {
      const errors = failed_count === 0 ? [] : await errorsOf({ calls, client, signal }, job);
      return errors.length >= (failed_count ?? 0) ? { kind: "complete", errors } : { kind: "unclear" };
    }
    if (status === "cancelled") return { kind: "unclear" };
    if (now() >= deadline) return { kind: "running" };
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
