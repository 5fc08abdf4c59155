import { chunks } from "../model/chunks.ts";
import type { IndexReading } from "../model/contact.ts";
import type { EmailKey } from "../model/email.ts";
import type { Side } from "../model/side.ts";
import { SIDES, perSide } from "../model/side.ts";
import { confirmContested } from "./confirm-contested.ts";
import { storePeople } from "../pull/pull-side.ts";
import type { RunContext } from "../pull/run-context.ts";
import { collectionsOf, pageDone } from "../pull/run-context.ts";
import { propertiesFor } from "../pull/sighting-row.ts";
import { followAddresses } from "../store/links/follow-addresses.ts";
import { foldParted } from "../store/links/fold-parted.ts";
import { attachSightings, joinTheirOwn } from "../store/links/attach-sightings.ts";
import type { ScopeCollections } from "../store/links/links.ts";
import { countHalfLinks, halfLinks, markSought } from "../store/links/links.ts";
import { pairByAddress } from "../store/links/pair-by-address.ts";
import { joinByHashing, refreshStatistics } from "../store/database/statistics.ts";
import type { Store } from "../store/database/store.ts";
import { atomically } from "../store/database/store.ts";

/** Addresses looked up in one call: both systems take a hundred. */
const ADDRESSES_PER_LOOKUP = 100;

/** Rows of half links read, and marked, at a time. */
const LINKS_PER_PAGE = 5_000;

/**
 * A lookup costs a request per hundred addresses, and so does reading the whole account a page at a time. Reading on for
 * a quarter of what the lookups would cost finds out whether the account is small (an empty one takes one request), and
 * wastes little where it is not.
 */
const SHARE_OF_LOOKUPS_TO_TRY_READING = 0.25;

/**
 * Links contacts by their normalised address. People seen on one side only are looked up on the other before anything
 * is planned for them: nobody is created before both sides were asked.
 */
export async function linkContacts(context: RunContext): Promise<void> {
  await joinContacts(context);
  for (const side of SIDES) await findPartners(context, side);
  await joinContacts(context);
  await confirmContested(context);
  await joinContacts(context);
}

/** Joins what is stored, by the addresses that it shows now; asks neither system. */
export async function joinContacts(context: RunContext): Promise<void> {
  const { store, now } = context;
  const scope = perSide((side) => collectionsOf(context.scope, side));
  const many = await refreshStatistics(store);
  const together = <T>(work: (store: Store) => Promise<T>): Promise<T> =>
    atomically(store, async (store) => {
      if (many) await joinByHashing(store);
      return work(store);
    });
  await together((store) => foldParted(store, now()));
  await followAndAttach();
  if (await together((store) => pairByAddress(store, scope, now()))) await followAndAttach();

  async function followAndAttach(): Promise<void> {
    await together(async (store) => {
      await followAddresses(store, "dirty", now());
      for (const side of SIDES) await joinTheirOwn(store, side);
    });
    await attach(context, scope);
  }
}

async function attach(context: RunContext, scope: ScopeCollections): Promise<void> {
  const { store, identity, now } = context;
  await attachSightings(store, scope, identity, now(), async (addresses) => {
    context.progress({ step: "link", side: null, done: addresses, total: null });
    await pageDone(context);
  });
}

async function findPartners(context: RunContext, side: Side): Promise<void> {
  const missing = await countHalfLinks(context.store, side);
  if (missing === 0) return;
  if (await readWholeAccount(context, side, missing)) return markAllSought(context, side);
  for await (const links of halfLinkPages(context, side)) {
    for (const some of chunks(links, ADDRESSES_PER_LOOKUP)) {
      await seek(context, side, some);
      await pageDone(context);
    }
    context.progress({ step: "look_up", side, done: links.length, total: missing });
  }
}

type HalfLinks = Awaited<ReturnType<typeof halfLinks>>;

/**
 * Looks these up by address. An address whose contact is there and cannot be read does not count as looked up, so that
 * nobody makes a second contact of it; where the record does not say which address it has, halves tell.
 */
async function seek(context: RunContext, side: Side, links: HalfLinks): Promise<void> {
  const emails = links.map(({ email }) => email as EmailKey);
  const properties = propertiesFor(context.fields, side);
  const found = await context.connectors[side].contacts.find(emails, properties, context.signal);
  await store(context, side, found);
  const unread = new Set(found.unreadable.map(({ email }) => email));
  if (unread.has(null)) {
    if (links.length === 1) return;
    const middle = Math.ceil(links.length / 2);
    await seek(context, side, links.slice(0, middle));
    return seek(context, side, links.slice(middle));
  }
  const sought = links.filter(({ email }) => !unread.has(email as EmailKey));
  await markSought(
    context.store,
    side,
    sought.map(({ id }) => id),
    context.now(),
  );
}

/** @returns true where the account turned out small enough to have been read whole, every record of it */
async function readWholeAccount(context: RunContext, side: Side, missing: number): Promise<boolean> {
  const lookups = Math.ceil(missing / ADDRESSES_PER_LOOKUP);
  let pagesLeft = Math.max(1, Math.floor(lookups * SHARE_OF_LOOKUPS_TO_TRY_READING));
  const properties = propertiesFor(context.fields, side);
  let whole = true;
  for await (const page of context.connectors[side].contacts.everyone(properties, context.signal)) {
    if (pagesLeft === 0) return false;
    pagesLeft -= 1;
    await store(context, side, page);
    whole &&= page.unreadable.length === 0;
    await pageDone(context);
  }
  return whole;
}

async function store(context: RunContext, side: Side, reading: IndexReading): Promise<void> {
  await atomically(context.store, (store) => storePeople({ ...context, store }, side, reading, () => false));
}

async function markAllSought(context: RunContext, side: Side): Promise<void> {
  for await (const links of halfLinkPages(context, side)) {
    await markSought(
      context.store,
      side,
      links.map(({ id }) => id),
      context.now(),
    );
  }
}

async function* halfLinkPages(context: RunContext, side: Side) {
  let after = 0n;
  for (;;) {
    const page = await halfLinks(context.store, side, after, LINKS_PER_PAGE);
    if (page.length > 0) yield page;
    const last = page.at(-1);
    if (last === undefined || page.length < LINKS_PER_PAGE) return;
    after = last.id;
  }
}
