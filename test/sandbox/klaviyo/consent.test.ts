import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { KlaviyoRehearsal, RawAnswer } from "../../support/klaviyo-rehearsal.ts";
import { klaviyoRehearsal } from "../../support/klaviyo-rehearsal.ts";

let klaviyo: KlaviyoRehearsal;
let list: string;

beforeEach(async () => {
  klaviyo = await klaviyoRehearsal();
  list = klaviyo.sandbox.createList({ name: "Newsletter" });
});
afterEach(() => klaviyo.close());

const ADA = "ada@example.com";
const ada = () => klaviyo.sandbox.profile(ADA);

describe("subscribing", () => {
  it("asks first on a double opt-in list, and changes nothing until the answer", async () => {
    const unsure = klaviyo.sandbox.createList({ name: "Double", opt_in_process: "double_opt_in" });
    klaviyo.sandbox.seed([{ email: ADA, consent: "UNSUBSCRIBED", suppression: ["UNSUBSCRIBE"] }]);
    await subscribe({ list: unsure });
    expect(ada()).toMatchObject({ consent: "UNSUBSCRIBED", suppression: ["UNSUBSCRIBE"], lists: [] });
    expect(klaviyo.sandbox.counts().pending_opt_ins).toBe(1);
    expect(klaviyo.sandbox.confirmOptIn(ADA)).toBe(true);
    expect(ada()).toMatchObject({ consent: "SUBSCRIBED", suppression: [], lists: [unsure] });
  });

  it("asks nobody in a historical import, which needs to know since when", async () => {
    const unsure = klaviyo.sandbox.createList({ name: "Double", opt_in_process: "double_opt_in" });
    expect((await subscribe({ list: unsure, historical: true })).status).toBe(400);
    expect((await subscribe({ list: unsure, at: "2026-01-01T00:00:00Z" })).status).toBe(400);
    const future = "2199-01-01T00:00:00Z";
    expect((await subscribe({ list: unsure, historical: true, at: future })).status).toBe(400);
    expect(klaviyo.world.truth.changes.filter(({ action }) => action.startsWith("profile"))).toEqual([]);
    const done = await subscribe({ list: unsure, historical: true, at: "2026-01-01T00:00:00Z" });
    expect(done.status).toBe(202);
    expect(ada()).toMatchObject({ consent: "SUBSCRIBED", lists: [unsure] });
  });

  it("makes no profile of somebody unknown without a list, and tells nobody", async () => {
    expect((await subscribe({})).status).toBe(202);
    expect(ada()).toBeNull();
    await subscribe({ list });
    expect(ada()).toMatchObject({ consent: "SUBSCRIBED", lists: [list] });
  });

  it("takes effect only after the lag it was given", async () => {
    klaviyo.sandbox.configure({ consent_lag_ms: 60_000 });
    klaviyo.sandbox.seed([{ email: ADA }]);
    await subscribe({ list });
    expect(ada()?.consent).toBe("NEVER_SUBSCRIBED");
    klaviyo.world.clock.advance(60_000);
    expect(ada()?.consent).toBe("SUBSCRIBED");
  });

  it("needs a phone number for text messages, in these words", async () => {
    const { status, body } = await bulk("create", {
      profiles: {
        data: [
          {
            type: "profile",
            attributes: { email: ADA, subscriptions: { sms: { marketing: { consent: "SUBSCRIBED" } } } },
          },
        ],
      },
    });
    expect(status).toBe(400);
    expect(body?.errors?.[0]["detail"]).toBe(
      "'phone_number' must not be empty when the sms channel is included in 'subscriptions'.",
    );
  });

  it("is refused for more than a thousand, and unsubscribing for more than a hundred", async () => {
    const many = (count: number, consent: string) => ({
      profiles: {
        data: Array.from({ length: count }, (_, number) => ({
          type: "profile",
          attributes: {
            email: `p${number}@example.com`,
            subscriptions: { email: { marketing: { consent } } },
          },
        })),
      },
    });
    expect((await bulk("create", many(1_000, "SUBSCRIBED"))).status).toBe(202);
    expect((await bulk("create", many(1_001, "SUBSCRIBED"))).status).toBe(400);
    expect((await bulk("delete", many(101, "UNSUBSCRIBED"))).status).toBe(400);
  });
});

describe("unsubscribing", () => {
  it("is from everything for anybody who is not on the list", async () => {
    klaviyo.sandbox.seed([{ email: ADA, consent: "SUBSCRIBED" }]);
    klaviyo.sandbox.configure({ global_unsubscribe: false });
    await unsubscribe(list);
    expect(ada()).toMatchObject({ consent: "UNSUBSCRIBED", suppression: ["UNSUBSCRIBE"] });
  });

  it("is from the list alone for a member, where the account does not unsubscribe globally", async () => {
    klaviyo.sandbox.seed([{ email: ADA, consent: "SUBSCRIBED", lists: [list] }]);
    klaviyo.sandbox.configure({ global_unsubscribe: false });
    await unsubscribe(list);
    expect(ada()).toMatchObject({
      consent: "SUBSCRIBED",
      suppression: [],
      list_suppressions: [list],
      lists: [],
    });
  });

  it("is from everything for a member too, as accounts come", async () => {
    klaviyo.sandbox.seed([{ email: ADA, consent: "SUBSCRIBED", lists: [list] }]);
    await unsubscribe(list);
    expect(ada()).toMatchObject({ consent: "UNSUBSCRIBED", suppression: ["UNSUBSCRIBE"], lists: [] });
  });
});

describe("suppressing", () => {
  it("unsuppressing lifts only what was set by hand", async () => {
    klaviyo.sandbox.seed([
      { email: ADA, consent: "UNSUBSCRIBED", suppression: ["UNSUBSCRIBE", "HARD_BOUNCE", "USER_SUPPRESSED"] },
    ]);
    const emails = { profiles: { data: [{ type: "profile" as const, attributes: { email: ADA } }] } };
    await klaviyo.profiles.bulkUnsuppressProfiles({
      data: { type: "profile-suppression-bulk-delete-job", attributes: emails },
    });
    expect(ada()).toMatchObject({ consent: "UNSUBSCRIBED", suppression: ["UNSUBSCRIBE", "HARD_BOUNCE"] });
  });

  it("takes people, or a list, or a segment, and never two of them", async () => {
    const both = await klaviyo.raw("/api/profile-suppression-bulk-create-jobs", {
      method: "POST",
      body: {
        data: {
          type: "profile-suppression-bulk-create-job",
          attributes: { profiles: { data: [{ type: "profile", attributes: { email: ADA } }] } },
          relationships: { list: { data: { type: "list", id: list } } },
        },
      },
    });
    expect(both.status).toBe(400);
  });
});

describe("what people do", () => {
  it("a hard bounce suppresses and keeps the consent; a soft one only tells", () => {
    klaviyo.sandbox.seed([{ email: ADA, consent: "SUBSCRIBED" }]);
    klaviyo.sandbox.bounce(ADA, "Soft");
    expect(ada()?.suppression).toEqual([]);
    klaviyo.sandbox.bounce(ADA);
    expect(ada()).toMatchObject({ consent: "SUBSCRIBED", suppression: ["HARD_BOUNCE"] });
  });

  it("a complaint counts as an unsubscribe", () => {
    klaviyo.sandbox.seed([{ email: ADA, consent: "SUBSCRIBED" }]);
    klaviyo.sandbox.complain(ADA);
    expect(ada()).toMatchObject({ consent: "UNSUBSCRIBED", suppression: ["SPAM_COMPLAINT"] });
  });

  it("shows in the suppressions that are polled, newest last, and as an event", async () => {
    klaviyo.sandbox.seed([
      { email: ADA },
      { email: "ben@example.com" },
      { email: "old@example.com", suppression: ["HARD_BOUNCE"], created: "2026-01-01T00:00:00Z" },
    ]);
    const since = new Date(klaviyo.world.clock.now()).toISOString().replace(/\.\d+/, "");
    klaviyo.sandbox.unsubscribe("ben@example.com");
    klaviyo.sandbox.complain(ADA);
    const field = "subscriptions.email.marketing.suppression.timestamp";
    const { body } = await klaviyo.profiles.getProfiles({
      filter: `greater-or-equal(${field},${since})`,
      sort: field,
      additionalFieldsProfile: ["subscriptions"],
    });
    expect(body.data.map(({ attributes }) => attributes.email)).toEqual(["ben@example.com", ADA]);
    const marketing = body.data[1]?.attributes.subscriptions?.email?.marketing;
    expect(marketing?.suppression?.[0]?.reason).toBe("SPAM_COMPLAINT");
    const events = await klaviyo.events.getEvents({ include: ["metric"] });
    expect(JSON.stringify(events.body.included)).toContain("Marked Email as Spam");
  });
});

function bulk(kind: "create" | "delete", attributes: object, relationships?: object): Promise<RawAnswer> {
  const data = { type: `profile-subscription-bulk-${kind}-job`, attributes, relationships };
  return klaviyo.raw(`/api/profile-subscription-bulk-${kind}-jobs`, { method: "POST", body: { data } });
}

function subscribe(how: { list?: string; historical?: boolean; at?: string }): Promise<RawAnswer> {
  const marketing = { consent: "SUBSCRIBED", consented_at: how.at };
  const row = { type: "profile", attributes: { email: ADA, subscriptions: { email: { marketing } } } };
  const to = how.list === undefined ? undefined : { list: { data: { type: "list", id: how.list } } };
  return bulk("create", { historical_import: how.historical, profiles: { data: [row] } }, to);
}

function unsubscribe(from: string): Promise<RawAnswer> {
  const subscriptions = { email: { marketing: { consent: "UNSUBSCRIBED" } } };
  const row = { type: "profile", attributes: { email: ADA, subscriptions } };
  return bulk("delete", { profiles: { data: [row] } }, { list: { data: { type: "list", id: from } } });
}
