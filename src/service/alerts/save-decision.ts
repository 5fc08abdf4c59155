import type { AlertRule, ChannelName, Channels } from "../../model/watch/alerting.ts";
import type { AlertText } from "../../words/alert-words.ts";
import { UNWATCHED } from "../../words/alert-words.ts";
import type { AlertDocument, MessageKind } from "../../store/alerts/alert-messages.ts";
import { addMessages } from "../../store/alerts/alert-messages.ts";
import type { StoredAlert } from "../../store/alerts/alerts.ts";
import {
  lockAlerts,
  markAbsent,
  openAlert,
  openAlerts,
  repeatAlert,
  resolveAlert,
} from "../../store/alerts/alerts.ts";
import type { Statements } from "../../store/database/database.ts";
import type { AlertFacts } from "./conditions.ts";
import { conditionsOf } from "./conditions.ts";
import { channelsOf } from "./channels/send-message.ts";
import type { AlertStep } from "./decide-alerts.ts";
import { decideAlerts } from "./decide-alerts.ts";
import type { Store } from "../../store/database/store.ts";
import { atomically, storeOf } from "../../store/database/store.ts";

/** What decides alerts of one connection, and where they go. */
export interface Alerting {
  readonly rules: readonly AlertRule[];
  readonly channels: Channels;
  /** Where people open the page; `null` where nobody said. */
  readonly pageUrl: URL | null;
}

/**
 * Decides the alerts of a connection and stores what is to be told, in one transaction: a process that ends in between
 * has told nothing and decided nothing. Only one process decides at a time.
 *
 * @returns how many messages there are to send
 */
export async function saveDecision(
  store: Store,
  alerting: Alerting,
  facts: AlertFacts,
  now: Date,
): Promise<number> {
  const { connectionId } = store;
  return atomically(store, async (store) => {
    await lockAlerts(store);
    const open = await openAlerts(store);
    const steps = decideAlerts(conditionsOf(alerting.rules, facts, now), open, now);
    const saved = { statements: store.statements, connectionId, alerting, connection: facts.connection, now };
    let messages = 0;
    for (const step of steps) messages += await saveStep(saved, step);
    return messages;
  });
}

interface Saving {
  readonly statements: Statements;
  readonly connectionId: number;
  readonly alerting: Alerting;
  readonly connection: string;
  readonly now: Date;
}

async function saveStep(saving: Saving, step: AlertStep<StoredAlert>): Promise<number> {
  const { statements, connectionId, alerting, now } = saving;
  const channels = channelsOf(alerting.channels);
  const toldNow = (type: string): readonly ChannelName[] =>
    channels.filter((name) => alerting.rules.some((rule) => rule.type === type && rule.to.includes(name)));
  switch (step.kind) {
    case "open": {
      const { condition } = step;
      const { since: startedAt, type, severity, summary, cause, fix } = condition;
      const toldTo = toldNow(type);
      const alert = { type, severity, summary, cause, fix, toldTo, startedAt };
      const id = await openAlert(storeOf(statements, connectionId), alert, now);
      return tell(saving, { ...alert, id, resolvedAt: null }, "opened", toldTo);
    }
    case "remind": {
      const { alert, condition } = step;
      const to = toldNow(alert.type);
      const { summary, cause, fix } = condition;
      const toldTo = [...new Set([...alert.toldTo, ...to])];
      const words = { summary, cause, fix, toldTo };
      await repeatAlert(statements, alert.id, words, now);
      return tell(saving, { ...alert, ...words }, "reminder", to);
    }
    case "stays":
      if (step.alert.absentSince !== null) await markAbsent(statements, step.alert.id, null);
      return 0;
    case "fades":
      if (step.alert.absentSince === null) await markAbsent(statements, step.alert.id, now);
      return 0;
    case "resolve": {
      const { alert } = step;
      await resolveAlert(statements, alert.id, now);
      const watched = alerting.rules.some(({ type }) => type === alert.type);
      const words = watched ? {} : { cause: UNWATCHED };
      const to = channels.filter((name) => alert.toldTo.includes(name));
      return tell(saving, { ...alert, ...words, resolvedAt: now }, "resolved", to);
    }
  }
}

type Told = AlertText & Pick<StoredAlert, "id" | "type" | "severity" | "startedAt" | "resolvedAt">;

async function tell(
  { statements, connectionId, alerting, connection, now }: Saving,
  alert: Told,
  kind: MessageKind,
  channels: readonly ChannelName[],
): Promise<number> {
  const document = documentOf(alert, connection, alerting.pageUrl);
  const messages = channels.map((channel) => ({ alertId: alert.id, channel, kind, document }));
  await addMessages(storeOf(statements, connectionId), messages, now);
  return messages.length;
}

const PLACES: Readonly<Record<StoredAlert["type"], string>> = {
  stopped: "/",
  overdue: "/",
  held: "/mapping#held",
  failing_above: "/errors",
  errors_above: "/settings#endpoints",
  auth_expiring: "/settings",
  version_sunset: "/settings",
};

function documentOf(alert: Told, connection: string, pageUrl: URL | null): AlertDocument {
  const { id, type, severity, summary, cause, fix, startedAt, resolvedAt } = alert;
  return {
    id: `${connection} ${type} ${id}`,
    type,
    severity,
    connection,
    started_at: startedAt.toISOString(),
    resolved_at: resolvedAt?.toISOString() ?? null,
    summary,
    cause,
    fix,
    url: pageUrl === null ? null : new URL(PLACES[type], pageUrl).href,
  };
}
