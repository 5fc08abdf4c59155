import type { JobPort, JobState } from "../../connector.ts";
import type { Calls } from "../wire/calls.ts";
import type { Endpoints } from "../wire/client.ts";
import { KlaviyoFailure } from "../problems/failure.ts";
import { pages } from "../wire/pages.ts";
import { importJobAnswer, importJobPage } from "../wire/wire.ts";

/** `created_at` has whole seconds. */
const SECOND_MS = 1_000;

/** Import jobs, as Klaviyo tells of them for a week. */
export function followedJobs(
  { calls, client }: { readonly calls: Calls; readonly client: Endpoints },
  skewMs: () => number,
): JobPort {
  return {
    async state(job, signal): Promise<JobState> {
      try {
        const { data, at } = await calls.read(client.importJob(job), importJobAnswer, signal, [404]);
        const { status, expires_at } = data.data.attributes;
        const expired = Date.parse(expires_at ?? "") <= at;
        return status === "complete" || status === "cancelled" || expired ? "ended" : "running";
      } catch (error) {
        if (error instanceof KlaviyoFailure && error.status === 404) return "ended";
        throw error;
      }
    },
    async find(since, contacts, signal) {
      const from = since + skewMs() - SECOND_MS;
      const found: string[] = [];
      const call = (cursor: string | null) => client.importJobs(cursor);
      for await (const { data } of pages(calls, client.origin, importJobPage, call, null, signal)) {
        const made = (time: string | null | undefined): number => Date.parse(time ?? "");
        for (const { id, attributes } of data.data) {
          const isOurs = made(attributes.created_at) >= from && attributes.total_count === contacts;
          if (isOurs) found.push(id);
        }
        if (data.data.some(({ attributes }) => made(attributes.created_at) < from)) break;
      }
      return found;
    },
  };
}
