import { noteChannel, readChannels } from "../../../src/store/alerts/alert-channels.ts";
import {
  addMessages,
  messageFailed,
  messageSent,
  takeMessage,
} from "../../../src/store/alerts/alert-messages.ts";
import {
  lockAlerts,
  markAbsent,
  openAlert,
  openAlerts,
  recentAlerts,
  removeAlerts,
  repeatAlert,
  resolveAlert,
} from "../../../src/store/alerts/alerts.ts";
import type { Store } from "../../../src/store/database/store.ts";
import { heldPeople } from "../../../src/store/runs/held-people.ts";
import { endedWork } from "../../../src/store/runs/run-totals.ts";
import { readSideHealth, saveSideHealth } from "../../../src/store/runs/side-health.ts";
import type { Entries } from "./entry.ts";
import { reads, writes } from "./entry.ts";
import { NOW, ago } from "./known.ts";
import { ALERT_DOCUMENT, SIDE_HEALTH, WORDS } from "./rich-alerts.ts";

/** Of an alert that is open, or of its message; nothing where there is none. */
async function ofFirst(
  rows: Promise<readonly { readonly id: bigint }[]>,
  act: (id: bigint) => Promise<void>,
): Promise<void> {
  const [first] = await rows;
  if (first !== undefined) await act(first.id);
}

const ofAlert = (store: Store, act: (id: bigint) => Promise<void>) => ofFirst(openAlerts(store), act);

const ofMessage = ({ statements, connectionId }: Store, act: (id: bigint) => Promise<void>) =>
  ofFirst(statements.alertMessage.findMany({ where: { connectionId, sentAt: null } }), act);

export const ALERTS: Entries = {
  noteChannel: writes((store) => noteChannel(store, "slack", "it answered 500", NOW)),
  readChannels: reads((store) => readChannels(store)),
  addMessages: writes((store) =>
    addMessages(store, [{ alertId: null, channel: "slack", kind: "test", document: ALERT_DOCUMENT }], NOW),
  ),
  takeMessage: writes((store) => takeMessage(store, "email", NOW)),
  messageSent: writes((store) => ofMessage(store, (id) => messageSent(store.statements, id, NOW))),
  messageFailed: writes((store) => ofMessage(store, (id) => messageFailed(store.statements, id, null, NOW))),
  lockAlerts: writes((store) => lockAlerts(store), "it locks, and changes no row"),
  openAlerts: reads((store) => openAlerts(store)),
  recentAlerts: reads((store) => recentAlerts(store, 5)),
  openAlert: writes((store) => openAlert(store, { ...WORDS, type: "overdue", startedAt: NOW }, NOW)),
  repeatAlert: writes((store) => ofAlert(store, (id) => repeatAlert(store.statements, id, WORDS, NOW))),
  markAbsent: writes((store) => ofAlert(store, (id) => markAbsent(store.statements, id, NOW))),
  resolveAlert: writes((store) => ofAlert(store, (id) => resolveAlert(store.statements, id, NOW))),
  removeAlerts: writes((store) => removeAlerts(store, NOW)),
  saveSideHealth: writes((store) => saveSideHealth(store, "klaviyo", SIDE_HEALTH, NOW)),
  readSideHealth: reads((store) => readSideHealth(store)),
  heldPeople: reads((store) => heldPeople(store, ["jo@example.com"])),
  endedWork: reads((store) => endedWork(store, ago(100), NOW)),
};
