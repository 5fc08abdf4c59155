import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SANDBOX_KEY } from "../../../src/sandbox/klaviyo/klaviyo-sandbox.ts";
import type { KlaviyoRehearsal, RawAnswer } from "../../support/klaviyo-rehearsal.ts";
import { dataIn, klaviyoRehearsal } from "../../support/klaviyo-rehearsal.ts";

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

  it("hold a row to 100 kB of bytes, and all of them to 5 MB, however they are sent", async () => {
    // Two bytes a letter: the characters alone would fit.
    const row = (letters: number) => [
      { email: "ada@example.com", properties: { text: "é".repeat(letters) } },
    ];
    expect((await submit(row(49_000))).status).toBe(202);
    expect((await submit(row(60_000))).status).toBe(400);
    const people = Array.from({ length: 60 }, (_, at) => ({
      email: `p${at}@example.com`,
      properties: { text: "x".repeat(90_000) },
    }));
    const text = JSON.stringify(submission(people));
    const chunked = await fetch(`${klaviyo.url}/api/profile-bulk-import-jobs`, {
      method: "POST",
      headers: {
        authorization: `Klaviyo-API-Key ${SANDBOX_KEY}`,
        revision: "2026-07-15",
        "content-type": "application/vnd.api+json",
      },
      body: new Blob([text]).stream(),
      duplex: "half",
    });
    expect(chunked.status).toBe(413);
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

function submission(people: readonly object[]): object {
  const data = people.map((attributes) => ({ type: "profile", attributes }));
  return { data: { type: "profile-bulk-import-job", attributes: { profiles: { data } } } };
}

function submit(people: readonly object[]): Promise<RawAnswer> {
  return klaviyo.raw("/api/profile-bulk-import-jobs", { method: "POST", body: submission(people) });
}

function jobOf(answer: RawAnswer): Job {
  expect(answer.status).toBe(202);
  return dataIn(answer) as Job;
}

async function read(id: string): Promise<Job> {
  return dataIn(await klaviyo.raw(`/api/profile-bulk-import-jobs/${id}`)) as Job;
}
