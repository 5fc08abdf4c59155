import type { EmailKey } from "../model/email.ts";
import { SIDES } from "../model/side.ts";
import { forgetStreams } from "../store/snapshots/cursors.ts";
import { recordConsent } from "../store/consent/record-consent.ts";
import type { ErasedRows } from "../store/people/erase.ts";
import { addressesOf, eraseRows, passedAddresses, personRows } from "../store/people/erase.ts";
import { allowAgain, erasedSince, saveErased } from "../store/people/erased.ts";
import { holdLease } from "../store/runs/leases.ts";
import type { StillNamed } from "../store/people/redact.ts";
import { redact, vacuum } from "../store/people/redact.ts";
import { LEASE_MS } from "../write/lease-gate.ts";
import { withConnection } from "./connection-lease.ts";
import type { Deps } from "./deps.ts";
import { NO_RUN } from "../store/runs/runs.ts";
import { atomically, storeOf } from "../store/database/store.ts";
type ErasingDeps = Pick<Deps, "database" | "now" | "newId">;

/** Result of erasing somebody, over all connections of the database. */
export interface Erasure extends ErasedRows {
  /** How many addresses of theirs were known, the given one included. */
  readonly addresses: number;
  /** Addresses that they had before and somebody else has now: left alone. */
  readonly passedOn: readonly string[];
  readonly connections: number;
  /** Where their addresses still stand, because only the source can take them out. */
  readonly stillNamed: StillNamed;
}

/** What there is of somebody, to be shown before it is removed. */
export interface KnownOf {
  readonly addresses: readonly string[];
  /** Addresses that they had before and somebody else has now: left alone. */
  readonly passedOn: readonly string[];
  readonly contacts: number;
}

export async function knownOf({ database }: ErasingDeps, email: EmailKey): Promise<KnownOf> {
  const addresses = await addressesOf(database, email);
  const found = await Promise.all(
    (await connections(database)).map(({ id }) => personRows(storeOf(database, id), addresses)),
  );
  const passedOn = await passedAddresses(database, addresses);
  return { addresses, passedOn, contacts: found.reduce((sum, { contacts }) => sum + contacts.length, 0) };
}

/**
 * Removes what Tandem keeps of a person in every connection, but keyed hashes of their addresses and contacts in the
 * consent ledger: by these they are not stored and not made again, and their refusals stay known. Neither system is
 * asked or written to. Cut off, it is done again as a whole.
 *
 * @throws ConnectionBusy while another process works on one of the connections
 */
export async function erasePerson(deps: ErasingDeps, email: EmailKey): Promise<Erasure> {
  const { database } = deps;
  const all = await connections(database);
  const addresses = await addressesOf(database, email);
  const passedOn = await passedAddresses(database, addresses);
  const erasure = deps.newId();
  const sum = { links: 0, contacts: 0, writes: 0, events: 0, held: 0 };
  for (const connection of all) {
    const removed = await eraseFrom(deps, connection.name, addresses, erasure);
    for (const key of Object.keys(sum) as (keyof ErasedRows)[]) sum[key] += removed[key];
  }
  const stillNamed = await redact(database, addresses);
  await vacuum(database);
  return { ...sum, addresses: addresses.length, passedOn, connections: all.length, stillNamed };
}

async function eraseFrom(
  deps: ErasingDeps,
  name: string,
  addresses: readonly string[],
  erasure: string,
): Promise<ErasedRows> {
  const { now } = deps;
  return withConnection(deps, name, ({ store, lease }) =>
    atomically(store, async (store) => {
      await holdLease(store, lease, LEASE_MS);
      // What the sides showed last goes with the rows; a refusal among it must not.
      await recordConsent(store, NO_RUN, now(), "everybody");
      const rows = await personRows(store, addresses);
      await saveErased(store, erasure, addresses, rows.contacts, now());
      return eraseRows(store, addresses, rows, now());
    }),
  );
}

/**
 * Lets an erased person be synced again. A person who stayed in a list is in no change that a run would read, so the next
 * run reads both sides from the beginning.
 *
 * @returns when they were erased; `null` where nobody with this address is
 * @throws ConnectionBusy while another process works on one of the connections
 */
export async function allowPerson(deps: ErasingDeps, email: EmailKey): Promise<Date | null> {
  const { database, now } = deps;
  let since: Date | null = null;
  for (const { id, name } of await connections(database)) {
    const erasedAt = await erasedSince(storeOf(database, id), email);
    since ??= erasedAt;
    if (erasedAt === null) continue;
    await withConnection(deps, name, ({ store, lease }) =>
      atomically(store, async (store) => {
        await holdLease(store, lease, LEASE_MS);
        await allowAgain(store, email, now());
        for (const side of SIDES) await forgetStreams(store, `${side} contacts `);
      }),
    );
  }
  return since;
}

async function connections({ connection }: ErasingDeps["database"]) {
  return connection.findMany({ select: { id: true, name: true }, orderBy: { id: "asc" } });
}
