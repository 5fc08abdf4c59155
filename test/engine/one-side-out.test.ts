import { afterEach, beforeEach, expect, test } from "vitest";
import { plainConsent } from "../../src/model/consent.ts";
import { SystemUnavailable } from "../../src/model/problem.ts";
import type { Side } from "../../src/model/side.ts";
import { SIDES, otherSide } from "../../src/model/side.ts";
import { runConsent } from "../../src/lanes/consent-lane.ts";
import type { Engine } from "../support/engine.ts";
import { engine } from "../support/engine.ts";
import { problem } from "../support/known-link.ts";
import { fieldRule, mapping } from "../support/rule.ts";

const used = mapping({ fields: [fieldRule("jobtitle", "title")] });
const PROPERTY = { hubspot: "jobtitle", klaviyo: "title" } as const;

let it: Engine;
beforeEach(async () => void (it = await engine()));
afterEach(() => it.fresh.drop());

const goOut = (side: Side, isOut: (call: string) => boolean = () => true): void => {
  const out = problem({ code: side === "hubspot" ? "HS-QUOTA" : "KL-DOWN", side });
  it[side].quirks.unavailable = (call) => (isOut(call) ? new SystemUnavailable(side, out, 60_000) : null);
};
const shown = async (side: Side): Promise<unknown> => {
  const [row] = await it.fresh.database.sighting.findMany({ where: { side } });
  return Object.values(Object(row?.fields));
};

async function pair(): Promise<Readonly<Record<Side, string>>> {
  const hubspot = it.hubspot.user.create("jo@example.com", { jobtitle: "Buyer" }, ["all"]);
  await it.sync(used);
  await it.sync(used);
  const klaviyo = it.klaviyo.user.all()[0]?.id ?? "";
  it.newWrites();
  return { hubspot, klaviyo };
}

test.each(SIDES.flatMap((side) => [[side, "at all"] as const, [side, "when it is read"] as const]))(
  "while %s does not answer %s, the other side is read, nothing is written, and the run says who is out",
  async (out, when) => {
    const ids = await pair();
    goOut(out, (call) => when === "at all" || call === "pull");
    const other = otherSide(out);
    it[other].user.edit(ids[other], { [PROPERTY[other]]: "Seen" });
    const run = await it.sync(used);
    expect(run).toMatchObject({ result: "stopped", stoppedBy: { side: out } });
    expect(await shown(other)).toContain("Seen");
    expect(it.newWrites()).toBe(0);
    it[out].quirks.unavailable = () => null;
    await it.sync(used);
    // The rule takes people from HubSpot, so that only HubSpot's edits travel.
    const kept = other === "hubspot" ? "Seen" : "Buyer";
    expect(it[out].user.all()[0]?.values.get(PROPERTY[out])).toBe(kept);
  },
);

test("while HubSpot is out, an opt-out in Klaviyo goes into the ledger, and is carried once HubSpot is back", async () => {
  const carrying = mapping({
    fields: [fieldRule("jobtitle", "title")],
    consent: { unsubscribeFrom: [], hubspotOptOut: "unsubscribe" },
  });
  const ids = await pair();
  goOut("hubspot");
  it.klaviyo.user.setConsent(ids.klaviyo, plainConsent("unsubscribed"));
  it.wait(60_000);
  expect(await runConsent(it.deps(), carrying, "test")).toMatchObject({ result: "stopped" });
  expect(await it.fresh.database.consentEntry.count({ where: { kind: "opted_out", side: "klaviyo" } })).toBe(
    1,
  );
});
