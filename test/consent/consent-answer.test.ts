import { describe, expect, it } from "vitest";
import { consentAnswer, optOutsOf } from "../../src/consent/consent-answer.ts";
import { rememberedVerdict } from "../../src/consent/remembered-verdict.ts";
import type { Consent } from "../../src/model/consent.ts";
import { plainConsent } from "../../src/model/consent.ts";

const NEVER = plainConsent("never_subscribed");
const IN = plainConsent("subscribed");
const OUT = plainConsent("unsubscribed");
const BOUNCED = { reason: "HARD_BOUNCE", at: "2026-02-21T10:00:00Z" };
const UNKNOWN = { reason: "A_REASON_OF_TOMORROW", at: "2026-02-21T10:00:00Z" };
const NO_CONSENT = "Not opted out, no recorded consent";

describe("what is known of a person's consent", () => {
  it.each([
    [NEVER, NEVER, "none", NO_CONSENT],
    [null, NEVER, "none", NO_CONSENT],
    [NEVER, null, "none", NO_CONSENT],
    [null, null, "none", NO_CONSENT],
    [NEVER, IN, "none", "Subscribed (Klaviyo)"],
    [IN, null, "none", "Subscribed (HubSpot)"],
    [IN, IN, "none", "Subscribed (both)"],
    [OUT, IN, "none", "Opted out"],
    [NEVER, OUT, "none", "Opted out"],
    [OUT, null, "none", "Opted out"],
    [NEVER, { ...IN, suppressions: [BOUNCED] }, "none", "Suppressed: bounced"],
    [NEVER, { ...NEVER, suppressions: [BOUNCED] }, "none", "Suppressed: bounced"],
    [NEVER, { ...IN, suppressions: [UNKNOWN] }, "none", "Opted out"],
    [NEVER, { ...IN, suppressions: [BOUNCED, UNKNOWN] }, "none", "Opted out"],
    [NEVER, NEVER, "by_choice", "Opted out"],
    [NEVER, NEVER, "by_fact", "Suppressed: bounced"],
    [null, null, "by_choice", "Opted out"],
    [NEVER, IN, "by_choice", "Subscribed (Klaviyo)"],
    [OUT, IN, "by_choice", "Opted out"],
  ] as const)("HubSpot %j, Klaviyo %j, remembered %s: %s", (hubspot, klaviyo, remembered, label) => {
    expect(consentAnswer({ hubspot, klaviyo }, remembered).label).toBe(label);
  });

  it("is told with every reason, and the first that is the person's choice in words", () => {
    const klaviyo: Consent = { ...OUT, suppressions: [BOUNCED] };
    const told = consentAnswer({ hubspot: OUT, klaviyo }, "none");
    expect(told.optOuts.map(({ side, reason, verdict }) => `${side} ${reason} ${verdict}`)).toEqual([
      "hubspot unsubscribed by_choice",
      "klaviyo unsubscribed by_choice",
      "klaviyo HARD_BOUNCE by_fact",
    ]);
    const bounced = { ...IN, suppressions: [BOUNCED] };
    expect(consentAnswer({ hubspot: null, klaviyo: bounced }, "none").because).toBe(
      "Klaviyo: HARD_BOUNCE since 2026-02-21",
    );
    const both = { ...IN, suppressions: [BOUNCED, UNKNOWN] };
    expect(consentAnswer({ hubspot: null, klaviyo: both }, "none").because).toBe(
      "Klaviyo: A_REASON_OF_TOMORROW since 2026-02-21",
    );
    expect(optOutsOf("klaviyo", null)).toEqual([]);
  });

  it("remembers of the ledger what nobody took back, a choice before a bounce", () => {
    const entry = (
      side: "hubspot" | "klaviyo",
      kind: "opted_out" | "opted_in",
      verdict: "by_choice" | "by_fact" | "none",
    ) => ({ side, kind, verdict }) as const;
    const [choice, fact] = [
      entry("klaviyo", "opted_out", "by_choice"),
      entry("hubspot", "opted_out", "by_fact"),
    ];
    expect(rememberedVerdict([])).toBe("none");
    expect(rememberedVerdict([fact])).toBe("by_fact");
    expect(rememberedVerdict([choice, fact])).toBe("by_choice");
    expect(rememberedVerdict([choice, entry("klaviyo", "opted_in", "none")])).toBe("none");
    expect(rememberedVerdict([choice, entry("hubspot", "opted_in", "none")])).toBe("by_choice");
  });
});
