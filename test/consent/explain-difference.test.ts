import { expect, test } from "vitest";
import { actReason } from "../../src/consent/act-reason.ts";
import { explainDifference } from "../../src/consent/explain-difference.ts";
import type { Consent } from "../../src/model/consent.ts";
import { plainConsent } from "../../src/model/consent.ts";
import { NO_CONSENT_RULES } from "../../src/model/scope.ts";

const NEVER = plainConsent("never_subscribed");
const IN = plainConsent("subscribed");
const OUT = plainConsent("unsubscribed");
const BOUNCED: Consent = { ...NEVER, suppressions: [{ reason: "HARD_BOUNCE", at: "2026-02-21T10:00:00Z" }] };
const CARRYING = { types: ["1", "2"], hubspotOptOut: "unsubscribe" } as const;

test.each<
  readonly [string, Consent, Consent, boolean, typeof CARRYING | typeof NO_CONSENT_RULES, RegExp | null]
>([
  ["both e-mail them", NEVER, IN, false, CARRYING, null],
  ["neither e-mails them", OUT, OUT, true, CARRYING, null],
  ["a refusal on its way to HubSpot", NEVER, OUT, true, CARRYING, /on its way to HubSpot/],
  [
    "a refusal that HubSpot has in both its types",
    { ...NEVER, optedOutTypes: ["1", "2"] },
    OUT,
    true,
    CARRYING,
    null,
  ],
  [
    "a refusal that HubSpot is not told",
    NEVER,
    OUT,
    true,
    NO_CONSENT_RULES,
    /unsubscribe_from. names nothing/,
  ],
  ["a refusal on its way to Klaviyo", OUT, IN, true, CARRYING, /on its way to Klaviyo/],
  ["a refusal that Klaviyo is not told", OUT, IN, true, NO_CONSENT_RULES, /opted_out. is .ignore/],
  ["a refusal of one kind of two", { ...NEVER, optedOutTypes: ["2"] }, IN, false, CARRYING, /left alone/],
  ["a bounce", NEVER, BOUNCED, true, CARRYING, /HARD_BOUNCE.*not the person.s choice/],
  ["a refusal that only the ledger remembers", NEVER, NEVER, true, CARRYING, /the ledger remembers/],
  ["somebody who came back by themselves", NEVER, IN, true, CARRYING, null],
])("%s", (_name, hubspot, klaviyo, refusedBefore, rules, words) => {
  const because = explainDifference(rules, { hubspot, klaviyo, refusedBefore });
  expect(because ?? "nothing").toMatch(words ?? /^nothing$/);
});

test("why Tandem did something is told in the words it was read in", () => {
  expect(actReason({ because: "unsubscribed in Klaviyo" })).toBe("unsubscribed in Klaviyo");
  expect(actReason({ from: { kind: "type", type: "1" }, because: OUT })).toBe(
    "out of type 1: the other side showed unsubscribed",
  );
  expect(actReason({ from: { kind: "all" }, because: null })).toBe("out of all e-mail");
  expect(actReason({ read: { klaviyo: NEVER, hubspot: null } })).toBe(
    "Klaviyo showed never subscribed a moment before",
  );
  expect(actReason("?")).toBe("");
});
