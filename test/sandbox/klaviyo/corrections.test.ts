import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { KlaviyoRehearsal } from "../../support/klaviyo-rehearsal.ts";
import { dataIn, klaviyoRehearsal } from "../../support/klaviyo-rehearsal.ts";

/** What the full specification of revision 2026-07-15 and recorded traffic say otherwise than Klaviyo's guides. */

let klaviyo: KlaviyoRehearsal;
beforeEach(async () => void (klaviyo = await klaviyoRehearsal()));
afterEach(() => klaviyo.close());

const idsIn = (answer: unknown): readonly string[] => (answer as { id: string }[]).map(({ id }) => id);

describe("Klaviyo as its specification has it", () => {
  it("finds suppression jobs by the list or the segment that they are about", async () => {
    const list = klaviyo.sandbox.createList({ name: "Members" });
    const jobs = "/api/profile-suppression-bulk-create-jobs";
    const submit = async (relationships: object, attributes: object) =>
      klaviyo.raw(jobs, {
        method: "POST",
        body: { data: { type: "profile-suppression-bulk-create-job", attributes, relationships } },
      });
    const about = await submit({ list: { data: { type: "list", id: list } } }, {});
    const profiles = { data: [{ type: "profile", attributes: { email: "a@example.com" } }] };
    await submit({}, { profiles });
    expect(about.status).toBe(202);
    const found = await klaviyo.raw(`${jobs}?filter=equals(list_id,"${list}")`);
    expect(idsIn(dataIn(found))).toEqual([(dataIn(about) as { id: string }).id]);
    expect(idsIn(dataIn(await klaviyo.raw(`${jobs}?filter=equals(segment_id,"NoSuch")`)))).toEqual([]);
    expect(idsIn(dataIn(await klaviyo.raw(jobs)))).toHaveLength(2);
  });

  it("finds tags by how their name begins and ends", async () => {
    klaviyo.sandbox.createList({ name: "Members", tags: ["spring sale", "summer sale"] });
    const names = async (filter: string) =>
      (dataIn(await klaviyo.raw(`/api/tags?filter=${filter}`)) as { attributes: { name: string } }[]).map(
        ({ attributes }) => attributes.name,
      );
    expect(await names('starts-with(name,"spring")')).toEqual(["spring sale"]);
    expect((await names('ends-with(name,"sale")')).toSorted()).toEqual(["spring sale", "summer sale"]);
  });

  it("asks no dearer limit for predictions of a segment, or for a profile with its lists", async () => {
    const [id] = klaviyo.sandbox.seed([{ email: "a@example.com" }]);
    const segment = klaviyo.sandbox.createSegment({ name: "Readers" });
    const paths = [
      `/api/segments/${segment}/profiles?additional-fields[profile]=predictive_analytics`,
      `/api/profiles/${id}?include=lists,segments`,
    ];
    for (const path of paths)
      expect((await klaviyo.raw(path)).headers.get("ratelimit-limit")).toBe("75, 75;w=1, 750;w=60");
  });

  it("answers a revision that has ended with 410, no matter who asks", async () => {
    klaviyo.sandbox.configure({ ended_revisions: ["2026-07-15"] });
    const { status, body } = await klaviyo.raw("/api/accounts");
    expect([status, body?.errors?.[0]["status"]]).toEqual([410, 410]);
    const newer = await klaviyo.raw("/api/accounts", { headers: { revision: "2026-10-15" } });
    expect(newer.status).toBe(200);
  });
});
