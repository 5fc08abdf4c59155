import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { KlaviyoRehearsal } from "../../support/klaviyo-rehearsal.ts";
import { klaviyoRehearsal } from "../../support/klaviyo-rehearsal.ts";

let klaviyo: KlaviyoRehearsal;

beforeEach(async () => {
  klaviyo = await klaviyoRehearsal();
});
afterEach(() => klaviyo.close());

describe("segments", () => {
  it("fill themselves by their rule, and notice changes after their lag", async () => {
    klaviyo.sandbox.configure({ segment_lag_ms: 60_000 });
    klaviyo.sandbox.seed([
      { email: "ada@example.com", properties: { plan: "pro" } },
      { email: "ben@example.com", properties: { plan: "free" } },
    ]);
    const id = klaviyo.sandbox.createSegment({
      name: "Pro",
      rule: { field: "properties.plan", operator: "equals", value: "pro" },
    });
    expect(await state(id)).toEqual({ members: [], is_processing: true });
    klaviyo.world.clock.advance(60_000);
    expect(await state(id)).toEqual({ members: ["ada@example.com"], is_processing: false });
    klaviyo.sandbox.editProfile("ben@example.com", { properties: { plan: "pro" } });
    klaviyo.sandbox.editProfile("ada@example.com", { properties: { plan: "free" } });
    expect(await state(id)).toEqual({ members: ["ada@example.com"], is_processing: false });
    klaviyo.world.clock.advance(60_000);
    expect(await state(id)).toEqual({ members: ["ben@example.com"], is_processing: false });
  });

  it("show nobody while they are rebuilt, and everybody as before afterwards", async () => {
    const id = klaviyo.sandbox.createSegment({ name: "By hand" });
    klaviyo.sandbox.seed([{ email: "ada@example.com", segments: [id], joined: "2026-01-01T00:00:00Z" }]);
    klaviyo.sandbox.rebuildSegment(id, 900_000);
    expect(await state(id)).toEqual({ members: [], is_processing: true });
    klaviyo.world.clock.advance(900_000);
    expect(await state(id)).toEqual({ members: ["ada@example.com"], is_processing: false });
    const { body } = await klaviyo.segments.getProfilesForSegment(id);
    expect(body.data[0]?.attributes.joinedGroupAt).toEqual(new Date("2026-01-01T00:00:00Z"));
  });

  it("sleep while they are inactive", async () => {
    const id = klaviyo.sandbox.createSegment({ name: "By hand" });
    klaviyo.sandbox.seed([{ email: "ada@example.com" }, { email: "ben@example.com" }]);
    klaviyo.sandbox.addToSegment(id, ["ada@example.com"]);
    klaviyo.sandbox.settle();
    klaviyo.sandbox.setSegment(id, { is_active: false });
    klaviyo.sandbox.addToSegment(id, ["ben@example.com"]);
    klaviyo.world.clock.advance(3_600_000);
    expect((await state(id)).members).toEqual(["ada@example.com"]);
    klaviyo.sandbox.setSegment(id, { is_active: true });
    klaviyo.sandbox.removeFromSegment(id, ["ada@example.com"]);
    expect((await state(id)).members).toEqual(["ben@example.com"]);
  });

  it("do not move anybody's updated by taking them in", async () => {
    const id = klaviyo.sandbox.createSegment({ name: "By hand" });
    klaviyo.sandbox.seed([{ email: "ada@example.com", updated: "2026-01-01T00:00:00Z" }]);
    klaviyo.sandbox.addToSegment(id, ["ada@example.com"]);
    expect(klaviyo.sandbox.profile("ada@example.com")).toMatchObject({
      segments: [id],
      updated: "2026-01-01T00:00:00.000000+00:00",
    });
  });
});

async function state(
  id: string,
): Promise<{ members: (string | null | undefined)[]; is_processing: unknown }> {
  const members = await klaviyo.segments.getProfilesForSegment(id);
  const segment = await klaviyo.segments.getSegment(id);
  return {
    members: members.body.data.map(({ attributes }) => attributes.email),
    is_processing: segment.body.data.attributes.isProcessing,
  };
}
