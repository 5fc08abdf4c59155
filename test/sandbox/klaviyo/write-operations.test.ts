import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { KlaviyoRehearsal } from "../../support/klaviyo-rehearsal.ts";
import { klaviyoRehearsal } from "../../support/klaviyo-rehearsal.ts";

let klaviyo: KlaviyoRehearsal;

beforeEach(async () => {
  klaviyo = await klaviyoRehearsal();
});
afterEach(() => klaviyo.close());

describe("every write the connector may do answers the official SDK", () => {
  it("11 create_or_update_profile tells a new profile from a known one by its status", async () => {
    const upsert = (firstName: string) =>
      klaviyo.profiles.createOrUpdateProfile({
        data: { type: "profile", attributes: { email: "ada@example.com", firstName } },
      });
    const first = await upsert("Ada");
    expect(first.response.status).toBe(201);
    const second = await upsert("Augusta");
    expect(second.response.status).toBe(200);
    expect(second.body.data.id).toBe(first.body.data.id);
    expect(second.body.data.attributes.firstName).toBe("Augusta");
  });

  it("12 update_profile merges properties and adds Klaviyo's own company id", async () => {
    const [id = ""] = klaviyo.sandbox.seed([{ email: "ada@example.com", properties: { plan: "pro" } }]);
    const { body } = await klaviyo.profiles.updateProfile(id, {
      data: { type: "profile", id, attributes: { properties: { score: 8 } } },
    });
    expect(body.data.attributes.properties).toEqual({ plan: "pro", score: 8, company_id: "TnDm01" });
  });

  it("13–15 an import goes through its states and tells which rows failed", async () => {
    // Long enough that only the clock moved by this test counts, however slow the machine.
    klaviyo.sandbox.configure({ import_queued_ms: 600_000, import_processing_ms: 600_000 });
    const list = klaviyo.sandbox.createList({ name: "Imported" });
    const submitted = await klaviyo.profiles.bulkImportProfiles({
      data: {
        type: "profile-bulk-import-job",
        attributes: {
          profiles: {
            data: [
              { type: "profile", attributes: { email: "ada@example.com", firstName: "Ada" } },
              { type: "profile", attributes: { email: "ben@example.com", phoneNumber: "0176 1234" } },
            ],
          },
        },
        relationships: { lists: { data: [{ type: "list", id: list }] } },
      },
    });
    expect(submitted.response.status).toBe(202);
    expect(submitted.body.data.attributes.status).toBe("queued");
    const { id } = submitted.body.data;
    const status = async () =>
      (await klaviyo.profiles.getBulkImportProfilesJob(id)).body.data.attributes.status;
    klaviyo.world.clock.advance(610_000);
    expect(await status()).toBe("processing");
    klaviyo.world.clock.advance(610_000);
    expect(await status()).toBe("complete");
    const errors = await klaviyo.profiles.getErrorsForBulkImportProfilesJob(id);
    expect(errors.body.data[0]?.attributes).toMatchObject({
      code: "invalid",
      title: "Invalid input",
      detail: "Invalid phone number format (Example of a valid format: +12345678901)",
      source: { pointer: "/data/attributes/profiles/data/1/attributes/phone_number" },
    });
    const done = await klaviyo.profiles.getProfilesForBulkImportProfilesJob(id);
    expect(done.body.data.map(({ attributes }) => attributes.email)).toEqual(["ada@example.com"]);
    expect(klaviyo.sandbox.profile("ada@example.com")).toMatchObject({
      lists: [list],
      consent: "NEVER_SUBSCRIBED",
    });
  });

  it("16–17 list membership comes and goes without touching consent", async () => {
    const list = klaviyo.sandbox.createList({ name: "All" });
    const [id = ""] = klaviyo.sandbox.seed([{ email: "ada@example.com", consent: "UNSUBSCRIBED" }]);
    const members = { data: [{ type: "profile" as const, id }] };
    const added = await klaviyo.lists.addProfilesToList(list, members);
    expect(added.response.status).toBe(204);
    expect(klaviyo.sandbox.profile(id)).toMatchObject({ lists: [list], consent: "UNSUBSCRIBED" });
    await klaviyo.lists.addProfilesToList(list, members);
    const removed = await klaviyo.lists.removeProfilesFromList(list, members);
    expect(removed.response.status).toBe(204);
    await klaviyo.lists.removeProfilesFromList(list, members);
    expect(klaviyo.sandbox.profile(id)).toMatchObject({ lists: [], consent: "UNSUBSCRIBED" });
    const actions = klaviyo.world.truth.changes.map(({ action }) => action);
    expect(actions.filter((action) => action.startsWith("list.")).slice(1)).toEqual([
      "list.add",
      "list.remove",
    ]);
  });

  it("18 bulk_subscribe_profiles answers 202 with nothing to follow up", async () => {
    const list = klaviyo.sandbox.createList({ name: "Newsletter" });
    const { response, body } = await klaviyo.profiles.bulkSubscribeProfiles({
      data: {
        type: "profile-subscription-bulk-create-job",
        attributes: {
          customSource: "rehearsal",
          profiles: {
            data: [
              {
                type: "profile",
                attributes: {
                  email: "new@example.com",
                  subscriptions: { email: { marketing: { consent: "SUBSCRIBED" } } },
                },
              },
            ],
          },
        },
        relationships: { list: { data: { type: "list", id: list } } },
      },
    });
    expect(response.status).toBe(202);
    expect(body).toBeUndefined();
    expect(klaviyo.sandbox.profile("new@example.com")).toMatchObject({
      consent: "SUBSCRIBED",
      lists: [list],
    });
  });

  it("19 bulk_unsubscribe_profiles creates somebody unknown only to unsubscribe them", async () => {
    const { response } = await klaviyo.profiles.bulkUnsubscribeProfiles({
      data: {
        type: "profile-subscription-bulk-delete-job",
        attributes: {
          profiles: {
            data: [
              {
                type: "profile",
                attributes: {
                  email: "nobody@example.com",
                  subscriptions: { email: { marketing: { consent: "UNSUBSCRIBED" } } },
                },
              },
            ],
          },
        },
      },
    });
    expect(response.status).toBe(202);
    expect(klaviyo.sandbox.profile("nobody@example.com")).toMatchObject({
      consent: "UNSUBSCRIBED",
      suppression: ["UNSUBSCRIBE"],
      can_receive_email_marketing: false,
    });
  });

  it("20–21 a suppress job is read until it is complete", async () => {
    const [id = ""] = klaviyo.sandbox.seed([{ email: "ada@example.com", consent: "SUBSCRIBED" }]);
    const { response, body } = await klaviyo.profiles.bulkSuppressProfiles({
      data: {
        type: "profile-suppression-bulk-create-job",
        attributes: { profiles: { data: [{ type: "profile", attributes: { email: "ada@example.com" } }] } },
      },
    });
    expect(response.status).toBe(202);
    expect(body.data.attributes.status).toBe("processing");
    const job = await klaviyo.profiles.getBulkSuppressProfilesJob(body.data.id);
    expect(job.body.data.attributes).toMatchObject({ status: "complete", totalCount: 1, completedCount: 1 });
    expect(klaviyo.sandbox.profile(id)).toMatchObject({
      consent: "SUBSCRIBED",
      suppression: ["USER_SUPPRESSED"],
    });
  });

  it("24 create_event makes the profile, and the first of a unique id wins", async () => {
    const create = (value: number) =>
      klaviyo.events.createEvent({
        data: {
          type: "event",
          attributes: {
            properties: { sku: "A1" },
            value,
            uniqueId: "order-1",
            metric: { data: { type: "metric", attributes: { name: "Placed Order" } } },
            profile: { data: { type: "profile", attributes: { email: "buyer@example.com" } } },
          },
        },
      });
    const first = await create(1);
    expect(first.response.status).toBe(202);
    expect(first.body).toBeUndefined();
    await create(2);
    const { body } = await klaviyo.events.getEvents({ filter: "has(profile)" });
    expect(body.data.map(({ attributes }) => attributes.eventProperties)).toEqual([
      { sku: "A1", $event_id: "order-1", $value: 1 },
    ]);
    expect(klaviyo.sandbox.profile("buyer@example.com")).not.toBeNull();
  });
});
