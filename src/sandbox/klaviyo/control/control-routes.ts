import type { Call, Reply, Route } from "../../server.ts";
import type { KlaviyoSandbox } from "../klaviyo-sandbox.ts";
import type { ImportMishap } from "../state/state.ts";
import { objectOf } from "../wire/object-of.ts";
import { Refusal } from "../wire/refusal.ts";
import type { ApiKey } from "../wire/api-keys.ts";
import type { GivenEvent } from "./event-control.ts";
import type { CampaignGiven, Engagement, FlowGiven } from "./mail-control.ts";
import type { ManyEvents } from "./seed-events.ts";
import type { SeedProfile } from "./seed-profile.ts";

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
  // What comes over HTTP is trusted as much as a test in the process is: a wrong value fails where it is used.
  return [
    route("GET", "profiles", (_body, call) =>
      sandbox.dump(call.query.get("after"), Number(call.query.get("limit") ?? 1_000)),
    ),
    route("GET", "profiles/:id", (_body, call) => sandbox.profile(at(call))),
    route("GET", "counts", () => sandbox.counts()),
    route("POST", "profiles/seed", ({ profiles, count, lists }) => ({
      ids:
        typeof count === "number"
          ? sandbox.seedMany(count, names(lists))
          : sandbox.seed((profiles ?? []) as SeedProfile[]),
    })),
    route("POST", "profiles", (body) => ({ id: sandbox.createProfile(body) })),
    route("PATCH", "profiles/:id", (body, call) => sandbox.editProfile(at(call), body)),
    route("POST", "profiles/:id/predictions", (body, call) => sandbox.predict(at(call), body)),
    route("DELETE", "profiles/:id", (_body, call) => sandbox.deleteProfile(at(call))),
    route("POST", "profiles/merge", ({ source, destination, actor }) =>
      sandbox.mergeProfiles(String(source), String(destination), actor === "system" ? "system" : "user"),
    ),
    route("POST", "lists", (body) => ({
      id: sandbox.createList(body as unknown as Parameters<KlaviyoSandbox["createList"]>[0]),
    })),
    route("DELETE", "lists/:id", (_body, call) => sandbox.deleteList(at(call))),
    route("POST", "lists/:id/members", ({ add, remove }, call) => {
      sandbox.addToList(at(call), names(add));
      sandbox.removeFromList(at(call), names(remove));
    }),
    route("POST", "segments", (body) => ({
      id: sandbox.createSegment(body as unknown as Parameters<KlaviyoSandbox["createSegment"]>[0]),
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
    route("POST", "imports/next", ({ mishap }) => sandbox.nextImport(mishap as ImportMishap)),
    route("POST", "keys", (body) => sandbox.addKey(body as unknown as ApiKey)),
    route("DELETE", "keys/:key", (_body, call) => ({ revoked: sandbox.revokeKey(at(call, "key")) })),
    route("GET", "settings", () => sandbox.settings),
    route("PATCH", "settings", (body) => sandbox.configure(body)),
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
    if (error instanceof Refusal) return error.reply;
    if (error instanceof RangeError) return { status: 400, body: { message: error.message } };
    throw error;
  }
}
