import type { ExternalId } from "../../../model/contact.ts";
import type { EmailKey } from "../../../model/email.ts";
import { emailKey } from "../../../model/email.ts";
import { SystemUnavailable } from "../../../model/problem.ts";
import { KlaviyoFailure } from "../problems/failure.ts";
import type { ImportSettings } from "./job-end.ts";
import { pages } from "../wire/pages.ts";
import { profilePage } from "../wire/wire.ts";

/**
 * So many profiles of a job are listed, ten pages. The listing has a fifth of the pace at which profiles are found by email
 * address, so those of a larger job, as when an account is filled, are found that way by the next run.
 */
const MOST_LISTED = 1_000;

/**
 * The ids of the profiles that a job made, as the job itself lists them: somebody may rename one before the next run looks
 * for it by email address. Where exactly one has another address by now, it is the one that is missing.
 *
 * @param created the email addresses that were sent
 * @param updated the ids that the job changed besides
 * @returns by email address; nobody where the listing cannot be read, because the next run finds them
 */
export async function madeProfiles(
  { calls, client, signal }: Pick<ImportSettings, "calls" | "client" | "signal">,
  job: string,
  created: readonly EmailKey[],
  updated: readonly ExternalId[],
): Promise<ReadonlyMap<EmailKey, ExternalId>> {
  const made = new Map<EmailKey, ExternalId>();
  if (created.length === 0 || created.length + updated.length > MOST_LISTED) return made;
  const wanted = new Set(created);
  const known = new Set(updated);
  const others: ExternalId[] = [];
  const call = (cursor: string | null) => client.importedProfiles(job, cursor);
  try {
    for await (const { data } of pages(calls, client.origin, profilePage, call, null, signal)) {
      for (const { id, attributes } of data.data) {
        const email = typeof attributes.email === "string" ? emailKey(attributes.email) : null;
        if (email !== null && wanted.has(email)) made.set(email, id);
        else if (!known.has(id)) others.push(id);
      }
    }
  } catch (error) {
    if (!(error instanceof SystemUnavailable || error instanceof KlaviyoFailure || signal.aborted))
      throw error;
    return new Map();
  }
  const [missing, ...more] = created.filter((email) => !made.has(email));
  const [other, ...strangers] = others;
  if (missing !== undefined && other !== undefined && more.length + strangers.length === 0)
    made.set(missing, other);
  return made;
}
