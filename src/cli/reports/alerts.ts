import type { Store } from "../../store/database/store.ts";
import type { Command } from "commander";
import { ALERT_TYPES } from "../../model/watch/alerting.ts";
import type { ChannelName, Channels } from "../../model/watch/alerting.ts";
import type { Mapping } from "../../model/mapping.ts";
import { ChannelError } from "../../service/alerts/channels/channel-error.ts";
import { channelsOf, sendMessage } from "../../service/alerts/channels/send-message.ts";
import { noted } from "../../service/alerts/deliver.ts";
import { testDocument } from "../../service/alerts/test-alert.ts";
import { daemonLog } from "../../service/log.ts";
import { pageAccess } from "../listening.ts";
import type { ChannelState } from "../../store/alerts/alert-channels.ts";
import { readChannels } from "../../store/alerts/alert-channels.ts";
import type { StoredAlert } from "../../store/alerts/alerts.ts";
import { recentAlerts } from "../../store/alerts/alerts.ts";
import { openStore } from "../../store/runs/connections.ts";
import { CHANNEL_NAMES } from "../../words/alert-words.ts";
import { exact, fromNow } from "../../words/time-words.ts";
import type { App, CommonOptions } from "../app.ts";
import { auditCommand } from "../audit-command.ts";
import { columns } from "../columns.ts";
import { withDatabase } from "../engine.ts";
import type { ExitCode } from "../exit-code.ts";
import { CommandFailure, EXIT } from "../exit-code.ts";
import { json } from "../json.ts";
import { loadMapping } from "../load-mapping.ts";
const EXAMPLES = `
Examples:
  tandem alerts
  tandem alerts test
`;

const ALERTS_SHOWN = 20;

export function alertsCommand(program: Command, app: App, exit: (code: ExitCode) => void): void {
  const alerts = program
    .command("alerts")
    .description("Show open and recent alerts, and how each channel does. `alerts test` sends a test alert.")
    .addHelpText("before", EXAMPLES.trimStart())
    .action(async (_options, command: Command) => {
      await show(app, command.optsWithGlobals<CommonOptions>());
      exit(EXIT.done);
    });
  alerts
    .command("test")
    .description("Send a test alert to every channel, and show whether it got through.")
    .action(async (_options, command: Command) => {
      exit(await test(app, command.optsWithGlobals<CommonOptions>()));
    });
}

async function show(app: App, options: CommonOptions): Promise<void> {
  const { mapping } = loadMapping(app, options);
  const { recent, states } = await withDatabase(app, options, async (database) => {
    const store = await openStore(database, mapping.name);
    return {
      recent: await recentAlerts(store, ALERTS_SHOWN),
      states: await readChannels(store),
    };
  });
  const now = app.now();
  app.out(options.json ? json(documentOf(mapping, recent, states)) : textOf(mapping, recent, states, now));
}

function documentOf(
  mapping: Mapping,
  recent: readonly StoredAlert[],
  states: readonly ChannelState[],
): object {
  return {
    connection: mapping.name,
    rules: mapping.alerts.map(({ type, to }) => ({ type, to })),
    alerts: recent.map(({ id, type, severity, summary, cause, fix, startedAt, resolvedAt, toldTo }) => ({
      id: `${mapping.name} ${type} ${id}`,
      type,
      severity,
      started_at: startedAt,
      resolved_at: resolvedAt,
      summary,
      cause,
      fix,
      channels: toldTo,
    })),
    channels: namesOf(mapping.channels).map((channel) => {
      const state = states.find((one) => one.channel === channel);
      return {
        channel,
        failing_since: state?.failingSince ?? null,
        error: state?.error ?? null,
        last_sent_at: state?.sentAt ?? null,
      };
    }),
  };
}

function namesOf(channels: Channels): readonly ChannelState["channel"][] {
  return [...channelsOf(channels), ...(channels.heartbeat === null ? [] : (["heartbeat"] as const))];
}

function textOf(
  mapping: Mapping,
  recent: readonly StoredAlert[],
  states: readonly ChannelState[],
  now: Date,
): string {
  if (mapping.alerts.length === 0 && recent.length === 0)
    return `${mapping.name} has no alerts. Add \`alerts\` and \`channels\` to the mapping; config/mapping.example.yaml shows how.\n`;
  const open = recent.filter(({ resolvedAt }) => resolvedAt === null);
  const ended = recent.filter(({ resolvedAt }) => resolvedAt !== null);
  const unwatched = ALERT_TYPES.filter((type) => !mapping.alerts.some((rule) => rule.type === type));
  const parts = [
    open.length === 0
      ? "No alert is open.\n"
      : columns([
          ["Open", "Severity", "Since", "What"],
          ...open.map(({ type, severity, startedAt, summary }) => [
            type,
            severity,
            fromNow(startedAt, now),
            summary,
          ]),
        ]),
    ended.length === 0
      ? ""
      : `\n${columns([
          ["Ended", "Severity", "From", "Until", "What"],
          ...ended.map(({ type, severity, startedAt, resolvedAt, summary }) => [
            type,
            severity,
            exact(startedAt),
            exact(resolvedAt ?? now),
            summary,
          ]),
        ])}`,
    channelText(mapping.channels, states, now),
    unwatched.length === 0 ? "" : `\nNot watched: ${unwatched.join(", ")}\n`,
  ];
  return parts.join("");
}

function channelText(channels: Channels, states: readonly ChannelState[], now: Date): string {
  const names = namesOf(channels);
  if (names.length === 0) return "";
  const rows = names.map((name) => channelRow(name, states, now));
  return `\n${columns([["Channel", "Last sent", "Status"], ...rows])}`;
}

function channelRow(
  channel: ChannelState["channel"],
  states: readonly ChannelState[],
  now: Date,
): readonly string[] {
  const state = states.find((one) => one.channel === channel);
  const sent = state?.sentAt ?? null;
  const status =
    state === undefined
      ? "Not used yet"
      : state.error === null || state.failingSince === null
        ? "OK"
        : `Failing for ${fromNow(state.failingSince, now).replace(" ago", "")}: ${state.error}`;
  return [CHANNEL_NAMES[channel], sent === null ? "Never" : fromNow(sent, now), status];
}

async function test(app: App, options: CommonOptions): Promise<ExitCode> {
  const { mapping } = loadMapping(app, options);
  const names = channelsOf(mapping.channels);
  if (names.length === 0)
    throw new CommandFailure(
      EXIT.config,
      "The mapping has no channel to test.\n  fix: Add `channels`; config/mapping.example.yaml shows how.",
    );
  const results = await withDatabase(app, options, async (database) => {
    const store = await openStore(database, mapping.name);
    await auditCommand(store, { action: "test_alert", about: { channels: names.join(" ") } }, app.now());
    return Promise.all(names.map((name) => testChannel(app, store, mapping, name)));
  });
  app.out(
    options.json
      ? json({ connection: mapping.name, channels: results })
      : columns(results.map(({ channel, error }) => [CHANNEL_NAMES[channel], error ?? "Sent"])),
  );
  return results.every(({ error }) => error === null) ? EXIT.done : EXIT.unavailable;
}

async function testChannel(
  app: App,
  store: Store,
  mapping: Mapping,
  channel: ChannelName,
): Promise<{ readonly channel: ChannelName; readonly error: string | null }> {
  const document = testDocument(mapping.name, pageAccess(app).publicUrl, app.now());
  const message = { channel, kind: "test", document, messageId: `tandem-${app.newId()}` } as const;
  let error: string | null = null;
  try {
    await sendMessage(mapping.channels, message, app.env, app.now());
  } catch (cause) {
    if (!(cause instanceof ChannelError)) throw cause;
    error = cause.message;
  }
  const log = daemonLog("silent", app.log);
  await noted({ store, log, now: app.now }, channel, error);
  return { channel, error };
}
