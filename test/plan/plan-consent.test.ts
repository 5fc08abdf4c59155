import { describe, expect, it } from "vitest";
import { plainConsent } from "../../src/model/consent.ts";
import { EMAIL_FIELD } from "../../src/model/mapping.ts";
import type { EmailKey } from "../../src/model/email.ts";
import type { PlanRules } from "../../src/plan/planned.ts";
import { planContact } from "../../src/plan/plan-contact.ts";
import { cityRule } from "../support/city-rule.ts";
import { FROM, known, problem, sighting, NO_SHAPES } from "../support/known-link.ts";

const IN = plainConsent("subscribed");
const OUT = plainConsent("unsubscribed");
const RULES: PlanRules = {
  fields: [EMAIL_FIELD, cityRule({ key: "city", onInvalid: "error" })],
  scope: [FROM.hubspot, FROM.klaviyo],
  consent: { types: ["1"], hubspotOptOut: "unsubscribe" },
  shapes: NO_SHAPES,
};
const TO_HUBSPOT = { kind: "opt_out", side: "hubspot", id: "h1", from: { kind: "type", type: "1" } };
const TO_KLAVIYO = { kind: "opt_out", side: "klaviyo", id: "k1", from: { kind: "all" } };

const inKlaviyo = {
  hubspot: sighting("hubspot", { consent: IN }),
  klaviyo: sighting("klaviyo", { consent: OUT }),
};
const inHubSpot = {
  hubspot: sighting("hubspot", { consent: OUT }),
  klaviyo: sighting("klaviyo", { consent: IN }),
};

describe("a refusal", () => {
  it("waits for no value that somebody has to mend first", () => {
    const city = { city: problem({ field: "city" }) };
    const hubspot = sighting("hubspot", { consent: IN, unreadable: city });
    const { operations, state } = planContact(RULES, known({ ...inKlaviyo, hubspot }));
    expect({ operations, state }).toEqual({ operations: [TO_HUBSPOT], state: "failing" });
  });

  it("waits for no changed address that somebody has to decide about", () => {
    const fields = [{ ...EMAIL_FIELD, holdsChanges: true }];
    const klaviyo = sighting("klaviyo", { consent: OUT, email: "new@example.com" as EmailKey });
    const { operations, state } = planContact({ ...RULES, fields }, known({ ...inKlaviyo, klaviyo }));
    expect({ operations, state }).toEqual({ operations: [TO_HUBSPOT], state: "failing" });
  });

  it("that a subscription went over is put back although the contact is gone in HubSpot by now", () => {
    const sightings = { hubspot: null, klaviyo: sighting("klaviyo", { consent: IN }) };
    const gone = { overruled: true, link: { deletedOn: "hubspot" as const } };
    expect(planContact(RULES, known(sightings, gone)).operations).toEqual([TO_KLAVIYO]);
    const missing = { overruled: true, link: { missingOn: "hubspot" as const } };
    expect(planContact(RULES, known(sightings, missing)).operations).toEqual([TO_KLAVIYO]);
  });

  it("is put back for nobody whose profile is gone, and once", () => {
    const gone = { overruled: true, link: { deletedOn: "klaviyo" as const } };
    expect(planContact(RULES, known(inHubSpot, gone)).operations).toEqual([]);
    const put = known(inKlaviyo, { overruled: true, link: { deletedOn: "hubspot" } });
    expect(planContact(RULES, put).operations).toEqual([]);
  });

  it("of every named type is carried, but where it only stood for one that was taken back in Klaviyo", () => {
    const hubspot = sighting("hubspot", { consent: { ...IN, optedOutTypes: ["1"] } });
    const both = { ...inHubSpot, hubspot };
    expect(planContact(RULES, known(both)).operations).toEqual([TO_KLAVIYO]);
    expect(planContact(RULES, known(both, { takenBack: ["1"] })).operations).toEqual([]);
    expect(planContact(RULES, known(inHubSpot, { takenBack: ["1"] })).operations).toEqual([TO_KLAVIYO]);
  });
});
