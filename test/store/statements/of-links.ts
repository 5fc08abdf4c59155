import { attachAdditional } from "../../../src/store/links/attach-additional.ts";
import { addressesToCome, contestedContacts } from "../../../src/store/links/contested.ts";
import { deletedContacts } from "../../../src/store/links/deleted-contacts.ts";
import { foldLinks } from "../../../src/store/links/fold-links.ts";
import { foldParted } from "../../../src/store/links/fold-parted.ts";
import { followAddresses } from "../../../src/store/links/follow-addresses.ts";
import { keepPutAside, putAsideOn } from "../../../src/store/links/keep-put-aside.ts";
import { knownLinkPages } from "../../../src/store/links/known-link-pages.ts";
import { knownLinks } from "../../../src/store/links/known-links.ts";
import { unreadContacts } from "../../../src/store/links/linked-contacts.ts";
import { contactsUnder, storyOf } from "../../../src/store/links/links-under.ts";
import { attachSightings, joinTheirOwn } from "../../../src/store/links/attach-sightings.ts";
import {
  countHalfLinks,
  countLinks,
  halfLinks,
  markAllDirty,
  markFailingDirty,
  markRetriesDue,
  markSought,
} from "../../../src/store/links/links.ts";
import { heirsOfLinked, relinkMerged } from "../../../src/store/links/merged.ts";
import {
  markDeleted,
  markFound,
  markMissing,
  markShown,
  missingLinks,
} from "../../../src/store/links/missing-links.ts";
import { pairByAddress } from "../../../src/store/links/pair-by-address.ts";
import { countMembers, movedBetween, putOn } from "../../../src/store/links/repointings.ts";
import type { Entries } from "./entry.ts";
import { reads, writes } from "./entry.ts";
import { NOW, ago, linkOf, ofLink } from "./known.ts";
import { RULE, SCOPE } from "./samples.ts";

const IDENTITY = { emailChange: "relink", secondaryEmails: "match" } as const;
/** Ann's contact took Bob's in. */
const MERGED = { id: "11", mergedIds: ["12"] };

export const LINKS: Entries = {
  attachAdditional: writes((store) => attachAdditional(store, NOW)),
  contestedContacts: reads((store) => contestedContacts(store)),
  addressesToCome: reads((store) => addressesToCome(store, "klaviyo")),
  deletedContacts: reads((store) => deletedContacts(store, "hubspot", ago(2))),
  foldLinks: writes(async (store, known) => {
    const [one, other] = [linkOf(known, "hal"), linkOf(known, "kim")];
    if (one === other) return;
    const ids = { hubspot: "9", klaviyo: "K10" };
    await foldLinks(
      store,
      [one, other],
      { ids, base: one, lists: other, deletedOn: null, others: "gone" },
      NOW,
    );
  }),
  foldParted: writes(async (store) => {
    // Merged in Klaviyo too.
    await store.statements.link.updateMany({ where: { klaviyoId: "K7" }, data: { deletedOn: "klaviyo" } });
    await foldParted(store, NOW);
  }),
  followAddresses: writes((store) => followAddresses(store, "dirty", NOW)),
  putAsideOn: reads((store, known) => putAsideOn(store, "klaviyo", linkOf(known, "ray"))),
  keepPutAside: writes(async (store, known) => {
    const aside = await putAsideOn(store, "klaviyo", linkOf(known, "ray"));
    if (aside === null) return;
    // His link has lost it.
    await store.statements.sighting.updateMany({ where: { externalId: "K15" }, data: { linkId: null } });
    await store.statements.link.updateMany({ where: { klaviyoId: "K15" }, data: { klaviyoId: null } });
    await keepPutAside(store, aside, NOW);
  }),
  knownLinkPages: reads((store) =>
    Array.fromAsync(knownLinkPages(store, [RULE], { kind: "all" }, () => NOW)),
  ),
  knownLinks: reads((store, { links }) =>
    knownLinks(store, [RULE], { kind: "ids", ids: Object.values(links) }, 0n, 50, NOW),
  ),
  unreadContacts: reads((store) =>
    unreadContacts(store, "hubspot", { shape: "t", before: null, emails: null }, "", 10),
  ),
  contactsUnder: reads((store) => contactsUnder(store, "hubspot", ["jo@example.com"])),
  storyOf: reads((store) => storyOf(store, "kim@example.com")),
  attachSightings: writes((store) => attachSightings(store, SCOPE, IDENTITY, NOW, async () => {})),
  joinTheirOwn: writes(
    (store) => joinTheirOwn(store, "hubspot"),
    "no link there names a contact that was stored after it",
  ),
  countHalfLinks: reads((store) => countHalfLinks(store, "hubspot")),
  countLinks: reads((store) => countLinks(store, "failing")),
  halfLinks: reads((store) => halfLinks(store, "hubspot", 0n, 10)),
  markAllDirty: writes((store) => markAllDirty(store, NOW)),
  markFailingDirty: writes((store) => markFailingDirty(store, { email: "fay@example.com" }, NOW)),
  markRetriesDue: writes((store) => markRetriesDue(store, NOW)),
  markSought: writes((store, known) =>
    markSought(
      store,
      "hubspot",
      ofLink(known, "kim", (id) => id),
      NOW,
    ),
  ),
  heirsOfLinked: reads((store) => heirsOfLinked(store, "hubspot", [MERGED])),
  relinkMerged: writes((store) => relinkMerged(store, "hubspot", [MERGED], NOW)),
  markDeleted: writes((store, known) =>
    markDeleted(
      store,
      ofLink(known, "mia", (id) => id),
      NOW,
    ),
  ),
  markFound: writes((store) => markFound(store, { side: "klaviyo", ids: ["K6"] }, NOW)),
  markMissing: writes((store) => markMissing(store, { side: "klaviyo", ids: ["K1", "K5"] }, NOW)),
  markShown: writes((store) => markShown(store, { side: "hubspot", ids: ["5"] }, NOW)),
  missingLinks: reads((store) => missingLinks(store)),
  pairByAddress: writes((store) => pairByAddress(store, SCOPE, NOW)),
  countMembers: reads((store) => countMembers(store, "hubspot", "31")),
  putOn: reads((store) => putOn(store, "LIST")),
  movedBetween: reads((store) => movedBetween(store, "hubspot", "31", "32")),
};
