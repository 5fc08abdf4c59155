import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { OPERATIONS } from "../../src/sandbox/klaviyo/wire/operation-table.ts";
import type { Exchange, KlaviyoSpecification } from "../support/klaviyo-openapi.ts";
import { SPECIFICATION, klaviyoSpecification, observed } from "../support/klaviyo-openapi.ts";
import type { KlaviyoRehearsal } from "../support/klaviyo-rehearsal.ts";
import { cursorOf, klaviyoRehearsal, vendorErrorOf } from "../support/klaviyo-rehearsal.ts";

/** What is sent and what comes of it is driven in klaviyo-mail-openapi.test.ts. */
const DRIVEN_ELSEWHERE = [
  "get_campaigns",
  "get_campaign",
  "get_flows",
  "get_flow",
  "query_metric_aggregates",
];
/** Always refused for want of a plan. */
const REFUSED = ["get_webhooks", "create_webhook", "get_webhook_topics"];

describe.skipIf(SPECIFICATION === null)("the rehearsal keeps to Klaviyo's published specification", () => {
  const exchanges: Exchange[] = [];
  let specification: KlaviyoSpecification;
  let klaviyo: KlaviyoRehearsal;
  const names = (): readonly string[] => specification.operations.map(({ id }) => id);

  beforeAll(async () => {
    if (SPECIFICATION === null) throw new Error("skipped");
    specification = klaviyoSpecification(SPECIFICATION);
    klaviyo = await klaviyoRehearsal({
      wrap: (vendor) => observed(vendor, (exchange) => exchanges.push(exchange)),
    });
    await driveEverything(klaviyo);
  });
  afterAll(() => klaviyo.close());

  it("drives every operation that is served", () => {
    const seen = new Set(klaviyo.world.truth.calls.map(({ operation }) => operation));
    const missing = names().filter((name) => !DRIVEN_ELSEWHERE.includes(name) && !seen.has(name));
    expect(missing).toEqual([]);
  });

  it("answers every operation with success at least once", () => {
    const good = new Set(
      klaviyo.world.truth.calls.filter(({ status }) => status < 300).map(({ operation }) => operation),
    );
    const bad = names().filter(
      (name) => ![...DRIVEN_ELSEWHERE, ...REFUSED].includes(name) && !good.has(name),
    );
    expect(bad).toEqual([]);
  });

  it("sends and answers nothing that the specification does not allow", () => {
    expect(exchanges.length).toBeGreaterThan(50);
    expect(exchanges.flatMap((exchange) => specification.problemsOf(exchange))).toEqual([]);
  });

  it("limits, scopes and parameters of every operation are the specification's", () => {
    for (const { id, limits, scopes, query } of specification.operations) {
      const served = OPERATIONS[id];
      expect({ id, burst: `${served?.tier.burst}/s`, steady: `${served?.tier.steady}/m` }).toEqual({
        id,
        ...limits,
      });
      expect({ id, scopes: served?.scopes.toSorted() }).toEqual({ id, scopes });
      expect({ id, query: served?.query.toSorted() }).toEqual({ id, query });
    }
  });

  it("would notice a wrong answer, a wrong request and a wrong parameter", () => {
    const [exchange] = exchanges;
    const wrong = { ...(exchange as Exchange), responseBody: { data: [{ type: "account" }] } };
    expect(specification.problemsOf(wrong).join("\n")).toContain("get_accounts: answer");
    const typo: Exchange = {
      method: "POST",
      path: "/api/profile-import?page[size]=1",
      headers: { revision: "2026-07-15", "content-type": "application/json" },
      requestBody: { data: { type: "profile", attributes: { phoneNumber: "+4512345678" } } },
      status: 201,
      responseBody: undefined,
    };
    const problems = specification.problemsOf(typo).join("\n");
    expect(problems).toContain("page[size] is no parameter");
    expect(problems).toContain("phoneNumber");
    expect(problems).toContain("the answer has no body");
  });
});

async function driveEverything(klaviyo: KlaviyoRehearsal): Promise<void> {
  const { sandbox, profiles, lists, segments, events } = klaviyo;
  const list = sandbox.createList({
    name: "All",
    tags: ["Q3"],
    flows: [{ id: "FlOw01", name: "Welcome", status: "live", archived: false }],
  });
  const other = sandbox.createList({ name: "Other", opt_in_process: "double_opt_in" });
  sandbox.createSegment({ name: "Set", rule: { field: "phone_number", operator: "is-set" } });
  sandbox.createSegment({
    name: "Number",
    rule: { field: "properties.score", operator: "equals", value: 8 },
  });
  sandbox.createSegment({ name: "Member", rule: { field: "list", operator: "equals", value: list } });
  const segment = sandbox.createSegment({ name: "By hand", tags: ["Q3"], is_starred: true });
  const [ada = "", ben = "", gone = ""] = sandbox.seed([
    {
      email: "ada@example.com",
      predictions: {
        historic_clv: 93.87,
        expected_date_of_next_order: "2026-11-08T00:00:00+00:00",
        ranked_channel_affinity: ["sms", "email"],
      },
      phone_number: "+4512345678",
      location: { city: "Copenhagen", latitude: 55.66, longitude: "12.57" },
      properties: { tags: ["x"], nested: { deep: null } },
      lists: [list],
      segments: [segment],
    },
    { email: "ben@example.com", lists: [list], suppression: ["HARD_BOUNCE"], list_suppressions: [other] },
    { email: "gone@example.com" },
  ]);
  sandbox.seedMany(25, [list, other]);
  sandbox.addEvent({ metric: "Opened Email", profile: ada, properties: { machine_open: true } });
  const event = sandbox.addEvent({ metric: "Clicked Email", profile: ben });
  sandbox.addEvent({ metric: null, profile: null });
  const everything = ["subscriptions", "predictive_analytics"] as ["subscriptions", "predictive_analytics"];

  await klaviyo.accounts.getAccounts();
  await klaviyo.accounts.getAccounts({ fieldsAccount: ["timezone", "contact_information"] });
  await lists.getLists({ include: ["tags", "flow-triggers"], sort: "-created", pageSize: 1 });
  await lists.getLists({ filter: `any(id,["${list}"])` });
  await lists.getList(list, { additionalFieldsList: ["profile_count"], include: ["tags"] });
  await lists.getList(list, { include: ["flow-triggers"], fieldsFlow: ["name", "status", "archived"] });
  await lists.createList({
    data: { type: "list", attributes: { name: "New", optInProcess: "single_opt_in" } },
  });
  await segments.getSegments({ include: ["tags"], fieldsSegment: ["name", "is_active"] });
  const inSegments = await segments.getSegments();
  for (const { id } of inSegments.body.data) {
    await segments.getSegment(id, { additionalFieldsSegment: ["profile_count"] });
    await segments.getProfilesForSegment(id, { additionalFieldsProfile: everything });
    await segments.getProfileIdsForSegment(id, { sort: "-joined_group_at" });
  }
  for (let cursor: string | undefined, pages = 0; pages === 0 || cursor !== undefined; pages += 1) {
    const { body } = await lists.getProfilesForList(list, {
      pageSize: 10,
      ...(cursor === undefined ? {} : { pageCursor: cursor }),
    });
    cursor = cursorOf(body.links?.next);
  }
  await lists.getProfilesForList(list, {
    fieldsProfile: ["email", "joined_group_at", "location.city"],
    additionalFieldsProfile: ["subscriptions"],
  });
  await lists.getProfileIdsForList(list, { pageSize: 100 });
  await profiles.getProfiles({ additionalFieldsProfile: everything, sort: "-updated", pageSize: 100 });
  await profiles.getProfiles({ filter: 'any(email,["ada@example.com"])', fieldsProfile: ["email"] });
  await profiles.getProfiles({ include: ["conversations", "push-tokens"] });
  await profiles.getProfile(ada, { include: ["lists", "segments"], additionalFieldsProfile: everything });
  await profiles.getListsForProfile(ada);
  await profiles.getListIdsForProfile(ada);
  await profiles.getSegmentsForProfile(ada);
  await profiles.getSegmentIdsForProfile(ada);
  await profiles.createProfile({
    data: { type: "profile", attributes: { email: "new@example.com", location: { city: "Oslo" } } },
  });
  await profiles.createOrUpdateProfile({
    data: {
      type: "profile",
      attributes: { email: "ada@example.com", firstName: "Ada", properties: { score: 8 } },
      meta: { patchProperties: { append: { tags: "y" }, unset: ["nested"] } },
    },
  });
  await profiles.updateProfile(ada, { data: { type: "profile", id: ada, attributes: { title: null } } });
  await profiles.mergeProfiles({
    data: {
      type: "profile-merge",
      id: ada,
      relationships: { profiles: { data: [{ type: "profile", id: gone }] } },
    },
  });
  const job = await profiles.bulkImportProfiles({
    data: {
      type: "profile-bulk-import-job",
      attributes: {
        profiles: {
          data: [
            { type: "profile", attributes: { email: "imported@example.com" } },
            { type: "profile", attributes: { email: "not an address" } },
          ],
        },
      },
      relationships: { lists: { data: [{ type: "list", id: list }] } },
    },
  });
  await profiles.getBulkImportProfilesJob(job.body.data.id, { include: ["lists"] });
  klaviyo.world.clock.advance(1_000);
  await profiles.getBulkImportProfilesJob(job.body.data.id);
  await profiles.getBulkImportProfilesJobs({ filter: "any(status,['complete'])", sort: "-created_at" });
  await profiles.getErrorsForBulkImportProfilesJob(job.body.data.id);
  await profiles.getErrorsForBulkImportProfilesJob(job.body.data.id, {
    fieldsImportError: ["code", "detail"],
  });
  await profiles.getProfilesForBulkImportProfilesJob(job.body.data.id);
  const members = { data: [{ type: "profile" as const, id: ada }] };
  await lists.addProfilesToList(other, members);
  await lists.removeProfilesFromList(other, members);
  await consentCalls(klaviyo, list);
  await klaviyo.metrics.getMetrics({ include: ["flow-triggers"] });
  await klaviyo.metrics.getMetric(sandbox.metricId("Opened Email"));
  await events.getEvents({ include: ["profile", "metric", "attributions"], sort: "-datetime", pageSize: 2 });
  await events.getEvent(event, { include: ["profile"], fieldsProfile: ["email"] });
  const made = {
    properties: { sku: "A1" },
    time: new Date("2026-09-04T13:38:55Z"),
    metric: { data: { type: "metric" as const, attributes: { name: "Placed Order" } } },
  };
  const buyer = { data: { type: "profile" as const, attributes: { email: "buyer@example.com" } } };
  await events.createEvent({ data: { type: "event", attributes: { ...made, profile: buyer } } });
  await events.bulkCreateEvents({
    data: {
      type: "event-bulk-create-job",
      attributes: {
        eventsBulkCreate: {
          data: [
            {
              type: "event-bulk-create",
              attributes: { profile: buyer, events: { data: [{ type: "event", attributes: made }] } },
            },
          ],
        },
      },
    },
  });
  await klaviyo.tags.getTags({ include: ["tag-group"], filter: "contains(name,'Q')" });
  await klaviyo.privacy.requestProfileDeletion({
    data: {
      type: "data-privacy-deletion-job",
      attributes: { profile: { data: { type: "profile", attributes: { email: "new@example.com" } } } },
    },
  });
  await vendorErrorOf(klaviyo.webhooks.getWebhooks());
  await vendorErrorOf(klaviyo.webhooks.getWebhookTopics());
  await klaviyo.raw("/api/webhooks", { method: "POST", body: { data: { type: "webhook" } } });
  await vendorErrorOf(profiles.getProfile("NOPE01"));
  await vendorErrorOf(profiles.getProfiles({ filter: "greater-or-equal(updated,2026-01-01T00:00:00Z)" }));
}

async function consentCalls({ profiles }: KlaviyoRehearsal, list: string): Promise<void> {
  const person = (consent: "SUBSCRIBED" | "UNSUBSCRIBED", consentedAt?: Date) => ({
    type: "profile" as const,
    attributes: {
      email: "ada@example.com",
      subscriptions: {
        email: { marketing: { consent, ...(consentedAt === undefined ? {} : { consentedAt }) } },
      },
    },
  });
  const to = { list: { data: { type: "list" as const, id: list } } };
  const emails = {
    profiles: { data: [{ type: "profile" as const, attributes: { email: "ben@example.com" } }] },
  };
  await profiles.bulkSubscribeProfiles({
    data: {
      type: "profile-subscription-bulk-create-job",
      attributes: {
        historicalImport: true,
        profiles: { data: [person("SUBSCRIBED", new Date("2026-01-01T00:00:00Z")) as never] },
      },
      relationships: to,
    },
  });
  await profiles.bulkUnsubscribeProfiles({
    data: {
      type: "profile-subscription-bulk-delete-job",
      attributes: { profiles: { data: [person("UNSUBSCRIBED") as never] } },
      relationships: to,
    },
  });
  const suppressing = await profiles.bulkSuppressProfiles({
    data: { type: "profile-suppression-bulk-create-job", attributes: emails },
  });
  await profiles.getBulkSuppressProfilesJob(suppressing.body.data.id);
  await profiles.bulkUnsuppressProfiles({
    data: { type: "profile-suppression-bulk-delete-job", attributes: {}, relationships: to },
  });
}
