import type { Call, Reply, Route } from "../../route.ts";
import type { KlaviyoState } from "../state/state.ts";
import type { ApiKeys } from "./api-keys.ts";
import type { Tier } from "./operation-table.ts";
import { OPERATIONS } from "./operation-table.ts";
import type { RateHeaders, RateLimits } from "./rate-limits.ts";
import { rateHeaders } from "./rate-limits.ts";
import { checkRequestedFields } from "./requested-fields.ts";
import {
  forbidden,
  invalid,
  invalidParameter,
  VendorError,
  revisionEnded,
  throttled,
  unauthorized,
  unsupportedType,
} from "./vendor-error.ts";

/** What stands before every operation: key, revision, scopes, limits, parameters. */
export interface Gate {
  enter(call: Call, route: Route): Reply | null;
  /** Adds the rate headers to the answers of calls that were counted. */
  leave(call: Call, reply: Reply): Reply;
}

/** The specification's media type, and that of Klaviyo's own SDK. */
const CONTENT_TYPES: readonly (string | undefined)[] = ["application/vnd.api+json", "application/json"];
const REVISION = /^\d{4}-\d{2}-\d{2}(\.\w+)?$/;

/** More than anybody calls. */
const WIDE: Tier = { burst: 10_000, steady: 100_000 };

export function gate(state: KlaviyoState, keys: ApiKeys, limits: RateLimits): Gate {
  const counted = new WeakMap<Call, RateHeaders>();

  const check = (call: Call, route: Route): void => {
    const operation = OPERATIONS[route.operation];
    if (operation === undefined) throw new TypeError(`${route.operation} is not in the table of operations`);
    const key = keys.find(call.headers["authorization"]);
    if (key === null) throw unauthorized();

    const dear = operation.penalty?.applies(call) === true ? operation.penalty : undefined;
    const tier = dear?.tier ?? operation.tier;
    if (state.settings.limits !== "real") {
      const told = state.settings.limits === "wide" ? WIDE : tier;
      counted.set(call, rateHeaders(told, told.burst - 1, 0));
    } else {
      const bucket = dear === undefined ? route.operation : `${route.operation} (dear)`;
      const entered = limits.enter(bucket, tier, state.time.millis());
      if ("retryAfter" in entered) throw throttled(entered.retryAfter as number);
      counted.set(call, entered);
    }

    // The real wording for a missing or malformed revision is not known.
    if (!REVISION.test(call.headers["revision"] ?? "")) {
      throw invalid("A valid 'revision' header is required (format: YYYY-MM-DD[.suffix]).", "/data/");
    }
    const revision = call.headers["revision"] ?? "";
    if (state.settings.ended_revisions.includes(revision)) throw revisionEnded(revision);
    if (key.scopes !== "full") {
      const missing = operation.scopes.filter((scope) => !key.scopes.includes(scope));
      if (missing.length > 0) {
        // The real wording is not known either; it must name the scope for anybody to be helped.
        throw forbidden(`The API key is missing required scopes: ${missing.join(", ")}`);
      }
    }
    checkContentType(call);
    for (const name of call.query.keys()) {
      if (!operation.query.includes(name)) {
        throw invalidParameter(`'${name}' is not a valid query parameter for this endpoint.`, name);
      }
    }
    checkRequestedFields(call);
  };

  return {
    enter(call, route) {
      state.schedule.settle();
      try {
        check(call, route);
        return null;
      } catch (error) {
        if (error instanceof VendorError) return error.reply;
        throw error;
      }
    },
    leave(call, reply) {
      // What has no lag is done by the time the answer is out.
      state.schedule.settle();
      const headers = reply.status === 429 ? undefined : counted.get(call);
      return headers === undefined ? reply : { ...reply, headers: { ...headers, ...reply.headers } };
    },
  };
}

function checkContentType(call: Call): void {
  const type = call.headers["content-type"]?.split(";", 1)[0]?.trim().toLowerCase();
  if (call.body !== undefined && !CONTENT_TYPES.includes(type)) throw unsupportedType(type ?? "");
}
