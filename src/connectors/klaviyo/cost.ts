import type { Cost, Work } from "../connector.ts";
import { LARGEST_JOB } from "./write/import-job.ts";
import { LARGEST_BATCH } from "./write/membership.ts";
import { OPERATIONS } from "./wire/operations.ts";
import { MOST_SINGLES } from "./write/write.ts";

/** What a lookup by id takes at once. */
const LOOKUP = 100;
/** An import job is started, asked about until it is done, and its errors are read. */
const CALLS_PER_JOB = 8;
/** How long Klaviyo takes is documented nowhere. */
const SECONDS_PER_JOB = 10;

/**
 * Creates, and updates that empty nothing, are imported where they are many. What empties something is written one by one:
 * there is no other way. Updates are read in hundreds before.
 */
export function cost({ creates, updates, clears, listChanges }: Work, apiShare: number): Cost {
  const emptying = Math.min(clears, updates);
  const kinds = [creates, updates - emptying];
  const imported = kinds.filter((count) => count > MOST_SINGLES);
  const jobs = imported.reduce((sum, count) => sum + Math.ceil(count / LARGEST_JOB), 0);
  const singles = emptying + kinds.reduce((sum, count) => sum + (count > MOST_SINGLES ? 0 : count), 0);
  const lookups = Math.ceil(updates / LOOKUP);
  const listing = Math.ceil(listChanges / LARGEST_BATCH);
  const requests = singles + lookups + jobs * CALLS_PER_JOB + listing;
  const aMinute = OPERATIONS.update_profile.steady * apiShare;
  return { requests, seconds: Math.ceil(((singles + lookups) * 60) / aMinute) + jobs * SECONDS_PER_JOB };
}
