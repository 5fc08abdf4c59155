import type { ChannelName } from "../../model/watch/alerting.ts";
import type { Statements } from "../database/database.ts";
import type { Store } from "../database/store.ts";
import { z } from "zod";
import { rowsOf } from "../database/rows.ts";

export type MessageKind = "opened" | "reminder" | "resolved" | "test";

/** What a channel is told, as it is sent to a webhook. Times in ISO 8601, UTC. */
export interface AlertDocument {
  readonly id: string;
  readonly type: string;
  readonly severity: string;
  readonly connection: string;
  readonly started_at: string;
  readonly resolved_at: string | null;
  readonly summary: string;
  readonly cause: string;
  readonly fix: string;
  /** Where a person sees more; `null` where nobody said where the page is. */
  readonly url: string | null;
}

const ALERT_DOCUMENT: z.ZodType<AlertDocument> = z.object({
  id: z.string(),
  type: z.string(),
  severity: z.string(),
  connection: z.string(),
  started_at: z.string(),
  resolved_at: z.string().nullable(),
  summary: z.string(),
  cause: z.string(),
  fix: z.string(),
  url: z.string().nullable(),
});

export interface NewMessage {
  /** `null`: a test. */
  readonly alertId: bigint | null;
  readonly channel: ChannelName;
  readonly kind: MessageKind;
  readonly document: AlertDocument;
}

/** A message that this process sends now. */
export interface TakenMessage {
  readonly id: bigint;
  readonly channel: ChannelName;
  readonly kind: MessageKind;
  readonly document: AlertDocument;
  readonly madeAt: Date;
  /** This one included. */
  readonly tries: number;
}

const TAKEN_MESSAGE: z.ZodType<TakenMessage> = z.object({
  id: z.bigint(),
  channel: z.enum(["slack", "email", "webhook", "pagerduty"]),
  kind: z.enum(["opened", "reminder", "resolved", "test"]),
  document: ALERT_DOCUMENT,
  madeAt: z.date(),
  tries: z.number(),
});

/**
 * Stores messages to be sent. A reminder is left out where the channel has one of the same alert still to come: it would
 * say the same once more.
 */
export async function addMessages(
  { statements, connectionId }: Store,
  messages: readonly NewMessage[],
  now: Date,
): Promise<void> {
  for (const { alertId, channel, kind, document } of messages) {
    await statements.$executeRaw`
      INSERT INTO alert_message (connection_id, alert_id, channel, kind, document, made_at, due_at)
      SELECT ${connectionId}, ${alertId}::bigint, ${channel}, ${kind}, ${JSON.stringify(document)}::jsonb, ${now}, ${now}
      WHERE ${kind} <> 'reminder' OR NOT EXISTS (
        SELECT FROM alert_message WHERE alert_id = ${alertId}::bigint AND channel = ${channel}
          AND sent_at IS NULL AND given_up_at IS NULL)
      ON CONFLICT DO NOTHING`;
  }
}

/**
 * Takes the oldest message of a channel that is due, for two minutes: a process that ends before it has said how the
 * sending went leaves it to another one. What follows of the same alert waits for it.
 */
export async function takeMessage(
  { statements, connectionId }: Store,
  channel: ChannelName,
  now: Date,
): Promise<TakenMessage | null> {
  const [message] = await rowsOf(statements, TAKEN_MESSAGE)`
    UPDATE alert_message SET taken_until = now() + interval '2 minutes', tries = tries + 1
    WHERE id = (
      SELECT id FROM alert_message AS one
      WHERE connection_id = ${connectionId} AND channel = ${channel} AND sent_at IS NULL AND given_up_at IS NULL
        AND due_at <= ${now} AND (taken_until IS NULL OR taken_until < now())
        AND NOT EXISTS (
          SELECT FROM alert_message AS earlier WHERE earlier.alert_id = one.alert_id AND earlier.channel = one.channel
            AND earlier.id < one.id AND earlier.sent_at IS NULL AND earlier.given_up_at IS NULL)
      ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING id, channel, kind, document, made_at AS "madeAt", tries`;
  return message ?? null;
}

export async function messageSent(statements: Statements, id: bigint, now: Date): Promise<void> {
  await statements.alertMessage.update({ where: { id }, data: { sentAt: now, takenUntil: null } });
}

/** @param dueAt when to try again; `null`: never */
export async function messageFailed(
  statements: Statements,
  id: bigint,
  dueAt: Date | null,
  now: Date,
): Promise<void> {
  const data = dueAt === null ? { givenUpAt: now } : { dueAt };
  await statements.alertMessage.update({ where: { id }, data: { ...data, takenUntil: null } });
}
