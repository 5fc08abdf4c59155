import { expect, test } from "vitest";
import type { KlaviyoSandbox } from "../../../src/sandbox/klaviyo/control/operations.ts";
import { SANDBOX_KEY, klaviyoSandbox } from "../../../src/sandbox/klaviyo/klaviyo-sandbox.ts";
import type { KlaviyoData } from "../../../src/sandbox/klaviyo/state/state.ts";
import type { Call } from "../../../src/sandbox/route.ts";
import type { World } from "../../../src/sandbox/world.ts";
import type { Act, Kind, Request } from "../twins.ts";
import { compareTwins } from "../twins.ts";

const HEADERS = {
  authorization: `Klaviyo-API-Key ${SANDBOX_KEY}`,
  revision: "2026-07-15",
  "content-type": "application/vnd.api+json",
};
const address = (number: number): string => `person${number % 20}@example.com`;

function act(klaviyo: KlaviyoSandbox, [kind, one, other]: Act, { clock }: World): void {
  const lists = Object.keys(klaviyo.counts().lists);
  const segments = Object.keys(klaviyo.counts().segments);
  const list = lists[other % Math.max(1, lists.length)] ?? "";
  const segment = segments[other % Math.max(1, segments.length)] ?? "";
  switch (kind % 21) {
    case 18:
      return void klaviyo.createCampaign({ name: `Campaign ${one}`, subject: `Subject ${other}` });
    case 19:
      return void klaviyo.createFlow({ name: `Flow ${one}`, messages: [{ subject: `Subject ${other}` }] });
    case 20:
      return void klaviyo.engage({
        kind: (["opened", "clicked", "bounced", "unsubscribed", "spam"] as const)[other % 5] ?? "opened",
        profile: address(one),
        message: [...klaviyo.keep().mailings.campaigns.keys()][other % 2] ?? "",
        visible_after_ms: other * 100,
      });
    case 0:
    case 1:
    case 2:
      return void klaviyo.createProfile({ email: address(one), first_name: `Name ${other}` });
    case 3:
      return klaviyo.editProfile(address(one), { properties: { plan: ["free", other] }, title: null });
    case 4:
      return klaviyo.deleteProfile(address(one));
    case 5:
      return klaviyo.mergeProfiles(address(one), address(other));
    case 6:
      return void klaviyo.createList({ name: `List ${one}`, tags: [`tag ${other % 3}`] });
    case 7:
      return klaviyo.addToList(list, [address(one)]);
    case 8:
      return klaviyo.removeFromList(list, [address(one)]);
    case 9:
      return void klaviyo.createSegment({
        name: `Segment ${one}`,
        ...(other % 2 === 0 ? { rule: { field: "first_name", operator: "is-set" } } : {}),
      });
    case 10:
      return klaviyo.addToSegment(segment, [address(one)]);
    case 11:
      return klaviyo.subscribe(address(one), list);
    case 12:
      return klaviyo.unsubscribe(address(one));
    case 13:
      return klaviyo.bounce(address(one));
    case 14:
      return void klaviyo.addEvent({ metric: "Opened Email", profile: address(one), properties: { one } });
    case 15:
      return submit(klaviyo, "bulk_import_profiles", imported(one, other));
    case 16:
      return submit(klaviyo, "bulk_unsubscribe_profiles", unsubscribed(one));
    default:
      return clock.advance(one * 70);
  }
}

/** A request of the API whose work waits. */
function submit(klaviyo: KlaviyoSandbox, operation: string, data: unknown): void {
  const route = klaviyo.vendor.routes.find((each) => each.operation === operation);
  const call: Call = {
    method: "POST",
    path: route?.path ?? "",
    params: {},
    query: new URLSearchParams(),
    headers: HEADERS,
    body: { data },
  };
  void route?.handle(call);
}

function imported(one: number, other: number): unknown {
  const profiles = [one, one + 1, other].map((number) => ({
    type: "profile",
    attributes: { email: address(number), last_name: `Import ${other}` },
  }));
  return { type: "profile-bulk-import-job", attributes: { profiles: { data: profiles } } };
}

function unsubscribed(one: number): unknown {
  const attributes = {
    email: address(one),
    subscriptions: { email: { marketing: { consent: "UNSUBSCRIBED" } } },
  };
  return {
    type: "profile-subscription-bulk-delete-job",
    attributes: { profiles: { data: [{ type: "profile", attributes }] } },
  };
}

const get = (path: string): Request => ({
  method: "GET",
  path,
  next: (body) => {
    const next = (body as { links?: { next?: string | null } }).links?.next;
    return typeof next === "string" ? { method: "GET", path: next.replace(/^https?:\/\/[^/]+/, "") } : null;
  },
});

const KLAVIYO: Kind<KlaviyoSandbox> = {
  make: (own, kept) =>
    klaviyoSandbox(own, {
      // Lags long enough for work to wait while everything is written down.
      settings: {
        limits: "off",
        segment_lag_ms: 900,
        consent_lag_ms: 700,
        import_queued_ms: 500,
        import_processing_ms: 800,
      },
      ...(kept === undefined ? {} : { kept: kept as KlaviyoData }),
    }),
  begin(klaviyo) {
    const lists = ["First", "Second"].map((name) => klaviyo.createList({ name }));
    const segments = ["Third", "Fourth"].map((name) => klaviyo.createSegment({ name }));
    klaviyo.createCampaign({ name: "First", subject: "Hello" });
    klaviyo.seed([1, 2, 3, 4, 5, 6].map((one) => ({ email: address(one), lists, segments })));
  },
  act,
  dump: (klaviyo) => [klaviyo.dump(), klaviyo.counts(), klaviyo.keep()],
  headers: HEADERS,
  requests: [
    get("/api/profiles?page[size]=3&sort=-updated"),
    get("/api/profiles?page[size]=3&sort=email&additional-fields[profile]=subscriptions"),
    get("/api/lists?include=tags"),
    get("/api/segments"),
    get("/api/metrics"),
    get("/api/events?sort=datetime&page[size]=2"),
    get("/api/campaigns?filter=equals(messages.channel,'email')&include=campaign-messages&page[size]=2"),
    get("/api/flows?include=flow-actions&page[size]=2"),
    get("/api/profile-bulk-import-jobs"),
    get("/api/accounts"),
  ],
};

test("a Klaviyo that continues from what it kept is the one that kept it, with what waited to be done", async () => {
  await expect(compareTwins(KLAVIYO)).resolves.toBeUndefined();
});
