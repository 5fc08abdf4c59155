import { expect, test } from "vitest";
import { grantClearance } from "../../../src/consent/grant-clearance.ts";
import { plainConsent } from "../../../src/model/consent.ts";
import type { EmailKey } from "../../../src/model/email.ts";
import type { SubscribeGate } from "../../../src/connectors/consent-port.ts";
import { OPEN_GATE } from "../../support/open-gate.ts";
import { live, rehearse } from "./rehearse.ts";

test.each([
  { admits: true, calls: 1, outcome: "accepted" },
  { admits: false, calls: 0, outcome: "not_sent" },
])("is sent only where the gate admits it ($admits)", async ({ admits, calls, outcome }) => {
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
    subscribingLists: [list],
    refusedBefore: false,
    readAt,
  };
  const clearance = grantClearance(wanted, readAt);
  if ("because" in clearance) throw new Error(clearance.because);
  const gate = { admit: admits ? OPEN_GATE.admit : () => Promise.resolve(null) } as SubscribeGate;
  const results = await connector.consent.subscribe?.([clearance], gate, live());
  expect(results).toEqual([{ outcome }]);
  expect(klaviyo.called("bulk_subscribe_profiles")).toBe(calls);
});
