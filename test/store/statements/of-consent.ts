import { plainConsent, verdictOf } from "../../../src/model/consent.ts";
import type { EmailKey } from "../../../src/model/email.ts";
import {
  awaitsCheck,
  countRestored,
  pendingSubscribes,
  saveSubscribeRequests,
  saveBlocked,
  saveFound,
} from "../../../src/store/consent/subscribe-requests.ts";
import { saveCarried, saveReopened } from "../../../src/store/consent/consent-acts.ts";
import { consentPairs, ledgerOf, ledgerPage } from "../../../src/store/consent/consent-ledger.ts";
import { consentActs, unequalConsents } from "../../../src/store/consent/consent-report.ts";
import { isLedgerUnreliable } from "../../../src/store/consent/unreliable-ledger.ts";
import {
  saveFormerRead,
  saveLeftOptOuts,
  unreadFormer,
} from "../../../src/store/consent/former-addresses.ts";
import {
  eachLedgerEntry,
  knownConsent,
  listLedger,
  summariseLedger,
} from "../../../src/store/consent/ledger-list.ts";
import { saveMergedOptOuts } from "../../../src/store/consent/merged-opt-outs.ts";
import { recordChangedConsent, recordConsent } from "../../../src/store/consent/record-consent.ts";
import { changedOptOuts, saveOptOuts } from "../../../src/store/consent/opt-outs.ts";
import { refusedAmong } from "../../../src/store/consent/tombstones.ts";
import {
  countLateOptOuts,
  dueOptOuts,
  forgetUnconfirmed,
} from "../../../src/store/consent/unconfirmed-opt-outs.ts";
import type { Entries } from "./entry.ts";
import { reads, writes } from "./entry.ts";
import { NOW, ago, ofLink } from "./known.ts";

const OUT = plainConsent("unsubscribed");
const CARRIED = {
  side: "klaviyo",
  id: "K10",
  email: "kim@example.com",
  restores: false,
  because: null,
} as const;
const OF_ALL = { kind: "all" } as const;
/** Jo's, of whom something else is known. */
const JO = {
  side: "hubspot",
  id: "1",
  email: "jo@example.com" as EmailKey,
  consent: OUT,
  ...verdictOf(OUT),
} as const;

export const CONSENT: Entries = {
  saveSubscribeRequests: writes((store, { run }) =>
    saveSubscribeRequests(
      store,
      run,
      [
        {
          email: "kim@example.com",
          list: "LIST",
          consents: { hubspot: null, klaviyo: OUT },
          readAt: NOW.getTime(),
        },
      ],
      NOW,
    ),
  ),
  saveBlocked: writes((store, { run }) =>
    saveBlocked(store, run, [{ email: "jo@example.com", list: "LIST", because: "bounced" }], NOW),
  ),
  pendingSubscribes: reads((store) => pendingSubscribes(store, ago(90))),
  saveFound: writes((store, { run }) =>
    saveFound(store, run, [{ email: "jo@example.com", list: "LIST", found: "met", evidence: {} }], NOW),
  ),
  countRestored: reads((store) => countRestored(store, ago(90))),
  awaitsCheck: reads((store) => awaitsCheck(store, null, NOW)),
  saveCarried: writes((store, { run }) => saveCarried(store, run, [{ ...CARRIED, from: OF_ALL }], NOW)),
  saveReopened: writes((store, { run }) =>
    saveReopened(store, run, [{ email: "kim@example.com", type: "T1" }], NOW),
  ),
  ledgerPage: reads(({ statements }) => ledgerPage(statements, 0n, 100)),
  ledgerOf: reads((store) => ledgerOf(store, "jo@example.com")),
  consentPairs: reads((store) => consentPairs(store)),
  consentActs: reads(({ statements }) => consentActs(statements, 0n, 100)),
  unequalConsents: reads((store) => unequalConsents(store, 0n, 100)),
  isLedgerUnreliable: writes((store, { running }) => isLedgerUnreliable(store, running, 60_000, NOW)),
  unreadFormer: reads((store) => unreadFormer(store, "hubspot", [], 10)),
  saveFormerRead: writes(async (store) =>
    saveFormerRead(store, "hubspot", await unreadFormer(store, "hubspot", [], 10)),
  ),
  saveLeftOptOuts: writes(async (store, { run }) => {
    const former = await unreadFormer(store, "hubspot", [], 10);
    await saveLeftOptOuts(
      store,
      run,
      "hubspot",
      former.map((one) => ({ ...one, consent: OUT })),
      NOW,
    );
  }),
  eachLedgerEntry: reads((store) => Array.fromAsync(eachLedgerEntry(store, null))),
  knownConsent: reads((store) => knownConsent(store, "fay@example.com")),
  listLedger: reads((store) => listLedger(store, "asked", 1)),
  summariseLedger: reads((store) => summariseLedger(store, ago(90))),
  saveMergedOptOuts: writes((store) =>
    saveMergedOptOuts(
      store,
      "klaviyo",
      [{ id: "K4", mergedIds: ["K1"] }],
      { types: ["T1"], hubspotOptOut: "unsubscribe" },
      NOW,
    ),
  ),
  recordConsent: writes((store, { run }) => recordConsent(store, run, NOW, "everybody")),
  recordChangedConsent: writes((store, { run }) => recordChangedConsent(store, run, NOW)),
  changedOptOuts: reads((store) => changedOptOuts(store, [JO])),
  saveOptOuts: writes((store, { run }) => saveOptOuts(store, run, [JO], NOW)),
  refusedAmong: reads((store) => refusedAmong(store, ["jo@example.com", "kim@example.com"])),
  dueOptOuts: reads((store) => dueOptOuts(store, NOW, 10)),
  forgetUnconfirmed: writes((store, known) =>
    forgetUnconfirmed(
      store,
      ofLink(known, "jo", (id) => id),
    ),
  ),
  countLateOptOuts: reads((store) => countLateOptOuts(store, NOW)),
};
