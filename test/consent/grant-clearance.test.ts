import { describe, expect, test } from "vitest";
import { grantClearance } from "../../src/consent/grant-clearance.ts";
import type { Subscription } from "../../src/consent/grant-clearance.ts";
import type { Consent } from "../../src/model/consent.ts";
import { plainConsent } from "../../src/model/consent.ts";
import type { EmailKey } from "../../src/model/email.ts";
import { OLDEST_READ_MS } from "../../src/write/read-ages.ts";

const NEVER = plainConsent("never_subscribed");
const AT = "2026-11-01T07:00:00.000Z";
const READ = 1_000_000;
const JO = "jo@example.com";

const wanted: Subscription = {
  email: JO as EmailKey,
  profile: "K1",
  list: "newsletter",
  subscribingLists: ["newsletter"],
  consents: { hubspot: NEVER, klaviyo: NEVER },
  isInHubSpot: true,
  refusedBefore: false,
  readAt: READ,
};

describe("a clearance (P9)", () => {
  test("is granted to somebody who was never asked, and names whom and what for", () => {
    expect(grantClearance(wanted, READ + OLDEST_READ_MS)).toEqual({
      email: JO,
      profile: "K1",
      list: "newsletter",
      readAt: READ,
    });
  });

  const klaviyo = (consent: Consent | null): Partial<Subscription> => ({
    consents: { hubspot: NEVER, klaviyo: consent },
  });
  const hubspot = (consent: Consent): Partial<Subscription> => ({
    consents: { hubspot: consent, klaviyo: NEVER },
  });
  const suppressed = (reason: string) => klaviyo({ ...NEVER, suppressions: [{ reason, at: AT }] });
  test.each<readonly [string, Partial<Subscription>, number]>([
    ["whom no rule subscribes to this list", { subscribingLists: ["other"] }, 0],
    ["who refused before", { refusedBefore: true }, 0],
    ["whose consent was read longer ago than a write may rest on", {}, OLDEST_READ_MS + 1],
    ["whose consent was read in the future", {}, -1],
    ["whose consent Klaviyo does not tell", klaviyo(null), 0],
    ["who is unsubscribed", klaviyo(plainConsent("unsubscribed")), 0],
    ["who is subscribed already", klaviyo(plainConsent("subscribed")), 0],
    ["who bounced", suppressed("HARD_BOUNCE"), 0],
    ["who complained", suppressed("SPAM_COMPLAINT"), 0],
    ["who is suppressed by hand", suppressed("USER_SUPPRESSED"), 0],
    ["who is suppressed for a reason that nobody knows yet", suppressed("NEW_REASON"), 0],
    [
      "who refused this very list",
      klaviyo({ ...NEVER, listSuppressions: [{ list: "newsletter", reason: "UNSUBSCRIBE", at: AT }] }),
      0,
    ],
    ["who refused all e-mail in HubSpot", hubspot(plainConsent("unsubscribed")), 0],
    ["of whom HubSpot tells nothing", { consents: { hubspot: null, klaviyo: NEVER } }, 0],
    ["who refused e-mail of that kind in HubSpot", hubspot({ ...NEVER, optedOutTypes: ["1"] }), 0],
  ])("is denied to somebody %s", (_who, change, age) => {
    expect(grantClearance({ ...wanted, ...change }, READ + age)).toHaveProperty("because");
  });

  test("is not denied to somebody who is in Klaviyo alone", () => {
    const alone = { consents: { hubspot: null, klaviyo: NEVER }, isInHubSpot: false };
    expect(grantClearance({ ...wanted, ...alone }, READ)).not.toHaveProperty("because");
  });

  test("is not denied for having refused another list", () => {
    const listSuppressions = [{ list: "other", reason: "UNSUBSCRIBE", at: AT }];
    const verdict = grantClearance({ ...wanted, ...klaviyo({ ...NEVER, listSuppressions }) }, READ);
    expect(verdict).not.toHaveProperty("because");
  });
});
