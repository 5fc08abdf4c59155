import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { KlaviyoRehearsal, RawAnswer } from "../support/klaviyo-rehearsal.ts";
import { dataIn, klaviyoRehearsal } from "../support/klaviyo-rehearsal.ts";

let klaviyo: KlaviyoRehearsal;

beforeEach(async () => {
  klaviyo = await klaviyoRehearsal();
});
afterEach(() => klaviyo.close());

interface Job {
  readonly id: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

describe("bulk imports", () => {
  it("take ten thousand people at once, and not one more", async () => {
    const people = Array.from({ length: 10_000 }, (_, number) => ({ email: `p${number}@example.com` }));
    expect((await submit([...people, { email: "more@example.com" }])).status).toBe(400);
    const { id } = jobOf(await submit(people));
    klaviyo.world.clock.advance(1_000);
    expect((await read(id)).attributes).toMatchObject({
      status: "complete",
      total_count: 10_000,
      completed_count: 10_000,
      failed_count: 0,
    });
    expect(klaviyo.sandbox.counts().profiles).toBe(10_000);
  });

  it("refuse an unknown attribute for all, but a wrong value only for its row", async () => {
    expect((await submit([{ email: "ada@example.com", company: "x" }])).status).toBe(400);
    const { id } = jobOf(await submit([{ email: "nobody" }, { email: "ada@example.com" }]));
    klaviyo.world.clock.advance(1_000);
    expect((await read(id)).attributes).toMatchObject({ completed_count: 1, failed_count: 1 });
    const errors = await klaviyo.raw(`/api/profile-bulk-import-jobs/${id}/import-errors`);
    expect((dataIn(errors) as Job[])[0]?.attributes).toMatchObject({
      detail: "Invalid email address",
      original_payload: { attributes: { email: "nobody" } },
    });
  });

  it("fail the row whose phone is somebody else's", async () => {
    klaviyo.sandbox.seed([{ email: "ada@example.com", phone_number: "+4512345678" }]);
    const { id } = jobOf(await submit([{ email: "ben@example.com", phone_number: "+4512345678" }]));
    klaviyo.world.clock.advance(1_000);
    const errors = await klaviyo.raw(`/api/profile-bulk-import-jobs/${id}/import-errors`);
    expect((dataIn(errors) as Job[])[0]?.attributes).toMatchObject({ code: "duplicate_profile" });
  });

  it("can be seen half done, get stuck, or be cancelled", async () => {
    klaviyo.sandbox.nextImport("stuck");
    klaviyo.sandbox.nextImport("cancelled");
    const stuck = jobOf(await submit([{ email: "a@example.com" }, { email: "b@example.com" }]));
    const cancelled = jobOf(await submit([{ email: "c@example.com" }, { email: "d@example.com" }]));
    klaviyo.world.clock.advance(60_000);
    expect((await read(stuck.id)).attributes).toMatchObject({ status: "processing", completed_count: 1 });
    expect((await read(cancelled.id)).attributes).toMatchObject({ status: "cancelled", completed_count: 1 });
    expect(klaviyo.sandbox.profile("a@example.com")).not.toBeNull();
    expect(klaviyo.sandbox.profile("d@example.com")).toBeNull();
  });

  it("are forgotten after a week", async () => {
    const { id, attributes } = jobOf(await submit([{ email: "a@example.com" }]));
    expect(Date.parse(String(attributes["expires_at"])) - Date.parse(String(attributes["created_at"]))).toBe(
      7 * 86_400_000,
    );
    klaviyo.world.clock.advance(8 * 86_400_000);
    expect((await klaviyo.raw(`/api/profile-bulk-import-jobs/${id}`)).status).toBe(404);
  });
});

function submit(people: readonly object[]): Promise<RawAnswer> {
  const data = people.map((attributes) => ({ type: "profile", attributes }));
  const body = { data: { type: "profile-bulk-import-job", attributes: { profiles: { data } } } };
  return klaviyo.raw("/api/profile-bulk-import-jobs", { method: "POST", body });
}

function jobOf(answer: RawAnswer): Job {
  expect(answer.status).toBe(202);
  return dataIn(answer) as Job;
}

async function read(id: string): Promise<Job> {
  return dataIn(await klaviyo.raw(`/api/profile-bulk-import-jobs/${id}`)) as Job;
}
