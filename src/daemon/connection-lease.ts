import type { Lease } from "../store/leases.ts";
import { giveUpLease, holdLease, takeLease } from "../store/leases.ts";
import { LEASE_MS } from "../write/lease-gate.ts";
import type { Deps } from "./deps.ts";

/** Another process is working on this connection's contacts right now. */
export class ConnectionBusy extends Error {
  constructor(name: string) {
    super(
      `The contacts of ${name} are being synced by another process; try again when it has finished (if it was killed, in ${LEASE_MS / 60_000} minutes)`,
    );
    this.name = "ConnectionBusy";
  }
}

/** So often within its time a lease is prolonged: reading a large account takes longer than a lease lasts. */
const LEASE_BEATS = 4;

/**
 * Works alone on one connection's contacts.
 *
 * @throws ConnectionBusy while another process does
 */
export async function withConnection<T>(
  deps: Pick<Deps, "database" | "newId">,
  name: string,
  work: (lease: Lease) => Promise<T>,
): Promise<T> {
  const lease = await takeLease(deps.database, `contacts of ${name}`, deps.newId(), LEASE_MS);
  if (lease === null) throw new ConnectionBusy(name);
  const beat = setInterval(() => {
    // A lease that was lost is told by the next write's own check; a database that is away, by its own call.
    holdLease(deps.database, lease, LEASE_MS).catch(() => {});
  }, LEASE_MS / LEASE_BEATS);
  try {
    return await work(lease);
  } finally {
    clearInterval(beat);
    await giveUpLease(deps.database, lease);
  }
}
