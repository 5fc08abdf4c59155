import type { EmailKey } from "../../../src/model/email.ts";
import {
  beginComparison,
  compareRead,
  comparisonUnderWay,
  endComparison,
  lastPulls,
} from "../../../src/store/snapshots/comparisons.ts";
import {
  forgetCursor,
  forgetCursors,
  forgetStreams,
  readCursor,
  readCursors,
  saveCursor,
} from "../../../src/store/snapshots/cursors.ts";
import { saveSetTimes } from "../../../src/store/snapshots/edit-times.ts";
import {
  leftCollections,
  noteAbsences,
  removeMembers,
  saveMembers,
  unknownContacts,
} from "../../../src/store/snapshots/members.ts";
import type { SightingRow } from "../../../src/store/snapshots/sightings.ts";
import { saveMade, saveSightings, saveWritten } from "../../../src/store/snapshots/sightings.ts";
import {
  forgetUnlinked,
  markUnlinkedRead,
  unlinkedContacts,
} from "../../../src/store/snapshots/unlinked-contacts.ts";
import {
  forgetUnreadable,
  saveUnreadable,
  unreadIds,
  unreadStrangers,
} from "../../../src/store/snapshots/unreadable-contacts.ts";
import type { Entries } from "./entry.ts";
import { reads, writes } from "./entry.ts";
import { NOW, ago, ofLink } from "./known.ts";
import { PLAIN, PROBLEM } from "./samples.ts";

const LIST = { side: "hubspot", collection: "31" } as const;
const PULLS = { began: NOW, pulled: { hubspot: NOW, klaviyo: null } };
const MADE = { side: "hubspot", id: "M1", email: "kim@example.com", updatedAt: null, fields: PLAIN } as const;

const TIMING = { fields: ["vip"], after: ago(5), skewMs: 2 };

/** Jo's contact with a changed field, and the time of the change told by the caller. */
function shown(updatedAt: Date): SightingRow {
  return {
    side: "hubspot",
    id: "1",
    email: "jo@example.com" as EmailKey,
    shownEmail: null,
    otherEmails: ["jo.too@example.com"],
    fields: { ...PLAIN, vip: false },
    unreadable: {},
    consent: null,
    verdict: null,
    verdictReason: null,
    consentState: "not shown",
    createdAt: ago(90).toISOString(),
    updatedAt: updatedAt.toISOString(),
    digest: "another",
    wanted: true,
  };
}

export const SNAPSHOTS: Entries = {
  lastPulls: reads((store) => lastPulls(store)),
  beginComparison: writes((store) => beginComparison(store, PULLS)),
  comparisonUnderWay: reads((store) => comparisonUnderWay(store)),
  endComparison: writes((store) => endComparison(store)),
  compareRead: writes((store) => compareRead(store, [shown(ago(2))], PULLS, 60_000, NOW)),
  readCursor: reads((store) => readCursor(store, "hubspot looked")),
  saveCursor: writes((store) => saveCursor(store, "hubspot", "7", NOW)),
  readCursors: reads((store) => readCursors(store, "hubspot")),
  forgetCursors: writes((store) => forgetCursors(store, "klaviyo")),
  forgetStreams: writes((store) => forgetStreams(store, "klaviyo")),
  forgetCursor: writes((store) => forgetCursor(store, "hubspot looked")),
  saveSetTimes: writes((store) =>
    saveSetTimes(store, [
      { side: "hubspot", id: "1", field: "vip", value: true, at: NOW.toISOString(), skewMs: 0 },
    ]),
  ),
  saveMembers: writes((store) => saveMembers(store, LIST, ["1", "4"], "two", NOW)),
  noteAbsences: writes((store) => noteAbsences(store, LIST, "two")),
  leftCollections: reads((store) => leftCollections(store, "hubspot", 2)),
  removeMembers: writes((store) => removeMembers(store, LIST, ["3"], NOW)),
  unknownContacts: reads((store) => unknownContacts(store, { side: "hubspot", ids: ["1", "77"] })),
  saveSightings: writes((store) =>
    saveSightings(store, [shown(NOW)], NOW, { shape: "s", from: "index" }, TIMING),
  ),
  saveWritten: writes((store) =>
    saveWritten(store, [{ side: "hubspot", id: "1", fields: PLAIN, updatedAt: null }], NOW),
  ),
  saveMade: writes((store, known) =>
    saveMade(
      store,
      ofLink(known, "kim", (linkId) => ({ ...MADE, linkId })),
      { hubspot: "s", klaviyo: "s" },
      NOW,
    ),
  ),
  unlinkedContacts: reads((store) => unlinkedContacts(store, "hubspot", NOW, 10)),
  markUnlinkedRead: writes((store) => markUnlinkedRead(store, "hubspot", ["21"], NOW)),
  forgetUnlinked: writes((store) => forgetUnlinked(store, "hubspot", ["22"], NOW)),
  saveUnreadable: writes((store) =>
    saveUnreadable(store, [{ side: "hubspot", id: "3", email: null, problem: PROBLEM }], NOW),
  ),
  forgetUnreadable: writes((store) => forgetUnreadable(store, "hubspot", ["14"], NOW)),
  unreadIds: reads((store) => unreadIds(store, "hubspot", 10)),
  unreadStrangers: reads((store) => unreadStrangers(store, "hubspot")),
};
