import { afterEach, beforeEach, expect, test } from "vitest";
import type { Engine } from "../support/engine.ts";
import { engine } from "../support/engine.ts";
import { mapping } from "../support/rule.ts";

let it: Engine;
beforeEach(async () => void (it = await engine()));
afterEach(() => it.fresh.drop());

const rules = mapping();
const ANN = "ann@example.com";
const BOB = "bob@example.com";

/** Two people in step, whose contacts are merged in HubSpot alone: Bob's link has lost its contact. */
async function mergedInHubSpot() {
  const [ann = "", bob = ""] = [ANN, BOB].map((email) =>
    it.hubspot.user.create(email, { firstname: email }, ["all"]),
  );
  await it.sync(rules);
  const [profileOfAnn = "", profileOfBob = ""] = it.klaviyo.user.all().map(({ id }) => id);
  it.hubspot.user.merge(ann, bob);
  await it.sync(rules);
  return { ann, profileOfAnn, profileOfBob };
}

for (const kept of ["Ann", "Bob"] as const) {
  test(`a contact that is deleted and made anew while Klaviyo merges too, into ${kept}'s profile, is linked`, async () => {
    const { ann, profileOfAnn, profileOfBob } = await mergedInHubSpot();
    const [survivor, gone] = kept === "Ann" ? [profileOfAnn, profileOfBob] : [profileOfBob, profileOfAnn];
    it.hubspot.user.delete(ann);
    it.klaviyo.user.merge(survivor, gone);
    const again = it.hubspot.user.create(kept === "Ann" ? ANN : BOB, { firstname: kept }, ["all"]);
    for (let run = 0; run < 2; run += 1) await it.sync(rules);
    expect(await it.fresh.database.link.findMany({ where: { klaviyoId: survivor } })).toMatchObject([
      { hubspotId: again, deletedOn: null, missingOn: null, state: "in_sync" },
    ]);
    expect(await it.fresh.database.problem.count()).toBe(0);
  });
}
