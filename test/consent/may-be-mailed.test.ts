import { describe, expect, it } from "vitest";
import { mayBeMailed, optOutsOf } from "../../src/consent/may-be-mailed.ts";
import type { Consent } from "../../src/model/consent.ts";
import { plainConsent } from "../../src/model/consent.ts";

const NEVER = plainConsent("never_subscribed");
const IN = plainConsent("subscribed");
const OUT = plainConsent("unsubscribed");
const BOUNCED = { reason: "HARD_BOUNCE", at: "2026-02-21T10:00:00Z" };

describe("whether somebody may be e-mailed", () => {
  it.each([
    [NEVER, NEVER, false, "yes"],
    [NEVER, IN, false, "yes"],
    [null, NEVER, false, "yes"],
    [null, null, false, "unknown"],
    [OUT, IN, false, "no"],
    [NEVER, OUT, false, "no"],
    [OUT, null, false, "no"],
    [NEVER, { ...IN, suppressions: [BOUNCED] }, false, "no"],
    [NEVER, { ...NEVER, suppressions: [BOUNCED] }, false, "no"],
    [NEVER, NEVER, true, "no"],
    [null, null, true, "no"],
    [NEVER, IN, true, "yes"],
    [OUT, IN, true, "no"],
  ] as const)("HubSpot %j, Klaviyo %j, remembered %j: %s", (hubspot, klaviyo, remembered, answer) => {
    expect(mayBeMailed({ hubspot, klaviyo }, remembered).answer).toBe(answer);
  });

  it("is told with every reason, and the first in words", () => {
    const klaviyo: Consent = { ...OUT, suppressions: [BOUNCED] };
    const told = mayBeMailed({ hubspot: OUT, klaviyo }, false);
    expect(told.optOuts.map(({ side, reason }) => `${side} ${reason}`)).toEqual([
      "hubspot unsubscribed",
      "klaviyo unsubscribed",
      "klaviyo HARD_BOUNCE",
    ]);
    const bounced = { ...IN, suppressions: [BOUNCED] };
    expect(mayBeMailed({ hubspot: null, klaviyo: bounced }, false).because).toBe(
      "Klaviyo: HARD_BOUNCE since 2026-02-21",
    );
    expect(optOutsOf("klaviyo", null)).toEqual([]);
  });
});
