import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { KlaviyoRehearsal } from "../../support/klaviyo-rehearsal.ts";
import { cursorOf, dataIn, klaviyoRehearsal, vendorErrorOf } from "../../support/klaviyo-rehearsal.ts";

let klaviyo: KlaviyoRehearsal;

beforeEach(async () => {
  klaviyo = await klaviyoRehearsal();
});
afterEach(() => klaviyo.close());

describe("what Klaviyo really does, however unwelcome", () => {
  it("a subscribes somebody again who was suppressed, had unsubscribed or had complained", async () => {
    klaviyo.sandbox.seed([
      { email: "hidden@example.com", suppression: ["USER_SUPPRESSED"] },
      { email: "left@example.com", consent: "UNSUBSCRIBED", suppression: ["UNSUBSCRIBE"] },
      { email: "angry@example.com", consent: "UNSUBSCRIBED", suppression: ["SPAM_COMPLAINT"] },
      { email: "dead@example.com", suppression: ["HARD_BOUNCE", "USER_SUPPRESSED"] },
    ]);
    await subscribe(["hidden", "left", "angry", "dead"]);
    for (const name of ["hidden", "left", "angry"]) {
      expect(klaviyo.sandbox.profile(`${name}@example.com`)).toMatchObject({
        consent: "SUBSCRIBED",
        suppression: [],
        can_receive_email_marketing: true,
      });
    }
    expect(klaviyo.sandbox.profile("dead@example.com")).toMatchObject({
      consent: "SUBSCRIBED",
      suppression: ["HARD_BOUNCE"],
    });
    const change = klaviyo.world.truth.changes.find(({ action }) => action === "profile.subscribe");
    expect(change).toMatchObject({
      actor: "api",
      before: { consent: "NEVER_SUBSCRIBED", suppression: ["USER_SUPPRESSED"] },
      after: { consent: "SUBSCRIBED", suppression: [] },
    });
  });

  it("b an import leaves alone what it is given null for; an upsert clears it", async () => {
    const [id = ""] = klaviyo.sandbox.seed([
      { email: "ada@example.com", title: "Countess", location: { city: "London" } },
    ]);
    await klaviyo.raw("/api/profile-bulk-import-jobs", {
      method: "POST",
      body: {
        data: {
          type: "profile-bulk-import-job",
          attributes: {
            profiles: {
              data: [
                {
                  type: "profile",
                  attributes: { email: "ada@example.com", title: null, location: { city: null } },
                },
              ],
            },
          },
        },
      },
    });
    klaviyo.world.clock.advance(1_000);
    expect(klaviyo.sandbox.profile(id)).toMatchObject({
      attributes: { title: "Countess" },
      location: { city: "London" },
    });
    const { body } = await klaviyo.profiles.createOrUpdateProfile({
      data: {
        type: "profile",
        attributes: { email: "ada@example.com", title: null, location: { city: null } },
      },
    });
    expect(body.data.attributes.title).toBeNull();
    expect(body.data.attributes.location?.city).toBeNull();
  });

  it("c unset deletes properties; append and unappend keep lists", async () => {
    const [id = ""] = klaviyo.sandbox.seed([
      { email: "ada@example.com", properties: { a: 1, b: 2, skus: ["x", "y"], tags: ["x", "y"] } },
    ]);
    const { body } = await klaviyo.profiles.updateProfile(id, {
      data: {
        type: "profile",
        id,
        attributes: {},
        meta: {
          patchProperties: { append: { skus: "z" }, unappend: { tags: "x" }, unset: ["a", "b"] },
        },
      },
    });
    // In this order, as recorded.
    expect(body.data.attributes.properties).toEqual({
      skus: ["z", "x", "y"],
      tags: ["y"],
      company_id: "TnDm01",
    });
  });

  it("d pages over http links to the end, forwards and back", async () => {
    const list = klaviyo.sandbox.createList({ name: "All" });
    klaviyo.sandbox.seedMany(250, [list]);
    const seen: string[] = [];
    let last = await klaviyo.lists.getProfilesForList(list, { pageSize: 100, sort: "-joined_group_at" });
    for (;;) {
      seen.push(...last.body.data.map(({ id }) => id ?? ""));
      const pageCursor = cursorOf(last.body.links?.next);
      if (pageCursor === undefined) break;
      last = await klaviyo.lists.getProfilesForList(list, {
        pageSize: 100,
        sort: "-joined_group_at",
        pageCursor,
      });
    }
    expect(new Set(seen).size).toBe(250);
    expect(last.body.links?.next).toBeNull();
    const back = await klaviyo.raw(last.body.links?.prev ?? "");
    expect((dataIn(back) as { id: string }[]).map(({ id }) => id)).toEqual(seen.slice(100, 200));
  });

  it("e throttles with nothing but Retry-After, and lets the next call in after it", async () => {
    klaviyo.sandbox.configure({ limits: "real" });
    const first = await klaviyo.accounts.getAccounts();
    expect(first.response.headers).toMatchObject({
      "ratelimit-limit": "1, 1;w=1, 15;w=60",
      "ratelimit-remaining": "0",
    });
    const refused = await vendorErrorOf(klaviyo.accounts.getAccounts());
    expect(refused.status).toBe(429);
    expect(refused.headers["retry-after"]).toBe("1");
    expect(Object.keys(refused.headers).filter((name) => name.startsWith("ratelimit"))).toEqual([]);
    expect(refused.error).toMatchObject({
      code: "throttled",
      detail: "Request was throttled. Expected available in 1 second.",
    });
    klaviyo.world.clock.advance(1_000);
    expect((await klaviyo.accounts.getAccounts()).response.status).toBe(200);
  });

  it("f names the other profile when an e-mail and a phone belong to two", async () => {
    const [ada, ben] = klaviyo.sandbox.seed([
      { email: "ada@example.com" },
      { email: "ben@example.com", phone_number: "+4512345678" },
    ]);
    const upsert = await vendorErrorOf(
      klaviyo.profiles.createOrUpdateProfile({
        data: { type: "profile", attributes: { email: "ada@example.com", phoneNumber: "+4512345678" } },
      }),
    );
    const patch = await vendorErrorOf(
      klaviyo.profiles.updateProfile(ada ?? "", {
        data: { type: "profile", id: ada ?? "", attributes: { phoneNumber: "+4512345678" } },
      }),
    );
    const create = await vendorErrorOf(
      klaviyo.profiles.createProfile({
        data: { type: "profile", attributes: { email: "new@example.com", phoneNumber: "+4512345678" } },
      }),
    );
    for (const { status, error } of [upsert, patch, create]) {
      expect(status).toBe(409);
      expect(error).toMatchObject({
        code: "duplicate_profile",
        detail: "A profile already exists with one of these identifiers.",
        meta: { duplicate_profile_id: ben },
      });
    }
  });

  it("g refuses greater-or-equal on a profile's updated", async () => {
    const { status, error } = await vendorErrorOf(
      klaviyo.profiles.getProfiles({ filter: "greater-or-equal(updated,2026-01-01T00:00:00Z)" }),
    );
    expect(status).toBe(400);
    expect(error).toMatchObject({
      code: "invalid",
      title: "Invalid input.",
      source: { parameter: "filter" },
    });
  });

  it("h refuses a whole subscribe request for one first name, and applies nothing of it", async () => {
    klaviyo.sandbox.seed([{ email: "ada@example.com" }, { email: "ben@example.com" }]);
    const subscriptions = { email: { marketing: { consent: "SUBSCRIBED" } } };
    const { status, body } = await klaviyo.raw("/api/profile-subscription-bulk-create-jobs", {
      method: "POST",
      body: {
        data: {
          type: "profile-subscription-bulk-create-job",
          attributes: {
            profiles: {
              data: [
                { type: "profile", attributes: { email: "ada@example.com", subscriptions } },
                {
                  type: "profile",
                  attributes: { email: "ben@example.com", first_name: "Ben", subscriptions },
                },
              ],
            },
          },
        },
      },
    });
    expect(status).toBe(400);
    expect(body?.errors?.[0]).toMatchObject({
      detail: "'first_name' is not a valid field for the resource 'profile'.",
      source: { pointer: "/data/attributes/profiles/data/1/attributes/first_name" },
    });
    expect(klaviyo.world.truth.changes).toEqual([]);
  });

  it("answers 404 for a profile that exists, when it is to take an address that is another's", async () => {
    const [ada] = klaviyo.sandbox.seed([{ email: "ada@example.com" }, { email: "ben@example.com" }]);
    const { status, error } = await vendorErrorOf(
      klaviyo.profiles.createOrUpdateProfile({
        data: { type: "profile", id: ada ?? "", attributes: { email: "ben@example.com" } },
      }),
    );
    expect(status).toBe(404);
    expect(error["detail"]).toBe(`A profile with id ${ada} does not exist.`);
    expect((await klaviyo.profiles.getProfile(ada ?? "")).response.status).toBe(200);
  });

  it("lets a merged profile resolve for a while, and then answers 404", async () => {
    klaviyo.sandbox.configure({ merge_lag_ms: 60_000 });
    const [from = "", into = ""] = klaviyo.sandbox.seed([
      {
        email: "old@example.com",
        phone_number: "+4512345678",
        consent: "UNSUBSCRIBED",
        suppression: ["UNSUBSCRIBE"],
      },
      { email: "new@example.com", consent: "SUBSCRIBED" },
    ]);
    const merged = await klaviyo.profiles.mergeProfiles({
      data: {
        type: "profile-merge",
        id: into,
        relationships: { profiles: { data: [{ type: "profile", id: from }] } },
      },
    });
    expect(merged.response.status).toBe(201);
    expect(merged.body.data.id).toBe(into);
    expect((await klaviyo.profiles.getProfile(from)).response.status).toBe(200);
    klaviyo.world.clock.advance(60_000);
    expect((await vendorErrorOf(klaviyo.profiles.getProfile(from))).status).toBe(404);
    expect(klaviyo.sandbox.profile(into)).toMatchObject({
      email: "new@example.com",
      attributes: { phone_number: "+4512345678" },
      consent: "UNSUBSCRIBED",
      suppression: ["UNSUBSCRIBE"],
    });
  });
});

async function subscribe(names: readonly string[]): Promise<void> {
  await klaviyo.profiles.bulkSubscribeProfiles({
    data: {
      type: "profile-subscription-bulk-create-job",
      attributes: {
        profiles: {
          data: names.map((name) => ({
            type: "profile",
            attributes: {
              email: `${name}@example.com`,
              subscriptions: { email: { marketing: { consent: "SUBSCRIBED" } } },
            },
          })),
        },
      },
    },
  });
}
