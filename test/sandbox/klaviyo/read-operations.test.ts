import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { KlaviyoRehearsal } from "../../support/klaviyo-rehearsal.ts";
import { klaviyoRehearsal } from "../../support/klaviyo-rehearsal.ts";

let klaviyo: KlaviyoRehearsal;

beforeEach(async () => {
  klaviyo = await klaviyoRehearsal();
});
afterEach(() => klaviyo.close());

describe("every read the connector may do answers the official SDK", () => {
  it("1 get_accounts answers the one account of the key", async () => {
    const { body } = await klaviyo.accounts.getAccounts();
    expect(body.data).toHaveLength(1);
    expect(body.data[0]?.id).toBe("TnDm01");
  });

  it("2 get_lists pages by ten in the order asked for", async () => {
    for (let number = 10; number < 22; number += 1) klaviyo.sandbox.createList({ name: `List ${number}` });
    const { body } = await klaviyo.lists.getLists({ sort: "-name" });
    expect(body.data.map(({ attributes }) => attributes.name)).toEqual(
      Array.from({ length: 10 }, (_, index) => `List ${21 - index}`),
    );
    expect(body.links?.next).toContain("page%5Bcursor%5D=");
    const named = await klaviyo.lists.getLists({ filter: 'equals(name,"List 12")' });
    expect(named.body.data).toHaveLength(1);
  });

  it("3 get_list counts its members only when asked to", async () => {
    const id = klaviyo.sandbox.createList({ name: "Newsletter", tags: ["Q3"] });
    klaviyo.sandbox.seedMany(3, [id]);
    const plain = await klaviyo.lists.getList(id);
    expect(plain.body.data.attributes.profileCount).toBeUndefined();
    expect(plain.response.headers["ratelimit-limit"]).toBe("75, 75;w=1, 750;w=60");
    const counted = await klaviyo.lists.getList(id, {
      additionalFieldsList: ["profile_count"],
      include: ["tags"],
    });
    expect(counted.body.data.attributes.profileCount).toBe(3);
    expect(counted.response.headers["ratelimit-limit"]).toBe("1, 1;w=1, 15;w=60");
    expect(counted.body.included?.[0]).toMatchObject({ type: "tag", attributes: { name: "Q3" } });
  });

  it("4 create_list makes a list with the opt-in that was asked for", async () => {
    const { response, body } = await klaviyo.lists.createList({
      data: { type: "list", attributes: { name: "From the API", optInProcess: "single_opt_in" } },
    });
    expect(response.status).toBe(201);
    expect(body.data.attributes.optInProcess).toBe("single_opt_in");
    expect(klaviyo.world.truth.changes.at(-1)).toMatchObject({ actor: "api", action: "list.create" });
  });

  it("5 get_segments filters by activity and ignores stars, as the real one does", async () => {
    klaviyo.sandbox.createSegment({ name: "On" });
    klaviyo.sandbox.createSegment({ name: "Off", is_active: false });
    const active = await klaviyo.segments.getSegments({ filter: "equals(is_active,true)" });
    expect(active.body.data.map(({ attributes }) => attributes.name)).toEqual(["On"]);
    const starred = await klaviyo.segments.getSegments({ filter: "equals(is_starred,true)" });
    expect(starred.body.data).toHaveLength(2);
  });

  it("6 get_profiles_for_list gives members by the time they joined", async () => {
    const id = klaviyo.sandbox.createList({ name: "All" });
    klaviyo.sandbox.seed([
      { email: "early@example.com", lists: [id], joined: "2026-01-01T00:00:00Z" },
      { email: "late@example.com", lists: [id], joined: "2026-03-01T00:00:00Z" },
    ]);
    const { body } = await klaviyo.lists.getProfilesForList(id, {
      filter: "greater-or-equal(joined_group_at,2026-02-01T00:00:00Z)",
      sort: "joined_group_at",
      additionalFieldsProfile: ["subscriptions"],
      fieldsProfile: ["email", "joined_group_at"],
    });
    expect(body.data).toHaveLength(1);
    expect(body.data[0]?.attributes.email).toBe("late@example.com");
    expect(body.data[0]?.attributes.joinedGroupAt).toEqual(new Date("2026-03-01T00:00:00Z"));
    expect(body.data[0]?.attributes.subscriptions?.email?.marketing?.consent).toBe("NEVER_SUBSCRIBED");
    expect(body.data[0]?.attributes.firstName).toBeUndefined();
  });

  it("7 get_profiles_for_segment finds a member by id", async () => {
    const id = klaviyo.sandbox.createSegment({ name: "VIP" });
    const [ada, ben] = klaviyo.sandbox.seed([
      { email: "ada@example.com", segments: [id] },
      { email: "ben@example.com", segments: [id] },
    ]);
    const { body } = await klaviyo.segments.getProfilesForSegment(id, {
      filter: `any(profile_id,["${ben}"])`,
    });
    expect(body.data.map((row) => row.id)).toEqual([ben]);
    expect(body.data.map((row) => row.id)).not.toContain(ada);
  });

  it("8 get_profile_ids_for_segment gives ids and nothing else", async () => {
    const id = klaviyo.sandbox.createSegment({ name: "VIP" });
    const [ada] = klaviyo.sandbox.seed([{ email: "ada@example.com", segments: [id] }]);
    const { body } = await klaviyo.raw(`/api/segments/${id}/relationships/profiles`);
    expect(body?.data).toEqual([{ type: "profile", id: ada }]);
    const bySdk = await klaviyo.segments.getProfileIdsForSegment(id, { pageSize: 100 });
    expect(bySdk.body.data[0]?.id).toBe(ada);
  });

  it("9 get_profiles looks several people up by their addresses, whatever their case", async () => {
    klaviyo.sandbox.seed([
      { email: "Ada@Example.com" },
      { email: "ben@example.com" },
      { email: "x@example.com" },
    ]);
    const { body } = await klaviyo.profiles.getProfiles({
      filter: 'any(email,["ada@example.com","ben@example.com"])',
      sort: "email",
      pageSize: 100,
    });
    expect(body.data.map(({ attributes }) => attributes.email)).toEqual([
      "Ada@Example.com",
      "ben@example.com",
    ]);
  });

  it("10 get_profile gives one profile, with its lists when included", async () => {
    const list = klaviyo.sandbox.createList({ name: "All" });
    const [id = ""] = klaviyo.sandbox.seed([
      { email: "ada@example.com", lists: [list], properties: { plan: "pro" }, location: { city: "Oslo" } },
    ]);
    const { body, response } = await klaviyo.profiles.getProfile(id, { include: ["lists"] });
    expect(body.data.attributes.properties).toEqual({ plan: "pro" });
    expect(body.data.attributes.location?.city).toBe("Oslo");
    expect(body.included?.[0]?.id).toBe(list);
    expect(response.headers["ratelimit-limit"]).toBe("75, 75;w=1, 750;w=60");
  });

  it("22 get_metrics names Klaviyo's own metrics, and its category filter finds nothing", async () => {
    const own = await klaviyo.metrics.getMetrics({ filter: 'equals(integration.name,"Klaviyo")' });
    expect(own.body.data.map(({ attributes }) => attributes.name)).toContain("Opened Email");
    const byCategory = await klaviyo.metrics.getMetrics({
      filter: 'equals(integration.category,"Internal")',
    });
    expect(byCategory.body.data).toEqual([]);
  });

  it("23 get_events gives one metric's events in order, with their profiles", async () => {
    const [id = ""] = klaviyo.sandbox.seed([{ email: "ada@example.com" }]);
    const at = ["2026-03-01T00:00:00Z", "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"];
    for (const datetime of at) {
      klaviyo.sandbox.addEvent({
        metric: "Opened Email",
        profile: id,
        datetime,
        properties: { Subject: datetime },
      });
    }
    klaviyo.sandbox.addEvent({ metric: "Clicked Email", profile: id });
    const { body } = await klaviyo.events.getEvents({
      filter: `equals(metric_id,"${klaviyo.sandbox.metricId("Opened Email")}"),greater-or-equal(datetime,2026-02-01T00:00:00Z)`,
      sort: "datetime",
      include: ["profile", "metric"],
      fieldsProfile: ["email"],
      pageSize: 1000,
    });
    expect(body.data.map(({ attributes }) => attributes.eventProperties)).toEqual([
      { Subject: "2026-02-01T00:00:00Z" },
      { Subject: "2026-03-01T00:00:00Z" },
    ]);
    expect(body.data[0]?.relationships?.profile?.data?.id).toBe(id);
    expect(body.included?.map(({ type }) => type).toSorted()).toEqual(["metric", "profile"]);
  });
});
