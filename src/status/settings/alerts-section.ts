import type { ChannelName } from "../../model/watch/alerting.ts";
import type { Mapping } from "../../model/mapping.ts";
import { channelsOf } from "../../service/alerts/channels/send-message.ts";
import type { ChannelState } from "../../store/alerts/alert-channels.ts";
import type { StoredAlert } from "../../store/alerts/alerts.ts";
import { ALERT_NAMES, CHANNEL_NAMES } from "../../words/alert-words.ts";
import { span } from "../../words/time-words.ts";
import { mayDo } from "../frame/access/role.ts";
import type { Fragment, Safe } from "../frame/layout/html.ts";
import { html } from "../frame/layout/html.ts";
import type { Frame } from "../frame/layout/layout.ts";
import { csrfField } from "../frame/layout/layout.ts";
import { timeElement } from "../parts/time-element.ts";

/** What the part of Settings about alerts shows. */
export interface AlertsView {
  readonly frame: Frame;
  /** `null` before the first start. */
  readonly mapping: Pick<Mapping, "alerts" | "channels"> | null;
  readonly alerts: readonly StoredAlert[];
  readonly channels: readonly ChannelState[];
}

/** Which alerts there are, where they go, whether they get there, and the button that tries it. */
export function alertsSection({ frame, mapping, alerts, channels }: AlertsView): Safe {
  const { visitor } = frame.shell;
  const names = mapping === null ? [] : channelsOf(mapping.channels);
  const mayTest = visitor !== null && mayDo(visitor.role, "operator") && names.length > 0;
  return html`<section aria-labelledby="alerts">
    <h2 id="alerts">Alerts</h2>
    ${
      mapping === null || mapping.alerts.length === 0
        ? html`<p>
            Nobody is alerted: the mapping has no <code>alerts</code>. It can send them to Slack, email,
            PagerDuty or any program.
          </p>`
        : rules(mapping)
    }
    ${channelTable(names, mapping, channels, frame.now)}
    ${
      mayTest &&
      html`<form method="post" action="/settings/alerts/test" class="bare">
        ${csrfField(frame.shell)}<button type="submit">Send test alert</button>
      </form>`
    }
    ${recent(alerts, frame.now)}
  </section>`;
}

function rules({ alerts }: Pick<Mapping, "alerts">): Safe {
  return html`<ul>
    ${alerts.map(
      ({ type, to }) =>
        html`<li>${ALERT_NAMES[type]}: ${to.map((name) => CHANNEL_NAMES[name]).join(", ")}</li>`,
    )}
  </ul>`;
}

function channelTable(
  names: readonly ChannelName[],
  mapping: AlertsView["mapping"],
  states: readonly ChannelState[],
  now: Date,
): Fragment {
  const all: readonly ChannelState["channel"][] = [
    ...names,
    ...(mapping === null || mapping.channels.heartbeat === null ? [] : (["heartbeat"] as const)),
  ];
  if (all.length === 0) return null;
  return html`<div class="scroll" role="region" aria-label="Table of the channels" tabindex="0">
    <table>
      <caption class="unseen">
        Channels and whether messages get there
      </caption>
      <thead>
        <tr>
          ${["Channel", "Status", "Last sent"].map((head) => html`<th scope="col">${head}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${all.map((name) => channelRow(name, states.find(({ channel }) => channel === name) ?? null, now))}
      </tbody>
    </table>
  </div>`;
}

function channelRow(name: ChannelState["channel"], state: ChannelState | null, now: Date): Safe {
  const failing =
    state?.failingSince == null
      ? null
      : html`<span class="tag bad">Failing</span> for ${span(now.getTime() - state.failingSince.getTime())}:
          ${state.error}`;
  const status = state === null ? "Not used yet" : (failing ?? html`<span class="tag ok">OK</span>`);
  return html`<tr>
    <th scope="row">${CHANNEL_NAMES[name]}</th>
    <td>${status}</td>
    <td>${state?.sentAt == null ? "Never" : timeElement(state.sentAt, now)}</td>
  </tr>`;
}

function recent(alerts: readonly StoredAlert[], now: Date): Fragment {
  if (alerts.length === 0) return null;
  return html`<div class="scroll" role="region" aria-label="Table of the alerts" tabindex="0">
    <table>
      <caption>
        Open and recent alerts
      </caption>
      <thead>
        <tr>
          ${["Alert", "Status", "Began", "Ended"].map((head) => html`<th scope="col">${head}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${alerts.map(
          ({ summary, startedAt, resolvedAt }) =>
            html`<tr>
              <th scope="row">${summary}</th>
              <td>
                ${
                  resolvedAt === null
                    ? html`<span class="tag bad">Open</span>`
                    : html`<span class="tag ok">Over</span>`
                }
              </td>
              <td>${timeElement(startedAt, now)}</td>
              <td>${resolvedAt !== null && timeElement(resolvedAt, now)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
