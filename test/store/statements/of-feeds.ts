import type { EmailKey } from "../../../src/model/email.ts";
import {
  linkedContacts,
  makeLinksFor,
  markEmailsDirty,
  postponeUnknown,
  unknownPeople,
  wakeLinked,
  wakeUnknown,
} from "../../../src/store/feeds/engagement-contacts.ts";
import { engagementDays, saveDayCounts } from "../../../src/store/feeds/engagement-days.ts";
import {
  decideAnew,
  saveDecisions,
  undecided,
  wakeFuture,
} from "../../../src/store/feeds/engagement-decisions.ts";
import { knownReferences, saveOthers, shownUnder } from "../../../src/store/feeds/engagement-found.ts";
import {
  dropAbsentMembers,
  membersAmong,
  saveEngagementMembers,
} from "../../../src/store/feeds/engagement-members.ts";
import { olderProgress, seenOlder } from "../../../src/store/feeds/engagement-older.ts";
import { personEngagements } from "../../../src/store/feeds/engagement-person.ts";
import { saveEngagementProblems } from "../../../src/store/feeds/engagement-problems.ts";
import {
  claimAgain,
  claimEngagements,
  countQueued,
  markUnknown,
  queuedWhere,
  retryEngagements,
  settleEngagements,
  shownOf,
  unansweredEngagements,
  waitingEngagements,
  wakeFailed,
} from "../../../src/store/feeds/engagement-queue.ts";
import {
  dueRollUps,
  forgetRollUps,
  markRollUpsDue,
  saveRollUps,
} from "../../../src/store/feeds/engagement-roll-ups.ts";
import {
  latestSeen,
  refreshEngagementStatistics,
  saveEngagements,
} from "../../../src/store/feeds/engagement-rows.ts";
import {
  readEngagementState,
  readSinkSetup,
  saveDecidingHash,
  saveMembersStream,
  saveRollUpHash,
  saveSinkSetup,
} from "../../../src/store/feeds/engagement-state.ts";
import {
  engagementBegins,
  engagementKeptFrom,
  readStreams,
  saveStream,
} from "../../../src/store/feeds/engagement-streams.ts";
import { removeEngagement } from "../../../src/store/feeds/remove-engagement.ts";
import {
  forgetStamps,
  journalStamps,
  openStamps,
  settleStamps,
  stampsByContact,
} from "../../../src/store/feeds/stamps.ts";
import { Prisma } from "../../../src/store/generated/client.ts";
import type { Entries } from "./entry.ts";
import { reads, writes } from "./entry.ts";
import { NOW, ago } from "./known.ts";
import { PLAIN, PROBLEM } from "./samples.ts";

const EMAILS = ["jo@example.com", "new@example.com"] as EmailKey[];
const SHOWN = { contact: "1", email: "jo@example.com" as EmailKey };
const TRACE = "22222222-2222-4222-8222-222222222222";
const FIRST = ["", "", ""] as const;
const SETTLED = { reason: "", reference: null, problem: PROBLEM, attempts: 1, retryAt: NOW };
const EVENT = {
  eventId: "told",
  kind: "clicked",
  channel: "email",
  person: "K1",
  email: "jo@example.com" as EmailKey,
  at: ago(1).toISOString(),
  message: null,
  messageName: null,
  subject: null,
  source: { kind: "unknown", id: null, name: null },
  url: "https://shop.example/",
  linkId: null,
  linkEntryId: null,
  list: null,
  detail: null,
  byMachine: false,
} as const;

const DECISIONS: Entries = {
  decideAnew: writes((store) => decideAnew(store, ago(90))),
  saveDecisions: writes((store) =>
    saveDecisions(store, [{ eventId: "E9", fate: "waiting", reason: "", entryId: TRACE }], NOW),
  ),
  undecided: reads((store) => undecided(store, null, 10)),
  wakeFuture: writes((store) => wakeFuture(store, NOW)),
  waitingEngagements: reads((store) => waitingEngagements(store, ["spam"], FIRST, 10)),
  unansweredEngagements: reads((store, { running }) => unansweredEngagements(store, running, [], 10)),
  countQueued: reads((store) => countQueued(store)),
  shownOf: reads((store) => shownOf(store, [{ contact: "1", message: "M1" }])),
  queuedWhere: reads((store) => queuedWhere(store, Prisma.sql`fate = 'recorded'`)),
  claimEngagements: writes((store, { run }) =>
    claimEngagements(store, run, [{ eventId: "E5", contact: "1", shownId: TRACE }], NOW),
  ),
  claimAgain: writes((store, { run }) => claimAgain(store, run, ["E3"], NOW)),
  settleEngagements: writes((store) =>
    settleEngagements(store, [{ ...SETTLED, eventId: "E3", fate: "failed" }], NOW),
  ),
  markUnknown: writes((store) => markUnknown(store, ["E5"], "Nobody knows them")),
  wakeFailed: writes((store) => wakeFailed(store, NOW)),
  retryEngagements: writes((store) => retryEngagements(store, null)),
};

const PEOPLE: Entries = {
  linkedContacts: reads((store) => linkedContacts(store, ["K1"], EMAILS)),
  makeLinksFor: writes((store) => makeLinksFor(store, EMAILS)),
  markEmailsDirty: writes((store) => markEmailsDirty(store, EMAILS, NOW)),
  unknownPeople: reads((store) => unknownPeople(store, ago(90), NOW)),
  postponeUnknown: writes(async (store) =>
    postponeUnknown(store, await unknownPeople(store, ago(90), NOW), "Later", NOW),
  ),
  wakeLinked: writes((store) => wakeLinked(store, ago(90), NOW)),
  wakeUnknown: writes((store) => wakeUnknown(store, ago(90))),
  knownReferences: reads((store) => knownReferences(store, ["1", "2"])),
  saveOthers: writes((store) => saveOthers(store, [{ ...SHOWN, others: ["NOTE"] }])),
  shownUnder: reads((store) => shownUnder(store, ["REF"])),
  dropAbsentMembers: writes((store) => dropAbsentMembers(store, "SEG", "one")),
  membersAmong: reads((store) => membersAmong(store, ["SEG"], ["K1"])),
  saveEngagementMembers: writes((store) => saveEngagementMembers(store, "SEG", ["K3"], "two", ago(90))),
  personEngagements: reads((store) => personEngagements(store, "jo@example.com" as EmailKey, 20)),
  saveEngagementProblems: writes((store) => saveEngagementProblems(store, NOW)),
  dueRollUps: reads((store) => dueRollUps(store, NOW, 10)),
  forgetRollUps: writes((store) => forgetRollUps(store, ["1"])),
  markRollUpsDue: writes((store) => markRollUpsDue(store, [SHOWN], NOW)),
  saveRollUps: writes((store) => saveRollUps(store, [{ contact: "1", written: null, dueAt: null }])),
};

const READING: Entries = {
  engagementDays: reads((store) => engagementDays(store, ago(90))),
  saveDayCounts: writes((store) => saveDayCounts(store, "OPENED", new Map([["2026-11-30", 4]]), NOW)),
  olderProgress: reads((store) => olderProgress(store)),
  seenOlder: reads((store) => seenOlder(store, "OPENED")),
  latestSeen: reads((store) => latestSeen(store, "OPENED", NOW)),
  refreshEngagementStatistics: reads(
    (store) => refreshEngagementStatistics(store, 100),
    "it answers nothing",
  ),
  saveEngagements: writes((store) => saveEngagements(store, "CLICKED", [EVENT], NOW)),
  readEngagementState: reads((store) => readEngagementState(store)),
  readSinkSetup: reads((store) => readSinkSetup(store, "note")),
  saveDecidingHash: writes(async (store) => {
    await readEngagementState(store);
    await saveDecidingHash(store, "e");
  }),
  saveMembersStream: writes(async (store) => {
    await readEngagementState(store);
    await saveMembersStream(store, { stream: "s", cursor: null, scan: null });
  }),
  saveRollUpHash: writes(async (store) => {
    await readEngagementState(store);
    await saveRollUpHash(store, "e", NOW);
  }),
  saveSinkSetup: writes((store) => saveSinkSetup(store, "timeline", { ids: {}, report: [] })),
  engagementBegins: writes((store) => engagementBegins(store, ["opened", "spam"], NOW)),
  engagementKeptFrom: reads((store) => engagementKeptFrom(store)),
  readStreams: reads((store) => readStreams(store)),
  saveStream: writes(async (store) => {
    for (const stream of (await readStreams(store)).values()) await saveStream(store, stream);
  }),
  removeEngagement: writes((store) => removeEngagement(store, ago(8_000), async () => true)),
  forgetStamps: writes((store) => forgetStamps(store, ["99"], [])),
  journalStamps: writes((store, { run }) =>
    journalStamps(
      store,
      run,
      run === 0n ? [] : [{ ...SHOWN, traceId: TRACE, before: {}, after: PLAIN }],
      NOW,
    ),
  ),
  openStamps: reads((store, { running }) => openStamps(store, running, 10)),
  settleStamps: writes(async (store, { running }) =>
    settleStamps(
      store,
      (await openStamps(store, running, 10)).map(({ traceId }) => ({
        traceId,
        outcome: "refused",
        problem: PROBLEM,
        refusedFields: ["vip"],
      })),
      NOW,
    ),
  ),
  stampsByContact: reads((store) => stampsByContact(store, { email: "jo@example.com" }, "", 10)),
};

export const FEEDS: Entries = { ...DECISIONS, ...PEOPLE, ...READING };
