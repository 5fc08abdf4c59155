import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { memory } from "../../src/connectors/memory/index.ts";
import { runConsent } from "../../src/lanes/consent-lane.ts";
import { runContacts } from "../../src/lanes/contacts/run-contacts.ts";
import { applyPlan } from "../../src/lanes/plans/apply-plan.ts";
import { makePlan } from "../../src/lanes/plans/make-plan.ts";
import { readPlanFile } from "../../src/lanes/plans/plan-file.ts";
import { plainConsent } from "../../src/model/consent.ts";
import type { EmailKey } from "../../src/model/email.ts";
import type { Engine } from "../support/engine.ts";
import { engine } from "../support/engine.ts";
import { problem } from "../support/known-link.ts";
import { mapping } from "../support/rule.ts";
import { TEST_KEYS } from "../support/test-keys.ts";

let it: Engine;
beforeEach(async () => {
  it = await engine((side, options) =>
    memory(side, {
      ...options,
      ...(side === "hubspot" ? { optOutTypes: [{ id: "1", name: "Marketing" }] } : {}),
    }),
  );
});
afterEach(() => it.fresh.drop());

const all = { count: Infinity };
const CARRYING = mapping({
  consent: { unsubscribeFrom: [{ nameOrId: "1", line: 1, column: 1 }], hubspotOptOut: "unsubscribe" },
  limits: { ...mapping().limits, unsubscribes: all, updates: all, clears: all, creates: all },
});
const NAMES = ["ann", "bob", "cay"] as const;
const addresses = NAMES.map((name) => `${name}@example.com` as EmailKey);
const shown = () => it.klaviyo.user.all().map(({ shownEmail }) => shownEmail);

async function cycle(): Promise<void> {
  it.wait(20 * 60_000);
  await runConsent(it.deps(), CARRYING, "test");
  await it.sync(CARRYING);
}

/** In step, and then each has the next one's email address in HubSpot. */
async function movedUp(): Promise<readonly string[]> {
  const ids = addresses.map((email) => it.hubspot.user.create(email, { firstname: email }, ["all"]));
  await cycle();
  for (const id of ids) it.hubspot.user.changeEmail(id, null);
  for (const [index, id] of ids.entries())
    it.hubspot.user.changeEmail(id, addresses[(index + 1) % ids.length] ?? null);
  return ids;
}
const UP = ["bob@example.com", "cay@example.com", "ann@example.com"];

for (const [index, name] of NAMES.entries()) {
  test(`nobody gives up an email address for a swap before Klaviyo has applied the opt-out of ${name}`, async () => {
    const ids = await movedUp();
    it.hubspot.user.setConsent(ids[index] ?? "", plainConsent("unsubscribed"));
    const seen: (readonly (string | null)[])[] = [];
    // Each of them has an address that the one who opted out had, so the opt-out reaches them one after the other.
    for (let run = 0; run < 5; run += 1) {
      await (run === 0 ? it.sync(CARRYING) : cycle());
      seen.push(shown());
    }
    expect(seen[0]).toEqual(addresses);
    expect(seen.flat()).not.toContain(null);
    expect(seen.at(-1)).toEqual(UP);
  });
}

test("a run for one person takes no email address from anybody for a swap", async () => {
  await movedUp();
  for (const email of addresses) await runContacts(it.deps(), CARRYING, { trigger: "test", email });
  expect(shown()).toEqual(addresses);
  await cycle();
  expect(shown()).toEqual(UP);
});

test("a saved plan takes no email address from anybody for a swap, and the next sync swaps", async () => {
  await movedUp();
  const folder = mkdtempSync(join(tmpdir(), "swaps-"));
  const out = join(folder, "saved.plan");
  it.wait(60_000);
  await makePlan(it.deps(), CARRYING, { email: null, field: null, examples: 5, out });
  await applyPlan(it.deps(), CARRYING, await readPlanFile(out, TEST_KEYS.files), null);
  rmSync(folder, { recursive: true });
  expect(shown()).toEqual(addresses);
  await cycle();
  expect(shown()).toEqual(UP);
});

test("people may swap their email addresses several times a day, and nobody is left without one", async () => {
  const [ann = "", bob = ""] = addresses
    .slice(0, 2)
    .map((email) => it.hubspot.user.create(email, { firstname: email }, ["all"]));
  await cycle();
  const linkOfAnn = await it.fresh.database.link.findFirstOrThrow({ where: { hubspotId: ann } });
  const followed: boolean[] = [];
  for (let swap = 0; swap < 9; swap += 1) {
    const [one, other] = [ann, bob].map((id) => it.hubspot.user.see(id)?.shownEmail ?? null);
    it.hubspot.user.changeEmail(ann, other ?? null);
    it.hubspot.user.changeEmail(bob, one ?? null);
    await cycle();
    expect(shown()).not.toContain(null);
    followed.push(profileOf(other ?? "") === linkOfAnn.klaviyoId);
  }
  // Then it is a fight, and waits for a day.
  expect(followed.slice(0, 4)).toEqual([true, true, true, true]);
});

const profileOf = (email: string): string =>
  it.klaviyo.user.all().find(({ shownEmail }) => shownEmail === email)?.id ?? "";

/** Ann and Bob swap in HubSpot. Ann's profile makes room, and Klaviyo refuses Bob's new address for now. */
async function halfSwapped() {
  const [ann = "", bob = "", cay = ""] = addresses.map((email) =>
    it.hubspot.user.create(email, { firstname: email }, ["all"]),
  );
  await cycle();
  const [profileOfAnn = "", profileOfBob = "", profileOfCay = ""] = addresses.map(profileOf);
  it.hubspot.user.changeEmail(ann, "bob@example.com");
  it.hubspot.user.changeEmail(bob, "ann@example.com");
  it.klaviyo.quirks.refuse = (operation) =>
    operation.kind === "update" && operation.values["email"] === "ann@example.com"
      ? problem({ code: "KL-DOWN", side: "klaviyo", field: null })
      : null;
  await it.sync(CARRYING);
  it.klaviyo.quirks.refuse = () => null;
  expect(it.klaviyo.user.see(profileOfAnn)?.shownEmail).toBe(null);
  return { ann, bob, cay, profileOfAnn, profileOfBob, profileOfCay };
}

test("who made room for a swap gets an email address though people swap others in Klaviyo meanwhile", async () => {
  const { ann, bob, cay, profileOfAnn, profileOfBob, profileOfCay } = await halfSwapped();
  it.klaviyo.user.changeEmail(profileOfBob, "cay@example.com");
  it.klaviyo.user.changeEmail(profileOfCay, "bob@example.com");
  for (let run = 0; run < 3; run += 1) await cycle();
  const links = await it.fresh.database.link.findMany();
  const pairs = new Map(links.map(({ hubspotId, klaviyoId }) => [hubspotId, klaviyoId]));
  expect([ann, bob, cay].map((id) => pairs.get(id))).toEqual([profileOfCay, profileOfAnn, profileOfBob]);
  expect(it.klaviyo.user.see(profileOfAnn)?.shownEmail).toBe("ann@example.com");
  expect(it.klaviyo.user.all()).toHaveLength(3);
});

test("who made room for a swap gets their email address back though nobody is left to be linked to", async () => {
  const { bob, profileOfAnn, profileOfBob } = await halfSwapped();
  it.hubspot.user.delete(bob);
  it.klaviyo.user.changeEmail(profileOfBob, "dan@example.com");
  it.klaviyo.user.create("bob@example.com", { first_name: "Bob" });
  for (let run = 0; run < 3; run += 1) await cycle();
  expect(it.klaviyo.user.see(profileOfAnn)?.shownEmail).toBe("ann@example.com");
});
