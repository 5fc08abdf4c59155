import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ConsentRun } from "../../src/lanes/consent-lane.ts";
import { runConsent } from "../../src/lanes/consent-lane.ts";
import type { Mapping } from "../../src/model/mapping.ts";
import { valueOf } from "../../src/sandbox/hubspot/contacts/contact.ts";
import type { Rehearsal } from "../../src/sandbox/rehearsal/rehearsal.ts";
import { ledgerOf } from "../../src/store/consent/consent-ledger.ts";
import type { FreshDatabase } from "../support/fresh-database.ts";
import { freshDatabase } from "../support/fresh-database.ts";
import type { RealEngine } from "../support/real-engine.ts";
import {
  mutatingCalls,
  realEngine,
  rehearsedMapping,
  startUnlimited,
  untilSearchable,
} from "../support/real-engine.ts";
import { storeOf } from "../../src/store/database/store.ts";
const CONSENT = `
consent:
  klaviyo_to_hubspot:
    status_property: klaviyo_email_status
    reason_property: klaviyo_suppression_reason
    unsubscribe_from: [Marketing Information]
  hubspot_to_klaviyo:
    opted_out: unsubscribe
limits: { unsubscribes_per_run: 100, clears_per_run: 100% }
`;
const PEOPLE = 24;
const address = (index: number): string => `person-${index}@example.com`;

/** Refusals on their way to the other side: two vendors over HTTP, their own SDKs and PostgreSQL. */
describe("a refusal", () => {
  let rehearsal: Rehearsal;
  let fresh: FreshDatabase;
  let engine: RealEngine;
  let mapping: Mapping;

  const portal = () => rehearsal.hubspot.sandbox;
  const klaviyo = () => rehearsal.klaviyo.sandbox;
  const carry = async (): Promise<ConsentRun> => {
    untilSearchable(rehearsal);
    return runConsent(await engine.deps(mapping), mapping, "test");
  };
  const cycle = async () => {
    untilSearchable(rehearsal);
    return engine.sync(mapping);
  };
  const inHubSpot = (index: number) => {
    const contact = portal().state.contacts.byEmail(address(index));
    const shown = (name: string) => (contact === undefined ? "" : (valueOf(contact, name) ?? ""));
    return {
      status: shown("klaviyo_email_status"),
      reason: shown("klaviyo_suppression_reason"),
      marketing: shown("hs_email_optout_1"),
      oneToOne: shown("hs_email_optout_2"),
    };
  };

  beforeAll(async () => {
    rehearsal = await startUnlimited({ seed: 21, contacts: 0 });
    for (const name of ["klaviyo_email_status", "klaviyo_suppression_reason"]) {
      portal().createProperty({
        name,
        label: name,
        type: "string",
        fieldType: "text",
        groupName: "contactinformation",
      });
    }
    fresh = await freshDatabase();
    engine = realEngine(rehearsal, fresh);
    mapping = rehearsedMapping(rehearsal, (demo) => demo + CONSENT);
    portal().seedContacts(
      Array.from({ length: PEOPLE }, (_, index) => ({
        properties: { email: address(index), firstname: `Name ${index}` },
        lists: [rehearsal.story.hubspotList],
      })),
    );
    await cycle();
    await cycle();
  });

  afterAll(async () => {
    await rehearsal?.close();
    await fresh?.drop();
  });

  test("where nobody refused, is looked for in two requests, and leaves no run", async () => {
    await carry();
    const before = rehearsal.hubspot.world.truth.calls.length + rehearsal.klaviyo.world.truth.calls.length;
    const { runId } = await carry();
    const calls = rehearsal.hubspot.world.truth.calls.length + rehearsal.klaviyo.world.truth.calls.length;
    expect([calls - before, runId]).toEqual([2, null]);
  });

  test("in Klaviyo shows in HubSpot, with its reason, and opts out of the type that is meant alone", async () => {
    klaviyo().unsubscribe(address(1));
    klaviyo().bounce(address(2));
    klaviyo().complain(address(3));
    const run = await carry();
    expect(run.counts).toMatchObject({ people: 3, carried: 2 });
    expect(inHubSpot(1)).toMatchObject({ status: "unsubscribed", marketing: "true", oneToOne: "" });
    // A bounce is nobody's choice.
    expect(inHubSpot(2)).toMatchObject({ status: "suppressed", reason: "HARD_BOUNCE", marketing: "" });
    expect(inHubSpot(3)).toMatchObject({ reason: "SPAM_COMPLAINT", marketing: "true" });
    expect(inHubSpot(4)).toMatchObject({ status: "never_subscribed", reason: "", marketing: "" });
  });

  test("of all e-mail in HubSpot unsubscribes in Klaviyo, of one type only where that is all that is meant", async () => {
    portal().unsubscribeFromAll(address(5));
    portal().setSubscription(address(6), 1, "UNSUBSCRIBED");
    portal().setSubscription(address(7), 2, "UNSUBSCRIBED");
    const run = await carry();
    expect(run.counts["carried"]).toBe(2);
    await cycle();
    expect([5, 6, 7].map((index) => klaviyo().profile(address(index))?.consent)).toEqual([
      "UNSUBSCRIBED",
      "UNSUBSCRIBED",
      "NEVER_SUBSCRIBED",
    ]);
  });

  test("of one type is seen by a process that has only begun, before anything else of its first run", async () => {
    portal().setSubscription(address(8), 1, "UNSUBSCRIBED");
    engine.restart();
    expect((await carry()).counts["carried"]).toBe(1);
    await cycle();
    expect(klaviyo().profile(address(8))?.consent).toBe("UNSUBSCRIBED");
  });

  test("is carried once, and what shows it stays as it is", async () => {
    await cycle();
    const before = mutatingCalls(rehearsal);
    await carry();
    await cycle();
    expect(mutatingCalls(rehearsal)).toBe(before);
  });

  test("that somebody edits away in HubSpot comes back: Klaviyo is right about its own consent", async () => {
    portal().editContact({ email: address(1) }, { klaviyo_email_status: "subscribed" });
    await cycle();
    expect(inHubSpot(1).status).toBe("unsubscribed");
  });

  test("is carried for somebody who matches no rule any more, and no field of theirs is", async () => {
    const list = rehearsal.story.hubspotList;
    const id = portal().state.contacts.byEmail(address(8))?.id ?? "";
    portal().changeMembers(list, { remove: [id] });
    await cycle();
    await cycle();
    portal().editContact({ email: address(8) }, { firstname: "Changed" });
    klaviyo().unsubscribe(address(8));
    await carry();
    await cycle();
    expect(inHubSpot(8)).toMatchObject({ status: "unsubscribed", marketing: "true" });
    expect(klaviyo().profile(address(8))?.attributes["first_name"]).toBe("Name 8");
  });

  test("is of the address that somebody has now, not of the one that they were linked by", async () => {
    for (const index of [9, 10])
      portal().editContact({ email: address(index) }, { email: address(100 + index) });
    await cycle();
    klaviyo().unsubscribe(address(109));
    portal().unsubscribeFromAll(address(110));
    await carry();
    await cycle();
    expect(inHubSpot(109)).toMatchObject({ status: "unsubscribed", marketing: "true" });
    expect(klaviyo().profile(address(110))?.consent).toBe("UNSUBSCRIBED");
  });

  test("that Tandem carried to HubSpot ends with the person's own act in Klaviyo, and comes back with another", async () => {
    // More runs in a minute than Klaviyo answers whose account it is: another process has not counted them.
    engine = realEngine(rehearsal, fresh);
    klaviyo().unsubscribe(address(11));
    await carry();
    expect(inHubSpot(11).marketing).toBe("true");
    klaviyo().subscribe(address(11));
    await cycle();
    await carry();
    await cycle();
    klaviyo().settle();
    expect(klaviyo().profile(address(11))?.consent).toBe("SUBSCRIBED");
    portal().unsubscribeFromAll(address(11));
    await carry();
    await cycle();
    expect(klaviyo().profile(address(11))?.consent).toBe("UNSUBSCRIBED");
  });

  test("keeps somebody who is not in Klaviyo yet from being made there", async () => {
    portal().seedContacts([
      { properties: { email: "refuses@example.com" }, lists: [rehearsal.story.hubspotList] },
    ]);
    portal().unsubscribeFromAll("refuses@example.com");
    await cycle();
    await cycle();
    expect(klaviyo().profile("refuses@example.com")).toBeNull();
  });

  test("of somebody who was in Klaviyo alone is in HubSpot by the end of the run that makes them there", async () => {
    const segments = [rehearsal.story.klaviyoSegment];
    klaviyo().seed([{ email: address(200), first_name: "Kim", consent: "UNSUBSCRIBED", segments }]);
    const run = await cycle();
    expect(run.counts).toMatchObject({ created: 1, carried: 1 });
    expect(inHubSpot(200).marketing).toBe("true");
  });

  test("of somebody whom nobody knows is remembered all the same", async () => {
    klaviyo().seed([{ email: "stranger@example.com" }]);
    klaviyo().unsubscribe("stranger@example.com");
    await carry();
    const entries = await ledgerOf(storeOf(fresh.database, 1), "stranger@example.com");
    expect(entries.map(({ kind }) => kind)).toEqual(["opted_out"]);
  });

  test("is in the ledger with what was done about it, and why", async () => {
    const entries = await ledgerOf(storeOf(fresh.database, 1), address(1));
    expect(entries.map(({ kind, side }) => `${side} ${kind}`)).toContain("hubspot carried");
    const carried = entries.find(({ kind }) => kind === "carried");
    expect(carried?.evidence).toMatchObject({
      from: { kind: "type", type: "1" },
      because: { status: "unsubscribed" },
    });
  });

  test("never makes a call that could subscribe anybody", () => {
    const acts = rehearsal.hubspot.world.truth.changes.filter(
      ({ action }) => action === "subscription.subscribe",
    );
    expect(acts).toEqual([]);
    const calls = rehearsal.klaviyo.world.truth.calls.filter(({ operation }) =>
      /bulk_subscribe|unsuppress|client/.test(operation),
    );
    expect(calls).toEqual([]);
  });
});
