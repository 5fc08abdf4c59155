import type { ChannelName } from "../../model/watch/alerting.ts";
import type { Store } from "../database/store.ts";
import { z } from "zod";
import { rowsOf } from "../database/rows.ts";

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

const CHANNEL_STATE: z.ZodType<ChannelState> = z.object({
  channel: z.union([z.enum(["slack", "email", "webhook", "pagerduty"]), z.literal("heartbeat")]),
  failingSince: z.date().nullable(),
  error: z.string().nullable(),
  sentAt: z.date().nullable(),
});

/** What a channel's state has become: only these are worth a line in the log. */
export type ChannelChange = "fails" | "works" | null;

const IS_NEW_ROW = z.object({ isNew: z.boolean() });

/**
 * Keeps how sending to a channel went.
 *
 * @param error `null`: it got through
 * @returns what changed by it; of several processes that tell the same, one is told of the change
 */
export async function noteChannel(
  { statements, connectionId }: Store,
  channel: ChannelState["channel"],
  error: string | null,
  now: Date,
): Promise<ChannelChange> {
  // A row comes back only where it was made or has changed: of two statements at once, to one of them.
  const [changed] = await rowsOf(statements, IS_NEW_ROW)`
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

export async function readChannels({ statements, connectionId }: Store): Promise<readonly ChannelState[]> {
  return rowsOf(statements, CHANNEL_STATE)`
    SELECT channel, failing_since AS "failingSince", error, sent_at AS "sentAt" FROM alert_channel
    WHERE connection_id = ${connectionId} ORDER BY channel`;
}
