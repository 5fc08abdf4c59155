import type { Contact } from "../model/contact.ts";
import type { EmailKey } from "../model/email.ts";
import type { Side } from "../model/side.ts";
import { SIDES, perSide } from "../model/side.ts";
import { storePeople } from "../pull/pull-side.ts";
import type { RunContext } from "../pull/run-context.ts";
import { collectionsOf, pageDone } from "../pull/run-context.ts";
import { propertiesFor } from "../pull/sighting-row.ts";
import { transaction } from "../store/database.ts";
import { attachSightings, countHalfLinks, halfLinks, markSought } from "../store/links.ts";
import { refreshStatistics } from "../store/statistics.ts";

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
  await attach(context);
  for (const side of SIDES) await lookUp(context, side);
  await attach(context);
}

async function attach(context: RunContext): Promise<void> {
  const scope = perSide((side) => collectionsOf(context.scope, side));
  await refreshStatistics(context.database, context.connectionId);
  await transaction(context.database, (statements) =>
    attachSightings(statements, context.connectionId, scope, context.identity, context.now()),
  );
}

async function lookUp(context: RunContext, side: Side): Promise<void> {
  const missing = await countHalfLinks(context.database, context.connectionId, side);
  if (missing === 0) return;
  if (await readWholeAccount(context, side, missing)) return markAllSought(context, side);
  for await (const links of halfLinkPages(context, side)) {
    for (let start = 0; start < links.length; start += ADDRESSES_PER_LOOKUP) {
      const some = links.slice(start, start + ADDRESSES_PER_LOOKUP);
      const emails = some.map(({ email }) => email as EmailKey);
      const found = await context.connectors[side].contacts.find(
        emails,
        propertiesFor(context.fields, side),
        context.signal,
      );
      await store(context, side, found);
      await markSought(
        context.database,
        side,
        some.map(({ id }) => id),
        context.now(),
      );
      await pageDone(context);
    }
    context.progress({ step: "look_up", side, done: links.length, total: missing });
  }
}

/** @returns true where the account turned out small enough to have been read whole */
async function readWholeAccount(context: RunContext, side: Side, missing: number): Promise<boolean> {
  const lookups = Math.ceil(missing / ADDRESSES_PER_LOOKUP);
  let pagesLeft = Math.max(1, Math.floor(lookups * SHARE_OF_LOOKUPS_TO_TRY_READING));
  const properties = propertiesFor(context.fields, side);
  for await (const contacts of context.connectors[side].contacts.everyone(properties, context.signal)) {
    if (pagesLeft === 0) return false;
    pagesLeft -= 1;
    await store(context, side, contacts);
    await pageDone(context);
  }
  return true;
}

async function store(context: RunContext, side: Side, contacts: readonly Contact[]): Promise<void> {
  await transaction(context.database, (statements) =>
    storePeople(context, statements, side, contacts, () => false),
  );
}

async function markAllSought(context: RunContext, side: Side): Promise<void> {
  for await (const links of halfLinkPages(context, side)) {
    await markSought(
      context.database,
      side,
      links.map(({ id }) => id),
      context.now(),
    );
  }
}

async function* halfLinkPages(context: RunContext, side: Side) {
  let after = 0n;
  for (;;) {
    const page = await halfLinks(context.database, context.connectionId, side, after, LINKS_PER_PAGE);
    if (page.length > 0) yield page;
    const last = page.at(-1);
    if (last === undefined || page.length < LINKS_PER_PAGE) return;
    after = last.id;
  }
}
