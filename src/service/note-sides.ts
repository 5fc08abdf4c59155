import type { Connector } from "../connectors/connector.ts";
import type { PerSide, Side } from "../model/side.ts";
import { SIDES } from "../model/side.ts";
import type { SideNote } from "../store/runs/side-notes.ts";
import { readSideNotes, saveSideNote } from "../store/runs/side-notes.ts";
import type { Deps } from "../lanes/deps.ts";
import type { Store } from "../store/database/store.ts";

/** Scopes are asked for one by one: once a day is enough to see that somebody changed the key. */
const SCOPES_EVERY_MS = 24 * 60 * 60_000;

type Slow = Pick<SideNote, "account" | "missingScopes" | "maySubscribe">;

const NOTHING_TOLD: Slow = { account: null, missingScopes: null, maySubscribe: null };

/**
 * Keeps what both sides told of themselves, for the pages: after each run their limits, once a day whose account it is and
 * which scopes are missing. A side that is out keeps what it told before.
 *
 * @param current the mapping in use, with its connectors
 */
export function noteSides(current: () => Deps, store: Store): () => Promise<void> {
  const readAt = new Map<Side, number>();
  return async () => {
    const { connectors, now, signal } = current();
    const known = await readSideNotes(store);
    for (const side of SIDES) {
      const due = now().getTime() - (readAt.get(side) ?? 0) >= SCOPES_EVERY_MS;
      const before = known[side] ?? NOTHING_TOLD;
      const slow = due ? await askSide(connectors, side, signal) : null;
      if (slow !== null) readAt.set(side, now().getTime());
      await saveSideNote(store, side, noteOf(connectors[side], slow ?? before), now());
    }
  };
}

/** @returns `null` where the side is out */
async function askSide(
  connectors: PerSide<Connector>,
  side: Side,
  signal: AbortSignal,
): Promise<Slow | null> {
  const connector = connectors[side];
  try {
    const { id, name, timeZone } = await connector.account(signal);
    const missingScopes = await connector.missingScopes(signal);
    const maySubscribe = await connector.consent.mayWrite(signal);
    return { account: { id, name, timeZone }, missingScopes, maySubscribe };
  } catch {
    // The runs tell why; here it is asked again after the next one.
    return null;
  }
}

function noteOf(connector: Connector, { account, missingScopes, maySubscribe }: Slow): SideNote {
  return {
    account,
    missingScopes,
    maySubscribe,
    quotas: connector.quotas(),
    requests: Object.fromEntries(connector.requests()),
    skewMs: connector.skewMs(),
  };
}
