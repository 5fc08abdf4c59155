import type { EmailKey } from "../model/email.ts";
import type { Side } from "../model/side.ts";
import type { RunContext } from "../pull/run-context.ts";
import { saveFormerRead, saveLeftOptOuts, unreadFormer } from "../store/consent/former-addresses.ts";
import { atomically } from "../store/database/store.ts";

/** One request where a system takes so many. */
const AT_ONCE = 50;
/** Twenty requests: the next cycle continues. */
const MOST = 1_000;

/**
 * Reads the consent that contacts of this side had under addresses which they left, and puts their opt-outs into the
 * ledger. No request where nobody left an address.
 *
 * @returns the people who opted out, by the addresses that they have now
 */
export async function watchFormerAddresses(
  { store, connectors, now, signal }: Pick<RunContext, "store" | "connectors" | "now" | "signal">,
  runId: bigint,
  side: Side,
): Promise<readonly EmailKey[]> {
  const { formerOptOuts } = connectors[side].consent;
  if (formerOptOuts === null) return [];
  const changed: EmailKey[] = [];
  /** Their contacts cannot be read now: the next cycle tries again. */
  const unread: bigint[] = [];
  for (let read = 0; read < MOST; read += AT_ONCE) {
    const left = await unreadFormer(store, side, unread, AT_ONCE);
    if (left.length === 0) break;
    const found = await formerOptOuts(left, signal);
    const known = left.filter(({ id }) => !found.unreadable.has(id));
    unread.push(...left.flatMap(({ id, linkId }) => (found.unreadable.has(id) ? [linkId] : [])));
    const optOuts = known.flatMap((one) => {
      const met = found.optOuts.find(({ id, email }) => id === one.id && email === one.email);
      return met === undefined ? [] : [{ ...one, consent: met.consent }];
    });
    await atomically(store, async (store) => {
      await saveLeftOptOuts(store, runId, side, optOuts, now());
      await saveFormerRead(store, side, known);
    });
    changed.push(...optOuts.map((one) => one.now));
  }
  return changed;
}
