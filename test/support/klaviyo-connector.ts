import type { Connector } from "../../src/connectors/connector.ts";
import type { KlaviyoDeps } from "../../src/connectors/klaviyo/index.ts";
import { klaviyo } from "../../src/connectors/klaviyo/index.ts";
import type { KlaviyoSettings } from "../../src/sandbox/klaviyo/settings.ts";
import type { Vendor } from "../../src/sandbox/server.ts";
import { SPECIFICATION, klaviyoSpecification, observed } from "./klaviyo-openapi.ts";
import type { KlaviyoRehearsal } from "./klaviyo-rehearsal.ts";
import { klaviyoRehearsal } from "./klaviyo-rehearsal.ts";

export interface RehearsedKlaviyo extends KlaviyoRehearsal {
  readonly connector: Connector;
  /** What the connector logged. */
  readonly logged: readonly string[];
  /** Requests that Klaviyo's specification does not allow, in words. */
  readonly unspecified: readonly string[];
  /** How often an operation was called since the start, by its operationId. */
  called(operation: string): number;
}

const specification = SPECIFICATION === null ? null : klaviyoSpecification(SPECIFICATION);

/** The connector on a rehearsal Klaviyo, on the rehearsal's clock: a wait takes no time, it moves the clock. */
export async function rehearsedKlaviyo(
  deps: Partial<KlaviyoDeps> & { readonly settings?: Partial<KlaviyoSettings>; readonly key?: string } = {},
): Promise<RehearsedKlaviyo> {
  const { settings = { limits: "real" }, ...given } = deps;
  const unspecified: string[] = [];
  const wrap = (vendor: Vendor): Vendor => {
    const dated: Vendor = {
      ...vendor,
      finish(call, route, reply) {
        const finished = vendor.finish?.(call, route, reply) ?? reply;
        const date = new Date(vendor.world.clock.now()).toUTCString();
        return { ...finished, headers: { date, ...finished.headers } };
      },
    };
    if (specification === null) return dated;
    return observed(dated, (exchange) => {
      // What a test makes Klaviyo answer may be anything; what is asked of it may not.
      const requested = specification.problemsOf(exchange).filter((problem) => !/ answer /.test(problem));
      unspecified.push(...requested);
    });
  };
  const rehearsal = await klaviyoRehearsal({ settings, wrap });
  const { clock, truth } = rehearsal.world;
  const logged: string[] = [];
  const connector = klaviyo({
    key: "pk_sandbox_full_access",
    baseUrl: rehearsal.url,
    revision: "2026-07-15",
    apiShare: 1,
    now: () => clock.now(),
    async sleep(milliseconds, signal) {
      signal.throwIfAborted();
      clock.advance(milliseconds);
    },
    log: (message, details) => logged.push(`${message} ${JSON.stringify(details)}`),
    ...given,
  });
  return {
    ...rehearsal,
    connector,
    logged,
    unspecified,
    called: (operation) => truth.calls.filter((call) => call.operation === operation).length,
  };
}
