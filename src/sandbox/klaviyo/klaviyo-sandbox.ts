import type { KlaviyoSandbox } from "./control/operations.ts";
import type { Vendor } from "../server.ts";
import type { World } from "../world.ts";
import { consentControl } from "./control/consent-control.ts";
import { controlRoutes } from "./control/control-routes.ts";
import { eventControl } from "./control/event-control.ts";
import { mailControl } from "./control/mail-control.ts";
import { groupControl } from "./control/group-control.ts";
import { profileControl } from "./control/profile-control.ts";
import { accountRoutes } from "./routes/account-routes.ts";
import { aggregateRoutes } from "./routes/aggregate-routes.ts";
import { campaignRoutes } from "./routes/campaign-routes.ts";
import { eventReadRoutes } from "./routes/event-read-routes.ts";
import { eventWriteRoutes } from "./routes/event-write-routes.ts";
import { flowRoutes } from "./routes/flow-routes.ts";
import { importRoutes } from "./routes/import-routes.ts";
import { listRoutes } from "./routes/list-routes.ts";
import { memberRoutes } from "./routes/member-routes.ts";
import { mergeRoutes } from "./routes/merge-routes.ts";
import { metricRoutes } from "./routes/metric-routes.ts";
import { profileReadRoutes } from "./routes/profile-read-routes.ts";
import { profileWriteRoutes } from "./routes/profile-write-routes.ts";
import { segmentRoutes } from "./routes/segment-routes.ts";
import { subscriptionRoutes } from "./routes/subscription-routes.ts";
import { suppressionRoutes } from "./routes/suppression-routes.ts";
import { tagRoutes } from "./routes/tag-routes.ts";
import { webhookRoutes } from "./routes/webhook-routes.ts";
import type { KlaviyoSettings } from "./settings.ts";
import { klaviyoSettings } from "./settings.ts";
import type { KlaviyoData } from "./state/state.ts";
import { klaviyoState, newAccount } from "./state/state.ts";
import type { ApiKey } from "./wire/api-keys.ts";
import { apiKeys } from "./wire/api-keys.ts";
import { gate } from "./wire/gate.ts";
import { rateLimits } from "./wire/rate-limits.ts";
import { runTask } from "./writes/run-task.ts";
import { forbidden, invalid, notFound, VendorError, throttled, unauthorized } from "./wire/vendor-error.ts";

/** A key that opens everything, there from the start unless others are given. */
export const SANDBOX_KEY = "pk_sandbox_full_access";

export interface KlaviyoOptions {
  readonly settings?: Partial<KlaviyoSettings>;
  readonly keys?: readonly ApiKey[];
  /** What an earlier one had kept; it continues from there. */
  readonly kept?: KlaviyoData;
}

/** Builds a Klaviyo in its own world; nothing listens until its vendor is started. */
export function klaviyoSandbox(world: World, options: KlaviyoOptions = {}): KlaviyoSandbox {
  const first = options.keys ?? [{ key: SANDBOX_KEY, scopes: "full" }];
  const data = options.kept ?? newAccount(world, klaviyoSettings(), first);
  Object.assign(data.settings, options.settings);
  const state = klaviyoState(world, data, runTask);
  const keys = apiKeys(data.keys);
  const limits = rateLimits(data.windows);
  const entrance = gate(state, keys, limits);
  const sizes = (groups: typeof state.lists | typeof state.segments): Record<string, number> =>
    Object.fromEntries([...groups.values()].map(({ id, members }) => [id, members.size]));

  const operations: Omit<KlaviyoSandbox, "vendor"> = {
    ...profileControl(state),
    ...groupControl(state),
    ...consentControl(state),
    ...eventControl(state),
    ...mailControl(state),
    settings: state.settings,
    configure(change) {
      Object.assign(state.settings, change);
      if (change.limits !== undefined) limits.clear();
      return state.settings;
    },
    addKey: (key) => keys.add(key),
    revokeKey: (key) => keys.revoke(key),
    nextImport: (mishap) => void state.importMishaps.push(mishap),
    settle: () => state.schedule.settle(),
    keep: () => state.keep(),
    counts() {
      state.schedule.settle();
      return {
        profiles: state.profiles.size,
        events: state.events.size,
        lists: sizes(state.lists),
        segments: sizes(state.segments),
        pending_opt_ins: state.pendingOptIns.length,
      };
    },
  };

  const vendor: Vendor = {
    name: "klaviyo",
    world,
    contentType: "application/vnd.api+json",
    routes: [
      ...accountRoutes(state),
      ...listRoutes(state),
      ...segmentRoutes(state),
      ...memberRoutes(state),
      ...profileReadRoutes(state),
      ...profileWriteRoutes(state),
      ...mergeRoutes(state),
      ...importRoutes(state),
      ...subscriptionRoutes(state),
      ...suppressionRoutes(state),
      ...metricRoutes(state),
      ...aggregateRoutes(state),
      ...campaignRoutes(state),
      ...flowRoutes(state),
      ...eventReadRoutes(state),
      ...eventWriteRoutes(state),
      ...tagRoutes(state),
      ...webhookRoutes(),
    ],
    control: controlRoutes(operations),
    gate: (call, route) => entrance.enter(call, route),
    finish: (call, _route, reply) => entrance.leave(call, reply),
    unknownRoute: (call) => notFound(`The path ${call.path.split("?", 1)[0]} could not be found.`).reply,
    malformedJson: (_call, message) => invalid(`JSON parse error - ${message}`, "/data").reply,
    failure: (_call, status) => failure(status).reply,
  };
  return { vendor, ...operations };
}

/** What a fault of a status looks like when it was given no body: the real vendor errors where they are known. */
function failure(status: number): VendorError {
  const detail = "A server error occurred.";
  switch (status) {
    case 401:
      return unauthorized();
    case 403:
      return forbidden("You do not have permission to perform this action.");
    case 429:
      return throttled(1);
    default:
      return new VendorError(status, { code: "error", title: detail, detail, source: { pointer: "/data/" } });
  }
}
