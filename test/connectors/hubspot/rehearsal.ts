import { hubspot } from "../../../src/connectors/hubspot/index.ts";
import type { HubSpotDeps } from "../../../src/connectors/hubspot/index.ts";
import type { Connector, PropertyRequest } from "../../../src/connectors/connector.ts";
import { sandboxClock } from "../../../src/sandbox/clock.ts";
import type { SandboxClock } from "../../../src/sandbox/clock.ts";
import { hubspotSandbox } from "../../../src/sandbox/hubspot/sandbox.ts";
import type { HubspotSandbox } from "../../../src/sandbox/hubspot/sandbox.ts";
import type { Settings } from "../../../src/sandbox/hubspot/settings.ts";
import { startVendor } from "../../../src/sandbox/server.ts";

import { world } from "../../../src/sandbox/world.ts";
import type { World } from "../../../src/sandbox/world.ts";

/** A HubSpot to rehearse against and the connector to it. Both live in one time, which passes only when told. */
export interface Rehearsal {
  readonly connector: Connector;
  readonly portal: HubspotSandbox;
  readonly world: World;
  readonly clock: SandboxClock;
  readonly url: string;
  /** Every wait of the connector, in milliseconds. */
  readonly slept: number[];
  /** Another connector to the same portal. */
  readonly connect: (deps?: Partial<HubSpotDeps>) => Connector;
  /** Two hours: beyond every lag, overlap and window. */
  readonly pass: () => void;
  /** Operations received since the last call of this, in order. */
  readonly calls: () => readonly string[];
  readonly close: () => Promise<void>;
}

const TOKEN = "pat-eu1-secret-canary";
const START = Date.parse("2026-06-15T09:00:00.000Z");
const TWO_HOURS = 7_200_000;

export async function rehearse(
  settings: Partial<Settings> = {},
  deps: Partial<HubSpotDeps> = {},
): Promise<Rehearsal> {
  const clock = sandboxClock(() => START);
  const own = world(7, clock);
  const portal = hubspotSandbox(own, { tokens: [TOKEN], settings });
  const running = await startVendor(portal.vendor);
  const slept: number[] = [];
  const connect = (more: Partial<HubSpotDeps> = {}): Connector =>
    hubspot({
      token: TOKEN,
      baseUrl: running.url,
      apiVersion: "2026-03",
      apiShare: 1,
      log: () => {},
      now: () => clock.now(),
      async sleep(milliseconds, signal) {
        slept.push(milliseconds);
        await Promise.resolve();
        signal.throwIfAborted();
        clock.advance(milliseconds);
      },
      ...deps,
      ...more,
    });
  let seen = 0;
  return {
    connector: connect(),
    portal,
    world: own,
    clock,
    url: running.url,
    slept,
    connect,
    pass: () => clock.advance(TWO_HOURS),
    calls() {
      const fresh = own.truth.calls.filter(({ sequence }) => sequence > seen);
      seen = own.truth.calls.at(-1)?.sequence ?? 0;
      return fresh.map(({ operation }) => operation);
    },
    close: () => running.close(),
  };
}

export const PROPERTIES: readonly PropertyRequest[] = [
  { property: "firstname", type: "text" },
  { property: "seats", type: "number" },
  { property: "persona", type: "option" },
];

export const live = (): AbortSignal => new AbortController().signal;
