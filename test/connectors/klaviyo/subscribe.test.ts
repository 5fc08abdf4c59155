import { expect, test } from "vitest";
import { grantClearance } from "../../../src/consent/grant-clearance.ts";
import { plainConsent } from "../../../src/model/consent.ts";
import type { EmailKey } from "../../../src/model/email.ts";
import { live, rehearse } from "./rehearse.ts";

test.each([
  { waited: 59_000, calls: 1, outcome: "accepted" },
  { waited: 61_000, calls: 0, outcome: "unknown" },
])("is sent while what was read is fresh, and not after $waited ms", async ({ waited, calls, outcome }) => {
  const klaviyo = await rehearse();
  const { sandbox, world, connector } = klaviyo;
  const list = sandbox.createList({ name: "Offers" });
  sandbox.seed([{ email: "a@example.com" }]);
  const readAt = world.clock.now();
  const wanted = {
    email: "a@example.com" as EmailKey,
    profile: sandbox.profile("a@example.com")?.id ?? "",
    list,
    consents: { hubspot: null, klaviyo: plainConsent("never_subscribed") },
    isInHubSpot: false,
    refusedBefore: false,
    readAt,
  };
  const clearance = grantClearance(wanted, readAt);
  if ("because" in clearance) throw new Error(clearance.because);
  world.clock.advance(waited);
  const results = await connector.consent.subscribe?.([clearance], live());
  expect(results).toEqual([{ outcome }]);
  expect(klaviyo.called("bulk_subscribe_profiles")).toBe(calls);
});
