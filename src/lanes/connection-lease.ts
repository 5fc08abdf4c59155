import { setTimeout as sleep } from "node:timers/promises";
import type { Database } from "../store/database/database.ts";
import type { Store } from "../store/database/store.ts";
import { openStore, readConnection } from "../store/runs/connections.ts";
import type { Lease } from "../store/runs/leases.ts";
import { giveUpLease, holdLease, takeLease } from "../store/runs/leases.ts";
import { lendLease, takeBackLease, wantLease } from "../store/runs/lent-leases.ts";
import { LEASE_MS } from "../write/lease-gate.ts";
import type { Deps, Leased } from "./deps.ts";
import type { Watchdog } from "./watchdog.ts";
import { LANE_TIMES, watchdog } from "./watchdog.ts";

/** Another process is working on this connection's contacts right now. */
export class ConnectionBusy extends Error {
  constructor(name: string) {
    super(
      `The contacts of ${name} are being synced by another process; try again when it has finished (if it was killed, in ${LEASE_MS / 1_000} seconds)`,
    );
    this.name = "ConnectionBusy";
  }
}

/** What a process holds with one database. */
interface Holder {
  readonly id: string;
  /** Runs under way by the name of their lease; one that does not end after it was given up stays here. */
  readonly runs: Map<string, Watchdog>;
}

const holders = new WeakMap<Database, Holder>();

function holderOf({ database, newId }: Pick<Deps, "database" | "newId">): Holder {
  const known = holders.get(database) ?? { id: newId(), runs: new Map<string, Watchdog>() };
  holders.set(database, known);
  return known;
}

/** The runs of this process that made no progress for so long, and how long ago their last was. Milliseconds. */
export function stuckRuns(database: Database, forMs: number): ReadonlyMap<string, number> {
  const runs = [...(holders.get(database)?.runs ?? [])];
  return new Map(runs.map(([name, run]) => [name, run.idleMs()] as const).filter(([, ms]) => ms >= forMs));
}

/** What work under a lease needs; a vendor, where it asks one. */
type LeasedDeps = Pick<Deps, "database" | "newId"> & Partial<Deps>;

/**
 * Works alone on one connection's contacts. The lease is prolonged while there is progress. Work that makes none for two
 * minutes, or does not end after a stop, is ended, and the lease is given up whatever the work still waits for: what it
 * sent is settled by reading, and its token is refused from the moment another run has begun.
 *
 * @param work gets the dependencies to work with: their signals tell of the watchdog, and their progress is seen by it
 * @param borrows takes the lease of work that lends it, and asks for it where that does not yet
 * @throws ConnectionBusy while another process works on it
 * @throws LaneStuck where the watchdog ended the work
 */
export async function withConnection<D extends LeasedDeps, T>(
  deps: D,
  name: string,
  work: (leased: Leased<D>) => Promise<T>,
  { borrows }: { readonly borrows: boolean } = { borrows: false },
): Promise<T> {
  const times = deps.times ?? LANE_TIMES;
  const holder = holderOf(deps);
  const key = `contacts of ${name}`;
  const store = await openStore(deps.database, name);
  // A process recognizes its own lease, also if it could not release it because the database was away.
  const again = !holder.runs.has(key);
  let lease = await takeLease(store, key, holder.id, LEASE_MS, again, borrows);
  if (lease === null) {
    if (borrows) await wantLease(store, key);
    throw new ConnectionBusy(name);
  }
  const dog = watchdog(`A run of ${name}`, deps.connectors, times);
  holder.runs.set(key, dog);
  let beating = false;
  let lending = false;
  const beat = setInterval(() => {
    if (lease === null || beating || dog.idleMs() >= times.stuckMs) return;
    beating = true;
    holdLease(store, lease, LEASE_MS)
      // A lease that was lost is told by the next write's own check; a database that is away, by its own call.
      .catch(() => {})
      .finally(() => void (beating = false));
  }, times.beatMs);
  /** Two sides come here, each between its own pages: the second continues meanwhile. */
  const lend = async (): Promise<void> => {
    if (lending || lease === null || !(await lendLease(store, lease))) return;
    lending = true;
    try {
      lease = await backFrom(deps, store, key, holder.id, dog);
    } finally {
      lending = false;
    }
  };
  // What another run learnt of the accounts before this one had the lease.
  const connection = await readConnection(store);
  const working = work({ ...watched(deps, dog), connection, store, lease, lend });
  const forget = (): void => {
    dog.stop();
    if (holder.runs.get(key) === dog) holder.runs.delete(key);
  };
  working.then(forget, forget);
  const ends = [dog.stuck, ...(deps.signal === undefined ? [] : [deps.signal])];
  try {
    return await orEnded(working, ends, times.endMs);
  } finally {
    clearInterval(beat);
    const patience = new AbortController();
    // The lease expires within seconds anyway.
    await Promise.race([
      lease === null ? null : giveUpLease(store, lease, LEASE_MS).catch(() => {}),
      sleep(times.endMs, undefined, { signal: patience.signal }).catch(() => {}),
    ]);
    patience.abort();
  }
}

/** A consent lane looks every few seconds whether it may work. */
const BORROWED_WITHIN_MS = 15_000;
const CHECK_EVERY_MS = 500;

/** Waits for a lent lease. Waiting for it is progress: who borrowed it has a watchdog, and a lease that runs out. */
async function backFrom(
  { stopping, signal }: LeasedDeps,
  store: Store,
  key: string,
  lender: string,
  dog: Watchdog,
): Promise<Lease> {
  const lentAt = performance.now();
  for (;;) {
    stopping?.throwIfAborted();
    signal?.throwIfAborted();
    const unborrowed = performance.now() - lentAt > BORROWED_WITHIN_MS;
    const back = await takeBackLease(store, key, lender, LEASE_MS, unborrowed);
    if (back !== null) return back;
    dog.progressed();
    await sleep(CHECK_EVERY_MS);
  }
}

function watched<D extends LeasedDeps>(deps: D, dog: Watchdog): D {
  const { progress, stopping, signal } = deps;
  return {
    ...deps,
    ...(progress === undefined
      ? {}
      : {
          progress: (step: Parameters<Deps["progress"]>[0]) => {
            dog.progressed();
            progress(step);
          },
        }),
    ...(stopping === undefined ? {} : { stopping: AbortSignal.any([stopping, dog.stuck]) }),
    ...(signal === undefined ? {} : { signal: AbortSignal.any([signal, dog.stuck]) }),
  };
}

/** The work's end, or the reason of the first signal once the work has had its time to end after it. */
async function orEnded<T>(work: Promise<T>, ends: readonly AbortSignal[], endMs: number): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const all = AbortSignal.any([...ends]);
  let timer: NodeJS.Timeout | undefined;
  const begin = (): void => {
    timer = setTimeout(() => reject(all.reason as Error), endMs);
  };
  if (all.aborted) begin();
  all.addEventListener("abort", begin, { once: true });
  try {
    return await Promise.race([work, promise]);
  } catch (error) {
    // Whatever the work said when it was cut off, this is why.
    throw ends[0]?.aborted === true ? ends[0].reason : error;
  } finally {
    clearTimeout(timer);
    all.removeEventListener("abort", begin);
  }
}
