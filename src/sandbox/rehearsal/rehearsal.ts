import type { Fault } from "../faults.ts";
import type { Settings } from "../hubspot/settings.ts";
import type { HubspotSandbox } from "../hubspot/sandbox.ts";
import { hubspotSandbox } from "../hubspot/sandbox.ts";
import type { KlaviyoSettings } from "../klaviyo/settings.ts";
import type { KlaviyoSandbox } from "../klaviyo/klaviyo-sandbox.ts";
import { SANDBOX_KEY, klaviyoSandbox } from "../klaviyo/klaviyo-sandbox.ts";
import type { RunningVendor } from "../server.ts";
import { startVendor } from "../server.ts";
import { sandboxClock } from "../clock.ts";
import type { World } from "../world.ts";
import { world } from "../world.ts";
import type { Story } from "./story.ts";
import { tellStory } from "./story.ts";

export interface RehearsalOptions {
  readonly seed: number;
  /** People of the story; 0 leaves both systems empty but for their lists. */
  readonly contacts: number;
  /** 0 takes a free port. */
  readonly hubspotPort: number;
  readonly klaviyoPort: number;
  readonly faults?: { readonly hubspot?: readonly Fault[]; readonly klaviyo?: readonly Fault[] };
  readonly hubspot?: Partial<Settings>;
  readonly klaviyo?: Partial<KlaviyoSettings>;
}

/** Both rehearsal servers, running. */
export interface Rehearsal {
  readonly hubspot: {
    readonly url: string;
    readonly token: string;
    readonly sandbox: HubspotSandbox;
    readonly world: World;
  };
  readonly klaviyo: {
    readonly url: string;
    readonly key: string;
    readonly sandbox: KlaviyoSandbox;
    readonly world: World;
  };
  readonly story: Story;
  close(): Promise<void>;
}

/** The token that the rehearsal HubSpot knows from the start. */
export const REHEARSAL_TOKEN = "pat-eu1-rehearsal-0000";

/** Starts a HubSpot and a Klaviyo on 127.0.0.1, sharing one clock, filled from the seed. */
export async function startRehearsal(options: RehearsalOptions): Promise<Rehearsal> {
  const clock = sandboxClock();
  const hubspotWorld = world(options.seed, clock);
  const klaviyoWorld = world(options.seed + 1, clock);
  const hubspot = hubspotSandbox(hubspotWorld, {
    tokens: [REHEARSAL_TOKEN],
    settings: options.hubspot ?? {},
  });
  const klaviyo = klaviyoSandbox(klaviyoWorld, { settings: options.klaviyo ?? {} });
  const story = tellStory(world(options.seed, clock).random, options.contacts, hubspot, klaviyo);
  for (const fault of options.faults?.hubspot ?? []) hubspotWorld.faults.add(fault);
  for (const fault of options.faults?.klaviyo ?? []) klaviyoWorld.faults.add(fault);
  const running: RunningVendor[] = [];
  try {
    running.push(await startVendor(hubspot.vendor, { port: options.hubspotPort }));
    running.push(await startVendor(klaviyo.vendor, { port: options.klaviyoPort }));
  } catch (error) {
    await Promise.all(running.map((vendor) => vendor.close()));
    throw error;
  }
  const [hubspotServer, klaviyoServer] = running;
  return {
    hubspot: { url: hubspotServer?.url ?? "", token: REHEARSAL_TOKEN, sandbox: hubspot, world: hubspotWorld },
    klaviyo: { url: klaviyoServer?.url ?? "", key: SANDBOX_KEY, sandbox: klaviyo, world: klaviyoWorld },
    story,
    close: async () => void (await Promise.all(running.map((vendor) => vendor.close()))),
  };
}
