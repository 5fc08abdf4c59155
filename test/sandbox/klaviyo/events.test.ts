import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { KlaviyoRehearsal } from "../../support/klaviyo-rehearsal.ts";
import { cursorOf, klaviyoRehearsal } from "../../support/klaviyo-rehearsal.ts";

let klaviyo: KlaviyoRehearsal;

beforeEach(async () => {
  klaviyo = await klaviyoRehearsal();
  klaviyo.sandbox.seed([{ email: "ada@example.com" }]);
});
afterEach(() => klaviyo.close());

const opened = (given: { datetime?: string; visible_after_ms?: number; subject: string }): string =>
  klaviyo.sandbox.addEvent({
    metric: "Opened Email",
    profile: "ada@example.com",
    properties: { Subject: given.subject },
    ...(given.datetime === undefined ? {} : { datetime: given.datetime }),
    ...(given.visible_after_ms === undefined ? {} : { visible_after_ms: given.visible_after_ms }),
  });

describe("events", () => {
  it("may lie in the future, and may arrive days late", async () => {
    opened({ subject: "future", datetime: "2099-01-01T00:00:00Z" });
    opened({ subject: "late", datetime: "2026-01-01T00:00:00Z", visible_after_ms: 4 * 86_400_000 });
    expect(await subjects("greater-than(datetime,2025-01-01T00:00:00Z)")).toEqual(["future"]);
    klaviyo.world.clock.advance(4 * 86_400_000);
    expect(await subjects("greater-than(datetime,2025-01-01T00:00:00Z)")).toEqual(["late", "future"]);
    expect(await subjects("less-or-equal(timestamp,1767225600)")).toEqual(["late"]);
  });

  it("stay out of sight for the account's lag", async () => {
    klaviyo.sandbox.configure({ event_lag_ms: 120_000 });
    opened({ subject: "now" });
    expect(await subjects()).toEqual([]);
    klaviyo.world.clock.advance(120_000);
    expect(await subjects()).toEqual(["now"]);
  });

  it("outlive their profile and their metric, and can be asked for with them only", async () => {
    const [gone = ""] = klaviyo.sandbox.seed([{ email: "gone@example.com" }]);
    klaviyo.sandbox.addEvent({ metric: "Clicked Email", profile: gone });
    klaviyo.sandbox.addEvent({ metric: null, profile: "ada@example.com" });
    klaviyo.sandbox.deleteProfile(gone);
    const count = async (filter?: string) =>
      (await klaviyo.events.getEvents(filter === undefined ? {} : { filter })).body.data.length;
    expect(await count()).toBe(2);
    expect(await count("has(profile)")).toBe(1);
    expect(await count("has(metric)")).toBe(1);
    expect(await count("has(profile),has(metric)")).toBe(0);
  });

  it("come in pages of two hundred unless a thousand are asked for", async () => {
    for (let number = 0; number < 450; number += 1) opened({ subject: String(number) });
    const seen = new Set<string>();
    let pageCursor: string | undefined;
    let pages = 0;
    do {
      const { body } = await klaviyo.events.getEvents({
        sort: "datetime",
        ...(pageCursor === undefined ? {} : { pageCursor }),
      });
      for (const { id } of body.data) seen.add(id);
      pageCursor = cursorOf(body.links?.next);
      pages += 1;
    } while (pageCursor !== undefined);
    expect({ pages, seen: seen.size }).toEqual({ pages: 3, seen: 450 });
    expect((await klaviyo.events.getEvents({ pageSize: 1000 })).body.data).toHaveLength(450);
  });

  it("follow a person into the profile that person is merged into", async () => {
    opened({ subject: "before" });
    const [into = ""] = klaviyo.sandbox.seed([{ email: "new@example.com" }]);
    klaviyo.sandbox.mergeProfiles("ada@example.com", into);
    const { body } = await klaviyo.events.getEvents({ filter: `equals(profile_id,"${into}")` });
    expect(body.data.map(({ attributes }) => attributes.eventProperties)).toContainEqual({
      Subject: "before",
    });
  });
});

async function subjects(filter?: string): Promise<unknown[]> {
  const { body } = await klaviyo.events.getEvents({
    sort: "datetime",
    ...(filter === undefined ? {} : { filter }),
  });
  return body.data.map(({ attributes }) => (attributes.eventProperties as { Subject: string }).Subject);
}
