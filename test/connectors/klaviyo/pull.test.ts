import { describe, expect, test } from "vitest";
import { plainConsent } from "../../../src/model/consent.ts";
import type { PullPage } from "../../../src/connectors/connector.ts";
import { SystemUnavailable } from "../../../src/model/problem.ts";
import type { Problem } from "../../../src/model/problem.ts";
import { live, people, pull, rehearse } from "./rehearse.ts";

const HOUR = 3_600_000;
const rosters = (pages: readonly PullPage[]): readonly (readonly string[])[] =>
  pages.flatMap((page) => (page.kind === "roster" ? [page.ids] : []));
const seen = (pages: readonly PullPage[]): readonly string[] =>
  pages.flatMap((page) => (page.kind === "contacts" ? page.contacts.map(({ id }) => id) : []));
async function problemOf(call: Promise<unknown>): Promise<Problem> {
  const reason: unknown = await call.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(reason instanceof SystemUnavailable)) throw new Error("the side was not out", { cause: reason });
  expect(JSON.stringify(reason) + String(reason.stack) + String(reason.cause)).not.toContain("pk_sandbox");
  return reason.problem;
}

describe("a pull from Klaviyo (P19)", () => {
  test("that finds nothing new costs three requests, whatever the size", async () => {
    const klaviyo = await rehearse();
    const list = klaviyo.sandbox.createList({ name: "All" });
    klaviyo.sandbox.addToList(list, klaviyo.sandbox.seed(people(250)));
    klaviyo.world.clock.advance(HOUR);
    let { cursor } = await pull(klaviyo, [list], null);
    for (let cycle = 0; cycle < 3; cycle += 1) {
      klaviyo.world.clock.advance(HOUR);
      const before = klaviyo.world.truth.calls.length;
      const idle = await pull(klaviyo, [list], cursor);
      cursor = idle.cursor;
      expect(klaviyo.world.truth.calls.length - before).toBe(3);
      expect(seen(idle.pages)).toEqual([]);
    }
    expect(klaviyo.connector.requests().get("get_list_count")).toBe(4);
  });

  test("reads segments as it reads lists", async () => {
    const klaviyo = await rehearse();
    const segment = klaviyo.sandbox.createSegment({ name: "VIP" });
    const ids = klaviyo.sandbox.seed(people(3));
    klaviyo.sandbox.addToSegment(segment, ids);
    klaviyo.world.clock.advance(HOUR);
    const first = await pull(klaviyo, [segment], null);
    expect([...seen(first.pages)].sort()).toEqual([...ids].sort());
    klaviyo.sandbox.removeFromSegment(segment, [ids[0] ?? ""]);
    klaviyo.world.clock.advance(HOUR);
    const second = await pull(klaviyo, [segment], first.cursor);
    expect(rosters(second.pages).map((each) => [...each].sort())).toEqual([ids.slice(1).sort()]);
  });

  test("takes nobody for gone while a segment is computed, and finds the leave afterwards", async () => {
    const klaviyo = await rehearse();
    const segment = klaviyo.sandbox.createSegment({ name: "VIP" });
    const ids = klaviyo.sandbox.seed(people(3));
    klaviyo.sandbox.addToSegment(segment, ids);
    klaviyo.world.clock.advance(HOUR);
    let { cursor } = await pull(klaviyo, [segment], null);
    klaviyo.sandbox.rebuildSegment(segment, 2 * HOUR);
    klaviyo.world.clock.advance(HOUR);
    const computing = await pull(klaviyo, [segment], cursor);
    cursor = computing.cursor;
    expect(rosters(computing.pages)).toEqual([]);
    klaviyo.world.clock.advance(2 * HOUR);
    klaviyo.sandbox.removeFromSegment(segment, [ids[0] ?? ""]);
    klaviyo.sandbox.setSegment(segment, { is_active: false });
    const inactive = await pull(klaviyo, [segment], cursor);
    expect(rosters(inactive.pages)).toEqual([]);
    klaviyo.sandbox.setSegment(segment, { is_active: true });
    klaviyo.world.clock.advance(HOUR);
    const settled = await pull(klaviyo, [segment], inactive.cursor);
    expect(rosters(settled.pages).map((each) => [...each].sort())).toEqual([ids.slice(1).sort()]);
  });

  test("reads a whole list again where there are more members than anybody joined", async () => {
    const klaviyo = await rehearse();
    const list = klaviyo.sandbox.createList({ name: "All" });
    klaviyo.sandbox.addToList(list, klaviyo.sandbox.seed(people(2)));
    klaviyo.world.clock.advance(HOUR);
    const { cursor } = await pull(klaviyo, [list], null);
    // Somebody whose join was never shown: the cursor remembers fewer than there are.
    const forgetful = cursor.replace('"count":2', '"count":1');
    expect(forgetful).not.toBe(cursor);
    klaviyo.world.clock.advance(HOUR);
    const { pages } = await pull(klaviyo, [list], forgetful);
    expect(rosters(pages)[0]?.length).toBe(2);
    expect(new Set(seen(pages)).size).toBe(2);
  });

  test("reads a list that was gone and is back as a new one, and takes nobody for gone", async () => {
    const klaviyo = await rehearse();
    const list = klaviyo.sandbox.createList({ name: "All" });
    const ids = klaviyo.sandbox.seed(people(3));
    klaviyo.sandbox.addToList(list, ids);
    klaviyo.world.clock.advance(HOUR);
    const first = await pull(klaviyo, [list], null);
    klaviyo.sandbox.deleteList(list);
    klaviyo.world.clock.advance(HOUR);
    const gone = await pull(klaviyo, [list], first.cursor);
    expect(gone.pages[0]?.kind).toBe("collection_gone");
    expect(rosters(gone.pages)).toEqual([]);
    klaviyo.sandbox.createList({ id: list, name: "All" });
    klaviyo.sandbox.addToList(list, ids.slice(1));
    klaviyo.world.clock.advance(HOUR);
    const back = await pull(klaviyo, [list], gone.cursor);
    expect(rosters(back.pages)).toEqual([]);
    expect([...seen(back.pages)].sort()).toEqual(ids.slice(1).sort());
  });

  test("starts a collection over where Klaviyo no longer takes its cursor", async () => {
    const klaviyo = await rehearse();
    const list = klaviyo.sandbox.createList({ name: "All" });
    const ids = klaviyo.sandbox.seed(people(150));
    klaviyo.sandbox.addToList(list, ids);
    const whole = await pull(klaviyo, [list], null);
    const middle = JSON.parse(whole.pages[0]?.cursor ?? "") as { underWay: { place: { page: string } } };
    middle.underWay.place.page = "bm90IGEgY3Vyc29y";
    const resumed = await pull(klaviyo, [list], JSON.stringify(middle));
    expect(new Set(seen(resumed.pages))).toEqual(new Set(ids));
  });

  test("reads all changes again where Klaviyo no longer takes the saved place among them", async () => {
    const klaviyo = await rehearse();
    const list = klaviyo.sandbox.createList({ name: "All" });
    const ids = klaviyo.sandbox.seed(people(150));
    klaviyo.sandbox.addToList(list, ids);
    klaviyo.world.clock.advance(HOUR);
    const whole = await pull(klaviyo, [list], null);
    klaviyo.world.clock.advance(HOUR);
    for (const { email } of people(150)) klaviyo.sandbox.editProfile(email, { first_name: "New" });
    klaviyo.world.clock.advance(HOUR);
    const changes = await pull(klaviyo, [list], whole.cursor);
    const middle = changes.pages.find(({ cursor }) => /"changes":"[^"]+"/.test(cursor))?.cursor ?? "";
    const gone = middle.replace(/"changes":"[^"]+"/, '"changes":"bm90IGEgY3Vyc29y"');
    expect(gone).not.toBe(middle);
    klaviyo.world.clock.advance(24 * HOUR);
    const resumed = await pull(klaviyo, [list], gone);
    expect(new Set(seen(resumed.pages))).toEqual(new Set(ids));
  });

  test("takes a cursor that is not its own for none", async () => {
    const klaviyo = await rehearse();
    const list = klaviyo.sandbox.createList({ name: "All" });
    klaviyo.sandbox.addToList(list, klaviyo.sandbox.seed(people(1)));
    for (const cursor of ["", "{}", "null", "[", '{"updated":"yesterday"}']) {
      expect(seen((await pull(klaviyo, [list], cursor)).pages).length).toBe(1);
    }
  });

  test("waits out a 429 for as long as it says, and loses nothing", async () => {
    const klaviyo = await rehearse({ settings: { limits: "off" } });
    const list = klaviyo.sandbox.createList({ name: "All" });
    klaviyo.sandbox.addToList(list, klaviyo.sandbox.seed(people(150)));
    const throttled = { errors: [{ code: "throttled", detail: "Request was throttled." }] };
    klaviyo.world.faults.add({
      match: "get_profiles_for_list",
      skip: 1,
      times: 2,
      fault: { kind: "status", status: 429, applied: "before", body: throttled },
    });
    expect(seen((await pull(klaviyo, [list], null)).pages).length).toBe(150);
  });

  test.for(["html", "truncated-json", "reset", "status"] as const)(
    "gets over an answer that is %s, and takes a side where all are for out",
    async (kind) => {
      const klaviyo = await rehearse();
      const list = klaviyo.sandbox.createList({ name: "All" });
      klaviyo.sandbox.addToList(list, klaviyo.sandbox.seed(people(3)));
      const fault =
        kind === "html"
          ? ({ kind, status: 200, applied: "before" } as const)
          : kind === "status"
            ? ({ kind, status: 502, applied: "before" } as const)
            : kind === "reset"
              ? ({ kind, applied: "before" } as const)
              : ({ kind } as const);
      klaviyo.world.faults.add({ match: "get_profiles_for_list", times: 2, fault });
      expect(seen((await pull(klaviyo, [list], null)).pages).length).toBe(3);
      expect(klaviyo.logged.length).toBeGreaterThan(0);
      klaviyo.world.faults.add({ match: "get_profiles_for_list", times: 99, fault });
      expect((await problemOf(pull(klaviyo, [list], null))).code).toBe("KL-DOWN");
      expect(klaviyo.logged.join()).not.toContain("pk_sandbox");
    },
  );

  test("stops waiting for an answer that never comes", async () => {
    const klaviyo = await rehearse({ timeoutMs: 50 });
    klaviyo.world.faults.add({ match: "get_list", times: 99, fault: { kind: "hang", applied: "before" } });
    expect((await problemOf(pull(klaviyo, ["Abcdef"], null))).code).toBe("KL-DOWN");
  });

  test.for<[number, unknown, string]>([
    [401, undefined, "KL-AUTH"],
    [200, { data: "nothing" }, "KL-DOWN"],
    [200, { data: [], links: { next: "https://evil.example/api/profiles?page%5Bcursor%5D=x" } }, "KL-DOWN"],
  ])("that is refused with %i stops the side", async ([status, body, code]) => {
    const klaviyo = await rehearse();
    const list = klaviyo.sandbox.createList({ name: "All" });
    klaviyo.world.faults.add({
      match: "get_profiles_for_list",
      times: 99,
      fault: { kind: "status", status, applied: "before", ...(body === undefined ? {} : { body }) },
    });
    expect((await problemOf(pull(klaviyo, [list], null))).code).toBe(code);
  });

  test("follows no redirect with its key", async () => {
    const klaviyo = await rehearse();
    klaviyo.world.faults.add({
      match: "get_accounts",
      times: 99,
      fault: { kind: "status", status: 302, applied: "before" },
    });
    expect((await problemOf(klaviyo.connector.account(live()))).code).toBe("KL-UNKNOWN");
  });

  test("reads consent as it is, suppressions and all", async () => {
    const klaviyo = await rehearse();
    const [bounced = "", fresh = ""] = klaviyo.sandbox.seed(people(2));
    klaviyo.sandbox.bounce(bounced, "Hard");
    const { contacts: found } = await klaviyo.connector.contacts.read([bounced, fresh], [], live());
    const consent = new Map(found.map((contact) => [contact.id, contact.consent]));
    expect(consent.get(fresh)).toEqual({ ...plainConsent("never_subscribed"), sms: "never_subscribed" });
    expect(consent.get(bounced)?.suppressions).toEqual([
      { reason: "HARD_BOUNCE", at: expect.stringMatching(/Z$/) as string },
    ]);
  });

  test("discovers what profiles have and none of what Klaviyo writes itself, and looks at no profile for a run", async () => {
    const klaviyo = await rehearse();
    klaviyo.sandbox.createProfile({
      email: "a@example.com",
      properties: { $source: "x", company_id: "y", Tier: "gold", vip: true, score: 3, tags: ["a"] },
    });
    const list = klaviyo.sandbox.createList({ name: "Careful", opt_in_process: "double_opt_in" });
    const segment = klaviyo.sandbox.createSegment({ name: "VIP" });
    const { fields, collections } = await klaviyo.connector.discover(live());
    const custom = fields.filter(({ property }) => property.startsWith("properties."));
    expect(custom.map(({ property, type }) => `${property} ${type}`).sort()).toEqual([
      "properties.Tier text",
      "properties.score number",
      "properties.tags list",
      "properties.vip boolean",
    ]);
    const called = klaviyo.called("get_profiles");
    expect(await klaviyo.connector.outline(live())).toMatchObject({ collections });
    expect(klaviyo.called("get_profiles") - called).toBe(0);
    expect(collections).toEqual([
      { id: list, name: "Careful", kind: "list", writable: true, doubleOptIn: true, size: null },
      { id: segment, name: "VIP", kind: "segment", writable: false, doubleOptIn: false, size: null },
    ]);
  });
});
