import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { KlaviyoRehearsal, RawAnswer } from "../../support/klaviyo-rehearsal.ts";
import { klaviyoRehearsal } from "../../support/klaviyo-rehearsal.ts";

let klaviyo: KlaviyoRehearsal;

beforeEach(async () => {
  klaviyo = await klaviyoRehearsal();
});
afterEach(() => klaviyo.close());

const control = (method: string, path: string, body?: unknown): Promise<RawAnswer> =>
  klaviyo.raw(`/_sandbox/${path}`, { method, body, headers: { authorization: null } });
const json = async <T>(answer: Promise<RawAnswer>): Promise<T> => (await answer).body as T;

describe("everything behind the API's back can be done over HTTP as well", () => {
  it("fills the account, edits people, and shows them as they are", async () => {
    const { id: list } = await json<{ id: string }>(control("POST", "lists", { name: "All" }));
    const { ids } = await json<{ ids: string[] }>(
      control("POST", "profiles/seed", {
        profiles: [
          { email: "ada@example.com", consent: "SUBSCRIBED", lists: [list], phone_number: "not E.164" },
        ],
      }),
    );
    await control("POST", "profiles/seed", { count: 25, lists: [list] });
    await control("PATCH", `profiles/${ids[0]}`, { first_name: "Ada", properties: { plan: "pro" } });
    await control("PATCH", "profiles/ada@example.com", {
      first_name: null,
      unset: ["plan"],
      title: "Countess",
    });
    expect(await json(control("GET", "profiles/ada@example.com"))).toMatchObject({
      id: ids[0],
      attributes: { first_name: null, title: "Countess", phone_number: "not E.164" },
      properties: {},
      lists: [list],
    });
    expect(await json(control("GET", "counts"))).toMatchObject({ profiles: 26, lists: { [list]: 26 } });
    const page = await json<{ profiles: unknown[]; next: string }>(control("GET", "profiles?limit=20"));
    expect(page.profiles).toHaveLength(20);
    const rest = await json<{ profiles: unknown[]; next: null }>(
      control("GET", `profiles?limit=20&after=${page.next}`),
    );
    expect([rest.profiles.length, rest.next]).toEqual([6, null]);
  });

  it("acts as the person, and every act is in the log with what differs", async () => {
    await control("POST", "profiles/seed", {
      profiles: [{ email: "ada@example.com", consent: "SUBSCRIBED" }],
    });
    await control("POST", "consent", { act: "unsubscribe", profile: "ada@example.com" });
    await control("POST", "events", { metric: "Opened Email", profile: "ada@example.com" });
    const { changes } = await json<{ changes: Record<string, unknown>[] }>(control("GET", "log"));
    expect(changes).toMatchObject([
      {
        actor: "user",
        action: "profile.unsubscribe",
        before: { consent: "SUBSCRIBED", suppression: [] },
        after: { consent: "UNSUBSCRIBED", suppression: ["UNSUBSCRIBE"] },
      },
      { actor: "system", action: "event.create" },
      { actor: "user", action: "event.create" },
    ]);
    expect((await control("POST", "consent", { act: "beg", profile: "ada@example.com" })).status).toBe(400);
  });

  it("moves lists and segments, keys and settings", async () => {
    await control("POST", "profiles/seed", { profiles: [{ email: "ada@example.com" }] });
    const { id: list } = await json<{ id: string }>(control("POST", "lists", { name: "All" }));
    const { id: segment } = await json<{ id: string }>(control("POST", "segments", { name: "VIP" }));
    await control("POST", `lists/${list}/members`, { add: ["ada@example.com"] });
    await control("POST", `segments/${segment}/members`, { add: ["ada@example.com"] });
    expect(await json(control("GET", "profiles/ada@example.com"))).toMatchObject({
      lists: [list],
      segments: [segment],
    });
    await control("DELETE", `segments/${segment}`);
    await control("POST", `lists/${list}/members`, { remove: ["ada@example.com"] });
    expect(await json(control("GET", "profiles/ada@example.com"))).toMatchObject({ lists: [], segments: [] });
    await control("POST", "keys", { key: "pk_other", scopes: "full" });
    const headers = { authorization: "Klaviyo-API-Key pk_other" };
    expect((await klaviyo.raw("/api/accounts", { headers })).status).toBe(200);
    await control("DELETE", "keys/pk_other");
    expect((await klaviyo.raw("/api/accounts", { headers })).status).toBe(401);
    expect(await json(control("PATCH", "settings", { account_id: "XyZ123" }))).toMatchObject({
      account_id: "XyZ123",
    });
    expect((await klaviyo.accounts.getAccounts()).body.data[0]?.id).toBe("XyZ123");
    expect((await control("DELETE", "lists/NOPE01")).status).toBe(400);
  });

  it("merges and deletes, at once", async () => {
    await control("POST", "profiles/seed", {
      profiles: [{ email: "a@example.com" }, { email: "b@example.com" }],
    });
    await control("POST", "profiles/merge", { source: "a@example.com", destination: "b@example.com" });
    await control("DELETE", "profiles/b@example.com");
    expect(await json(control("GET", "counts"))).toMatchObject({ profiles: 0 });
  });

  it("merges nobody into themselves: nothing would be left of them", async () => {
    await control("POST", "profiles/seed", { profiles: [{ email: "a@example.com" }] });
    const both = { source: "a@example.com", destination: "A@example.com" };
    const refused = await control("POST", "profiles/merge", both);
    expect([refused.status, JSON.stringify(refused.body)]).toEqual([
      400,
      expect.stringContaining("into itself"),
    ]);
    expect(await json(control("GET", "counts"))).toMatchObject({ profiles: 1 });
  });

  it.each([
    ["PATCH", "settings", { consent_lag: 5 }, "consent_lag"],
    ["PATCH", "settings", { consent_lag_ms: "soon" }, "consent_lag_ms"],
    ["POST", "lists", {}, "name"],
    ["POST", "lists", { name: "All", opt_in_process: "triple" }, "opt_in_process"],
    ["POST", "profiles/seed", {}, "Invalid input"],
    ["POST", "imports/next", { mishap: "explode" }, "mishap"],
    ["POST", "keys", { scopes: [] }, "key"],
    ["GET", "profiles?limit=many", undefined, "limit"],
    ["POST", "faults", { match: "", fault: { kind: "truncated-json" } }, "match"],
  ])("tells a mistake sent by %s to %s, %j, and changes nothing", async (method, path, body, words) => {
    const before = { ...klaviyo.sandbox.settings };
    const answer = await control(method, path, body);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(words);
    expect(klaviyo.sandbox.settings).toEqual(before);
    expect(klaviyo.sandbox.keep()).toMatchObject({ lists: [], importMishaps: [], keys: { size: 1 } });
    expect(klaviyo.world.faults.pending()).toEqual([]);
  });

  it("strikes with the vendor's faults, and knows what was done before them", async () => {
    const fault = { kind: "reset", applied: "after" };
    await control("POST", "faults", { match: "create_or_update_profile", times: 1, fault });
    const body = { data: { type: "profile", attributes: { email: "ada@example.com" } } };
    await expect(klaviyo.raw("/api/profile-import", { method: "POST", body })).rejects.toThrow(
      "fetch failed",
    );
    expect(klaviyo.world.truth.changes).toMatchObject([{ actor: "api", action: "profile.create" }]);
    const again = await klaviyo.raw("/api/profile-import", { method: "POST", body });
    expect(again.status).toBe(200);
  });

  it("throttles by a fault as it does by itself", async () => {
    const fault = { kind: "status", status: 429, applied: "before" };
    await control("POST", "faults", { match: "get_lists", times: 1, fault });
    const { status, headers, body } = await klaviyo.raw("/api/lists");
    expect([status, headers.get("retry-after"), headers.get("ratelimit-limit")]).toEqual([429, "1", null]);
    expect(body?.errors?.[0]).toMatchObject({ code: "throttled" });
    expect((await klaviyo.raw("/api/lists")).status).toBe(200);
    const longer = { ...fault, headers: { "Retry-After": "45" } };
    await control("POST", "faults", { match: "get_lists", times: 1, fault: longer });
    expect((await klaviyo.raw("/api/lists")).headers.get("retry-after")).toBe("45");
  });

  it("makes the same people and ids from the same seed", async () => {
    const other = await klaviyoRehearsal();
    const ids = [klaviyo, other].map(({ sandbox }) => {
      sandbox.seedMany(3);
      sandbox.seedMany(3);
      const emails = new Set(sandbox.dump().profiles.map(({ email }) => email));
      return { list: sandbox.createList({ name: "x" }), emails };
    });
    await other.close();
    expect(ids[0]).toEqual(ids[1]);
  });
});
