import type { Cost, Work } from "../connector.ts";
import { LARGEST_BATCH } from "./membership.ts";
import { OPERATIONS } from "./operations.ts";
import { MOST_SINGLES } from "./write.ts";

/** What a lookup by id takes at once. */
const LOOKUP = 100;
/** An import job is started, asked about until it is done, and its errors are read. */
const CALLS_PER_JOB = 8;
const PROFILES_PER_JOB = 10_000;

/** Many new profiles are imported, changed ones are read in hundreds and then patched one by one: there is no other way. */
export function cost({ creates, updates, listChanges }: Work, apiShare: number): Cost {
  const making = creates > MOST_SINGLES ? Math.ceil(creates / PROFILES_PER_JOB) * CALLS_PER_JOB : creates;
  const changing = updates + Math.ceil(updates / LOOKUP);
  const listing = Math.ceil(listChanges / LARGEST_BATCH);
  const requests = making + changing + listing;
  const aMinute = OPERATIONS.update_profile.steady * apiShare;
  return { requests, seconds: Math.ceil(((making + changing) * 60) / aMinute) };
}
