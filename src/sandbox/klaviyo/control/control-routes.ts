import { z } from "zod";
import { checkedInput } from "../../checked-input.ts";
import { queryNumber } from "../../query-number.ts";
import type { Call, Reply, Route } from "../../route.ts";
import type { KlaviyoSandbox } from "./operations.ts";
import { klaviyoSettingsSchema } from "../settings.ts";
import type { KlaviyoSettings } from "../settings.ts";
import { objectOf } from "../wire/object-of.ts";
import { VendorError } from "../wire/vendor-error.ts";
import type { GivenEvent } from "./event-control.ts";
import type { CampaignGiven, Engagement, FlowGiven } from "./mail-control.ts";
import type { ManyEvents } from "./seed-events.ts";
import type { SeedProfile } from "./seed-profile.ts";

const mishaps = z.strictObject({ mishap: z.enum(["stuck", "cancelled"]) });
const apiKey = z.strictObject({
  key: z.string().regex(/^\S+$/),
  scopes: z.union([z.literal("full"), z.array(z.string())]),
});
const named = z.looseObject({ name: z.string().min(1) });
const list = named.extend({ opt_in_process: z.enum(["single_opt_in", "double_opt_in"]).optional() });
const seeds = z.union([
  z.strictObject({ count: z.int().min(1), lists: z.array(z.string()).optional() }),
  z.strictObject({ profiles: z.array(z.looseObject({})) }),
]);

type Body = Readonly<Record<string, unknown>>;

/** The operations of the sandbox over HTTP, for those who are not in its process. */
export function controlRoutes(sandbox: Omit<KlaviyoSandbox, "vendor">): readonly Route[] {
  const route = (
    method: Route["method"],
    path: string,
    handle: (body: Body, call: Call) => unknown,
  ): Route => ({
    method,
    path: `/_sandbox/${path}`,
    operation: `sandbox ${path}`,
    mutating: false,
    handle: (call) => answer(() => handle(objectOf(call.body) ?? {}, call)),
  });
  const at = (call: Call, name = "id"): string => call.params[name] ?? "";
  // What would go wrong without a word, or much later, is refused here; the rest fails where it is used.
  return [
    route("GET", "profiles", (_body, call) =>
      sandbox.dump(call.query.get("after"), queryNumber(call, "limit", 1_000, 1)),
    ),
    route("GET", "profiles/:id", (_body, call) => sandbox.profile(at(call))),
    route("GET", "counts", () => sandbox.counts()),
    route("POST", "profiles/seed", (body) => {
      const given = checkedInput(seeds, body);
      if ("count" in given) return { ids: sandbox.seedMany(given.count, given.lists) };
      return { ids: sandbox.seed(given.profiles as SeedProfile[]) };
    }),
    route("POST", "profiles", (body) => ({ id: sandbox.createProfile(body) })),
    route("PATCH", "profiles/:id", (body, call) => sandbox.editProfile(at(call), body)),
    route("POST", "profiles/:id/predictions", (body, call) => sandbox.predict(at(call), body)),
    route("DELETE", "profiles/:id", (_body, call) => sandbox.deleteProfile(at(call))),
    route("POST", "profiles/merge", ({ source, destination, actor }) =>
      sandbox.mergeProfiles(String(source), String(destination), actor === "system" ? "system" : "user"),
    ),
    route("POST", "lists", (body) => ({
      id: sandbox.createList(checkedInput(list, body) as Parameters<KlaviyoSandbox["createList"]>[0]),
    })),
    route("DELETE", "lists/:id", (_body, call) => sandbox.deleteList(at(call))),
    route("POST", "lists/:id/members", ({ add, remove }, call) => {
      sandbox.addToList(at(call), names(add));
      sandbox.removeFromList(at(call), names(remove));
    }),
    route("POST", "segments", (body) => ({
      id: sandbox.createSegment(checkedInput(named, body)),
    })),
    route("PATCH", "segments/:id", (body, call) => sandbox.setSegment(at(call), body)),
    route("DELETE", "segments/:id", (_body, call) => sandbox.deleteSegment(at(call))),
    route("POST", "segments/:id/members", ({ add, remove }, call) => {
      sandbox.addToSegment(at(call), names(add));
      sandbox.removeFromSegment(at(call), names(remove));
    }),
    route("POST", "segments/:id/rebuild", ({ milliseconds }, call) =>
      sandbox.rebuildSegment(at(call), Number(milliseconds ?? 0)),
    ),
    route("POST", "consent", (body) => actOnConsent(sandbox, body)),
    route("POST", "events", (body) => ({ id: sandbox.addEvent(body as unknown as GivenEvent) })),
    route("POST", "campaigns", (body) => ({ id: sandbox.createCampaign(body as unknown as CampaignGiven) })),
    route("POST", "flows", (body) => sandbox.createFlow(body as unknown as FlowGiven)),
    route("POST", "engagement", (body) => ({ id: sandbox.engage(body as unknown as Engagement) })),
    route("POST", "engagement/many", (body) => ({ made: sandbox.engageMany(body as unknown as ManyEvents) })),
    route("POST", "imports/next", (body) => sandbox.nextImport(checkedInput(mishaps, body).mishap)),
    route("POST", "keys", (body) => sandbox.addKey(checkedInput(apiKey, body))),
    route("DELETE", "keys/:key", (_body, call) => ({ revoked: sandbox.revokeKey(at(call, "key")) })),
    route("GET", "settings", () => sandbox.settings),
    route("PATCH", "settings", (body) =>
      sandbox.configure(checkedInput(klaviyoSettingsSchema.partial(), body) as Partial<KlaviyoSettings>),
    ),
  ];
}

function actOnConsent(sandbox: Omit<KlaviyoSandbox, "vendor">, body: Body): unknown {
  const who = String(body["profile"]);
  const listId = typeof body["list_id"] === "string" ? body["list_id"] : undefined;
  switch (body["act"]) {
    case "subscribe":
      return sandbox.subscribe(who, listId);
    case "unsubscribe":
      return sandbox.unsubscribe(who, listId);
    case "confirm":
      return { confirmed: sandbox.confirmOptIn(who) };
    case "complain":
      return sandbox.complain(who);
    case "bounce":
      return sandbox.bounce(who, body["kind"] === "Soft" ? "Soft" : "Hard");
    case "suppress":
      return sandbox.suppress(who);
    case "unsuppress":
      return sandbox.unsuppress(who);
    default:
      throw new RangeError(
        "act is subscribe, unsubscribe, confirm, complain, bounce, suppress or unsuppress",
      );
  }
}

function names(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function answer(act: () => unknown): Reply {
  try {
    const body = act();
    return body === undefined ? { status: 204 } : { status: 200, body };
  } catch (error) {
    if (error instanceof VendorError) return error.reply;
    if (error instanceof RangeError) return { status: 400, body: { message: error.message } };
    throw error;
  }
}
