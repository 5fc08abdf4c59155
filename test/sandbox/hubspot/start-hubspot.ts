import { Client } from "@hubspot/api-client";
import { onTestFinished } from "vitest";
import type { SandboxClock } from "../../../src/sandbox/clock.ts";
import { sandboxClock } from "../../../src/sandbox/clock.ts";
import type { HubspotOptions, HubspotSandbox } from "../../../src/sandbox/hubspot/sandbox.ts";
import { hubspotSandbox } from "../../../src/sandbox/hubspot/sandbox.ts";
import { startVendor } from "../../../src/sandbox/server.ts";
import type { World } from "../../../src/sandbox/world.ts";
import { world } from "../../../src/sandbox/world.ts";

/** A HubSpot for one test, and the official SDK pointed at it. Its clock stands still until it is advanced. */
export interface StartedHubspot {
  readonly hubspot: HubspotSandbox;
  readonly client: Client;
  readonly url: string;
  readonly world: World;
  readonly clock: SandboxClock;
  /** A plain call with the good token, for what the SDK hides. */
  readonly call: (method: string, path: string, body?: unknown) => Promise<Answer>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

export const TOKEN = "pat-eu1-rehearsal";
export const START = Date.parse("2026-06-15T09:00:00.000Z");

export async function startHubspot(options: HubspotOptions = {}): Promise<StartedHubspot> {
  const clock = sandboxClock(() => START);
  const own = world(7, clock);
  const hubspot = hubspotSandbox(own, { tokens: [TOKEN], ...options });
  const running = await startVendor(hubspot.vendor);
  onTestFinished(() => running.close());
  return {
    hubspot,
    client: new Client({ accessToken: TOKEN, basePath: running.url }),
    url: running.url,
    world: own,
    clock,
    async call(method, path, body) {
      const response = await fetch(running.url + path, {
        method,
        headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      const parsed: unknown = text === "" ? {} : JSON.parse(text);
      return { status: response.status, headers: response.headers, body: parsed as Answer["body"] };
    },
  };
}

/** The error of a call that has to fail, as the SDK tells it. */
export async function vendorError(call: Promise<unknown>): Promise<{ code: number; body: Answer["body"] }> {
  try {
    await call;
  } catch (error) {
    return error as { code: number; body: Answer["body"] };
  }
  throw new Error("the call was expected to be refused");
}
