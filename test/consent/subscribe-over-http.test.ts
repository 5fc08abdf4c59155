import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Connector } from "../../src/connectors/connector.ts";
import { runConsent } from "../../src/lanes/consent-lane.ts";
import { runContacts } from "../../src/lanes/contacts/run-contacts.ts";
import type { Mapping } from "../../src/model/mapping.ts";
import type { Rehearsal } from "../../src/sandbox/rehearsal/rehearsal.ts";
import type { FreshDatabase } from "../support/fresh-database.ts";
import { freshDatabase } from "../support/fresh-database.ts";
import type { RealEngine } from "../support/real-engine.ts";
import { realEngine, rehearsedMapping, startUnlimited, untilSearchable } from "../support/real-engine.ts";

const NAMES = ["new", "left", "bounced", "suppressed", "refused", "raced"] as const;
const address = (name: (typeof NAMES)[number]): string => `${name}@example.com`;

/** `subscribe: true` and `on_leave: unsubscribe` against two vendors over HTTP, with Klaviyo's dangerous semantics. */
describe("subscribing over HTTP", () => {
  let rehearsal: Rehearsal;
  let fresh: FreshDatabase;
  let engine: RealEngine;
  let mapping: Mapping;
  let list: string;

  const klaviyo = () => rehearsal.klaviyo.sandbox;
  const cycle = async () => {
    untilSearchable(rehearsal);
    return engine.sync(mapping);
  };
  /** The cycle that subscribes, while somebody refuses at the very moment of being asked for. */
  const asking = async () => {
    const deps = await engine.deps(mapping);
    const { klaviyo: real } = deps.connectors;
    const subscribe: Connector["consent"]["subscribe"] = async (clearances, gate, signal) => {
      klaviyo().unsubscribe(address("raced"));
      return (await real.consent.subscribe?.(clearances, gate, signal)) ?? [];
    };
    const raced = { ...real, consent: { ...real.consent, subscribe } };
    untilSearchable(rehearsal);
    const connectors = { ...deps.connectors, klaviyo: raced };
    await runContacts({ ...deps, connectors }, mapping, { trigger: "test" });
    // Accepted is not done: Klaviyo takes its time over consent.
    untilSearchable(rehearsal);
    klaviyo().settle();
  };
  const consentOf = (name: (typeof NAMES)[number]) => klaviyo().profile(address(name))?.consent;
  const calls = (operation: string) =>
    rehearsal.klaviyo.world.truth.calls.filter((call) => call.operation === operation).length;

  beforeAll(async () => {
    rehearsal = await startUnlimited({ seed: 31, contacts: 0 });
    list = klaviyo().createList({ name: "Offers", opt_in_process: "single_opt_in" });
    fresh = await freshDatabase();
    engine = realEngine(rehearsal, fresh);
    mapping = rehearsedMapping(rehearsal, (demo) =>
      demo
        .replace(/add_to_klaviyo_lists: \[[^\]]*\]/, `add_to_klaviyo_lists: [${list}]\n    subscribe: true`)
        .replace(/on_leave: \w+/, "on_leave: unsubscribe")
        .concat("limits: { subscribes_per_run: 100, unsubscribes_per_run: 100, removals_per_run: 100 }\n"),
    );
    klaviyo().seed([
      { email: address("left"), consent: "UNSUBSCRIBED", suppression: ["UNSUBSCRIBE"] },
      { email: address("bounced"), suppression: ["HARD_BOUNCE"] },
      { email: address("suppressed"), suppression: ["USER_SUPPRESSED"] },
    ]);
    rehearsal.hubspot.sandbox.seedContacts(
      NAMES.map((name) => ({ properties: { email: address(name) }, lists: [rehearsal.story.hubspotList] })),
    );
    rehearsal.hubspot.sandbox.unsubscribeFromAll(address("refused"));
    await cycle();
    await asking();
  });

  afterAll(async () => {
    await rehearsal?.close();
    await fresh?.drop();
  });

  test("only whom nothing speaks against is subscribed", () => {
    // Klaviyo's call went over the refusal of the one who raced it; what follows puts that right.
    expect(NAMES.filter((name) => consentOf(name) === "SUBSCRIBED")).toEqual(["new", "raced"]);
    expect(klaviyo().profile(address("left"))?.suppression).toEqual(["UNSUBSCRIBE"]);
    expect(klaviyo().profile(address("suppressed"))?.suppression).toEqual(["USER_SUPPRESSED"]);
  });

  test("a refusal that the call went over is found as an event of Klaviyo's, and put back", async () => {
    await runConsent(await engine.deps(mapping), mapping, "test");
    untilSearchable(rehearsal);
    klaviyo().settle();
    expect(consentOf("raced")).toBe("UNSUBSCRIBED");
  });

  test("it is asked once, whatever follows", async () => {
    const before = calls("bulk_subscribe_profiles");
    expect(before).toBeGreaterThan(0);
    await cycle();
    await cycle();
    expect(calls("bulk_subscribe_profiles")).toBe(before);
  });

  test("anybody who leaves the rule is unsubscribed from its list; anybody who is off the list already, from nothing", async () => {
    const ids = ["new", "suppressed"].map(
      (name) => rehearsal.hubspot.sandbox.state.contacts.byEmail(`${name}@example.com`)?.id ?? "",
    );
    const gone = klaviyo().profile(address("suppressed"))?.id ?? "";
    klaviyo().removeFromList(list, [gone]);
    rehearsal.hubspot.sandbox.changeMembers(rehearsal.story.hubspotList, { remove: ids });
    await cycle();
    await cycle();
    untilSearchable(rehearsal);
    klaviyo().settle();
    expect(klaviyo().profile(address("new"))?.lists).not.toContain(list);
    // Klaviyo unsubscribes from everything anybody who is not on the list that is named.
    expect(klaviyo().profile(address("suppressed"))?.consent).toBe("NEVER_SUBSCRIBED");
  });
});
