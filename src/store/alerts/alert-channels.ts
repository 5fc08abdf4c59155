import type { ChannelName } from "../../model/watch/alerting.ts";
import type { Statements } from "../database/database.ts";

/** How a channel does. */
export interface ChannelState {
  readonly channel: ChannelName | "heartbeat";
  /** Since when it fails; `null` while it works. */
  readonly failingSince: Date | null;
  /** How it fails. */
  readonly error: string | null;
  /** When something last got through. */
  readonly sentAt: Date | null;
}

/** What a channel's state has become: only these are worth a line in the log. */
export type ChannelChange = "fails" | "works" | null;

/**
 * Keeps how sending to a channel went.
 *
 * @param error `null`: it got through
 * @returns what changed by it; of several processes that tell the same, one is told of the change
 */
export async function noteChannel(
  statements: Statements,
  connectionId: number,
  channel: ChannelState["channel"],
  error: string | null,
  now: Date,
): Promise<ChannelChange> {
  // A row comes back only where it was made or has changed: of two statements at once, to one of them.
  const [changed] = await statements.$queryRaw<{ isNew: boolean }[]>`
    INSERT INTO alert_channel AS kept (connection_id, channel, failing_since, error)
    VALUES (${connectionId}, ${channel}, CASE WHEN ${error}::text IS NULL THEN NULL ELSE ${now}::timestamptz END,
            ${error}::text)
    ON CONFLICT (connection_id, channel) DO UPDATE SET
      failing_since = CASE WHEN excluded.error IS NULL THEN NULL
                           ELSE coalesce(kept.failing_since, excluded.failing_since) END,
      error = excluded.error
    WHERE kept.error IS DISTINCT FROM excluded.error
    RETURNING xmax = 0 AS "isNew"`;
  if (error === null)
    await statements.$executeRaw`
      UPDATE alert_channel SET sent_at = ${now} WHERE connection_id = ${connectionId} AND channel = ${channel}`;
  if (changed === undefined || (changed.isNew && error === null)) return null;
  return error === null ? "works" : "fails";
}

export async function readChannels(
  statements: Statements,
  connectionId: number,
): Promise<readonly ChannelState[]> {
  return statements.$queryRaw<ChannelState[]>`
    SELECT channel, failing_since AS "failingSince", error, sent_at AS "sentAt" FROM alert_channel
    WHERE connection_id = ${connectionId} ORDER BY channel`;
}
