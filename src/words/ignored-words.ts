import type { IgnoredNote } from "../store/pages/failing-contacts.ts";
import { exact, fromNow } from "./time-words.ts";

/** Who ignored a contact, why, and what ends it. */
export function ignoredWords({ by, at, reason, ends, until }: IgnoredNote, now: Date): string {
  const end = {
    changed: "until it changes in HubSpot or Klaviyo",
    at: until === null ? "" : `until ${exact(until)}`,
    never: "until someone stops ignoring it",
  };
  return `Ignored by ${by} ${fromNow(at, now)}, ${end[ends]}: ${reason}`;
}
