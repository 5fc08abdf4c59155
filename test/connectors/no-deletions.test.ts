import { describe, expect, it } from "vitest";
import { textFiles, withoutComments } from "../support/text-files.ts";

/** How a call would delete, archive, erase or merge a person, by method, by path or by the SDKs' names. */
const DELETIONS =
  /["'`]DELETE["'`]|\barchive\(|\bpurge\(|gdpr-?delete|data-privacy|\/merge\b|requestProfileDeletion|mergeProfiles|batchApi\.archive/i;

const PLANTED: readonly string[] = [
  'plain("DELETE", "/crm/v3/objects/contacts/1", signal)',
  "client.crm.contacts.basicApi.archive(id)",
  "client.crm.contacts.batchApi.archive(body)",
  "client.crm.contacts.gdprApi.purge(body)",
  'plain("POST", "/crm/v3/objects/contacts/gdpr-delete", signal)',
  'plain("POST", "/crm/v3/objects/contacts/merge", signal)',
  'plain("POST", "/api/data-privacy-deletion-jobs", signal)',
  "api.requestProfileDeletion(body)",
  "api.mergeProfiles(body)",
];

describe("no connector deletes, archives, erases or merges a person (P12)", () => {
  it("by any call that it puts together", () => {
    // The one in memory plays the system and its users, too.
    const vendors = textFiles("src").filter(({ path }) => /^connectors\/(?!memory\/)/.test(path));
    expect(vendors.length).toBeGreaterThan(50);
    const found = vendors.filter(({ text }) => DELETIONS.test(withoutComments(text)));
    expect(found.map(({ path }) => path)).toEqual([]);
  });

  it.each(PLANTED)("would be found: %s", (planted) => {
    expect(planted).toMatch(DELETIONS);
  });
});
