import { describe, expect, test } from "vitest";
import { parseMapping } from "../../../src/mapping/parse-mapping.ts";
import { mappingText } from "../mapping-text.ts";
import { told, words } from "../told.ts";

describe("what is known but not built is refused once, at its key, and says what to do", () => {
  test("a term for logs, which Tandem does not keep", () => {
    const tail = "privacy: { keep_history: 100d, keep_audit: 90d, logs: 30d }";
    expect(told(mappingText({ tail }))).toEqual(["M190 14:49-53"]);
    expect(parseMapping(mappingText({ tail }), "test.yaml").mapping).toBeNull();
    expect(words(mappingText({ tail })).message).toContain("keeps none of it");
  });

  test("OAuth at Klaviyo, and then no token is missed", () => {
    expect(told(mappingText({ klaviyo: "auth: oauth" }))).toEqual(["M190 9:5-9"]);
  });
});

test("what is today's behaviour may be written down", () => {
  const tail = [
    "identity: { key: email, duplicates: oldest, email_change: relink, secondary_emails: ignore }",
    "consent: { resubscribe_unsubscribed: never }",
  ].join("\n");
  const rules = "{ id: a, from: hubspot, match: { lists: [A] }, subscribe: false, on_leave: stop }";
  expect(told(mappingText({ rules, tail, hubspot: "auth: token" }))).toEqual([]);
});
