import { sandboxClock } from "../clock.ts";
import type { Fault } from "../faults.ts";
import type { Settings } from "../hubspot/settings.ts";
import type { HubspotSandbox } from "../hubspot/sandbox.ts";
import { hubspotSandbox } from "../hubspot/sandbox.ts";
import type { KlaviyoSettings } from "../klaviyo/settings.ts";
import type { KlaviyoSandbox } from "../klaviyo/control/operations.ts";
import { SANDBOX_KEY, klaviyoSandbox } from "../klaviyo/klaviyo-sandbox.ts";
import type { World } from "../world.ts";
import { world } from "../world.ts";
import { lockFolder } from "./folder-lock.ts";
import { keeper } from "./keeper.ts";
import { listen } from "./listen.ts";
import type { Snapshot } from "./snapshot.ts";
import { readSnapshot, writeSnapshot } from "./snapshot.ts";
import type { Story } from "./story.ts";
import { tellStory } from "./story.ts";

export interface RehearsalOptions {
  readonly seed: number;
  /** People of the story; 0 leaves both systems empty but for their lists. */
  readonly contacts: number;
  /** 0 takes the one of the last time, else a free one. */
  readonly hubspotPort: number;
  readonly klaviyoPort: number;
  readonly faults?: { readonly hubspot?: readonly Fault[]; readonly klaviyo?: readonly Fault[] };
  readonly hubspot?: Partial<Settings>;
  readonly klaviyo?: Partial<KlaviyoSettings>;
  /** A folder where both servers keep themselves: they continue from what is there, whatever seed and contacts say. */
  readonly keepIn?: string;
  /** Begins again, whatever was kept. */
  readonly fresh?: boolean;
  /** Told why keeping did not work. */
  readonly notKept?: (error: unknown) => void;
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
  /** What it continues from: when by the machine's clock, and whether it was stopped or killed. Null: it begins. */
  readonly continues: { readonly at: Date; readonly stopped: boolean } | null;
  /** Writes down what is there now, where it is kept; `notKept` is told where that does not work. */
  keep(): Promise<void>;
  close(): Promise<void>;
}

/** The token that the rehearsal HubSpot knows from the start. */
const REHEARSAL_TOKEN = "pat-eu1-rehearsal-0000";

/**
 * Starts a HubSpot and a Klaviyo on 127.0.0.1, sharing one clock, filled from the seed or as they were kept.
 *
 * @throws FolderInUse, UnusableSnapshot, PortTaken
 */
export async function startRehearsal(options: RehearsalOptions): Promise<Rehearsal> {
  const { keepIn } = options;
  const unlock = keepIn === undefined ? () => {} : lockFolder(keepIn);
  try {
    const kept = keepIn === undefined || options.fresh === true ? null : readSnapshot(keepIn);
    const accounts = accountsOf(options, kept);
    const servers = await listen(accounts, {
      hubspot: { wanted: options.hubspotPort, last: kept?.ports.hubspot ?? 0 },
      klaviyo: { wanted: options.klaviyoPort, last: kept?.ports.klaviyo ?? 0 },
    });
    const { hubspot, klaviyo, story } = accounts;
    const keeping = keepIn === undefined ? null : await keepAll(keepIn, accounts, servers.ports, options);
    return {
      hubspot: { url: servers.urls.hubspot, token: REHEARSAL_TOKEN, ...hubspot },
      klaviyo: { url: servers.urls.klaviyo, key: SANDBOX_KEY, ...klaviyo },
      story,
      continues: kept === null ? null : { at: new Date(kept.at - kept.ahead), stopped: kept.final },
      keep: async () => keeping?.save().catch(options.notKept),
      async close() {
        await servers.close();
        try {
          await keeping?.stop();
        } finally {
          unlock();
        }
      },
    };
  } catch (error) {
    unlock();
    throw error;
  }
}

interface Accounts {
  readonly hubspot: { readonly sandbox: HubspotSandbox; readonly world: World };
  readonly klaviyo: { readonly sandbox: KlaviyoSandbox; readonly world: World };
  readonly story: Story;
}

function accountsOf(options: RehearsalOptions, kept: Snapshot | null): Accounts {
  // Time never goes back for the accounts, wherever the machine's own clock has been meanwhile.
  const ahead = kept === null ? 0 : Math.max(kept.ahead, kept.at - Date.now());
  const clock = sandboxClock(Date.now, ahead);
  const worlds = {
    hubspot: world(options.seed, clock, kept?.hubspot.world),
    klaviyo: world(options.seed + 1, clock, kept?.klaviyo.world),
  };
  if (kept?.final === false) kept.hubspot.portal.lastId += IDS_LOST_AT_MOST;
  const hubspot = hubspotSandbox(worlds.hubspot, {
    tokens: [REHEARSAL_TOKEN],
    settings: options.hubspot ?? {},
    ...(kept === null ? {} : { kept: kept.hubspot.portal }),
  });
  const klaviyo = klaviyoSandbox(worlds.klaviyo, {
    settings: { ...(kept === null ? LAGGING : {}), ...options.klaviyo },
    ...(kept === null ? {} : { kept: kept.klaviyo.account }),
  });
  const story =
    kept?.story ?? tellStory(world(options.seed, clock).random, options.contacts, hubspot, klaviyo);
  for (const fault of options.faults?.hubspot ?? []) worlds.hubspot.faults.add(fault);
  for (const fault of options.faults?.klaviyo ?? []) worlds.klaviyo.faults.add(fault);
  return {
    hubspot: { sandbox: hubspot, world: worlds.hubspot },
    klaviyo: { sandbox: klaviyo, world: worlds.klaviyo },
    story,
  };
}

/**
 * Klaviyo's jobs, segments and events are not done when they are answered, "up to a few minutes" later at worst.
 * A second is enough that nobody reads back at once what was only accepted.
 */
const LAGGING: Partial<KlaviyoSettings> = {
  consent_lag_ms: 1_000,
  event_lag_ms: 1_000,
  segment_lag_ms: 1_000,
};

/** After a kill, ids may have been given that nobody wrote down; none of them may become somebody else's. */
const IDS_LOST_AT_MOST = 1_000_000;

async function keepAll(
  folder: string,
  { hubspot, klaviyo, story }: Accounts,
  ports: Snapshot["ports"],
  { notKept = () => {} }: RehearsalOptions,
) {
  const write = (final: boolean): Promise<void> => {
    const at = hubspot.world.clock.now();
    return writeSnapshot(folder, {
      at,
      ahead: at - Date.now(),
      final,
      ports,
      story,
      hubspot: { world: hubspot.world.data, portal: hubspot.sandbox.keep() },
      klaviyo: { world: klaviyo.world.data, account: klaviyo.sandbox.keep() },
    });
  };
  const changes = (): number => hubspot.world.truth.changes.length + klaviyo.world.truth.changes.length;
  const keeping = keeper(write, changes, notKept);
  await keeping.save();
  return keeping;
}
