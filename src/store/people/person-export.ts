import { ledgerOf } from "../consent/consent-ledger.ts";
import type { Statements } from "../database/database.ts";
import { addressesOf, heldOf, personRows } from "./erase.ts";
import type { Prisma } from "../generated/client.ts";
import type { Store } from "../database/store.ts";
import { storeOf } from "../database/store.ts";

/** Everything that is kept of a person, in the shape of its tables. */
export interface PersonExport {
  /** Every address that is the same person's. */
  readonly addresses: readonly string[];
  readonly connections: readonly ConnectionExport[];
}

/** What one connection keeps of them. */
export interface ConnectionExport {
  readonly name: string;
  readonly links: readonly object[];
  /** Every email address that their links had or have. */
  readonly aliases: readonly object[];
  /** The contact as each side last showed it. */
  readonly contacts: readonly object[];
  /** Contacts that a side shows and that cannot be read. */
  readonly unreadable: readonly object[];
  readonly lists: readonly object[];
  /** Every write with what was there before and after, and what a conflict or a problem of theirs was. */
  readonly writes: readonly object[];
  readonly conflicts: readonly object[];
  readonly problems: readonly object[];
  /** Changes that a limit held back, in words. */
  readonly held: readonly object[];
  readonly engagement: readonly object[];
  /** The lists and segments by which engagement is limited that they are in. */
  readonly engagementLists: readonly object[];
  readonly rollUps: readonly object[];
  /** Every write of a roll-up, with what was there before and after. */
  readonly stamps: readonly object[];
  readonly consentLedger: readonly object[];
}

/** Where an export shows the rows of each table; `null` for those that hold nobody's. A new table needs its place here. */
export const EXPORTED_AS: Readonly<Record<Prisma.ModelName, keyof ConnectionExport | null>> = {
  Link: "links",
  LinkAlias: "aliases",
  Sighting: "contacts",
  UnreadableContact: "unreadable",
  Member: "lists",
  JournalRow: "writes",
  Conflict: "conflicts",
  ConflictUndo: "conflicts",
  Problem: "problems",
  HeldChange: "held",
  Engagement: "engagement",
  EngagementMember: "engagementLists",
  EngagementContact: "rollUps",
  Stamp: "stamps",
  ConsentEntry: "consentLedger",
  ApiDay: null,
  AuditEntry: null,
  ChainCut: null,
  ChainSeal: null,
  Connection: null,
  ConsentKey: null,
  Cursor: null,
  EngagementBegin: null,
  EngagementDay: null,
  EngagementState: null,
  EngagementStream: null,
  Hold: null,
  LaneStart: null,
  Lease: null,
  MappingVersion: null,
  Run: null,
  SideNote: null,
  WebSession: null,
  Alert: null,
  AlertMessage: null,
  AlertChannel: null,
  SideHealth: null,
};

/** What `tandem erase` would remove of the person with this email address, and what the ledger keeps of them. */
export async function exportPerson(database: Statements, email: string): Promise<PersonExport> {
  const addresses = await addressesOf(database, email);
  const found: ConnectionExport[] = [];
  for (const { id, name } of await database.connection.findMany({ orderBy: { id: "asc" } }))
    found.push(await ofConnection(storeOf(database, id), name, addresses));
  return { addresses, connections: found };
}

async function ofConnection(
  store: Store,
  name: string,
  addresses: readonly string[],
): Promise<ConnectionExport> {
  const { statements, connectionId } = store;
  const { links, contacts } = await personRows(store, addresses);
  const known = [...addresses];
  const linkId = { in: [...links] };
  const which = contacts.map(({ side, id }) => ({ side, externalId: id }));
  const ids = (one: "hubspot" | "klaviyo"): string[] =>
    contacts.filter(({ side }) => side === one).map(({ id }) => id);
  const [hubspot, klaviyo] = [ids("hubspot"), ids("klaviyo")];
  const shownOn = { connectionId, OR: [{ contact: { in: hubspot } }, { email: { in: known } }] };
  const ledgers = await Promise.all(known.map((address) => ledgerOf(store, address)));
  return {
    name,
    links: await statements.link.findMany({ where: { connectionId, id: linkId } }),
    aliases: await statements.linkAlias.findMany({ where: { connectionId, linkId } }),
    contacts: await statements.sighting.findMany({ where: { connectionId, OR: which } }),
    unreadable: await statements.unreadableContact.findMany({
      where: { connectionId, OR: [...which, { emailKey: { in: known } }] },
    }),
    lists: await statements.member.findMany({ where: { connectionId, OR: which } }),
    writes: await statements.journalRow.findMany({ where: { linkId }, orderBy: { sentAt: "asc" } }),
    conflicts: await statements.conflict.findMany({
      where: { linkId },
      include: { undo: true },
      orderBy: { at: "asc" },
    }),
    problems: await statements.problem.findMany({ where: { connectionId, linkId } }),
    held: await heldOf(store, known, contacts),
    engagement: await statements.engagement.findMany({
      where: {
        connectionId,
        OR: [{ email: { in: known } }, { person: { in: klaviyo } }, { contact: { in: hubspot } }],
      },
      orderBy: { at: "asc" },
    }),
    engagementLists: await statements.engagementMember.findMany({
      where: { connectionId, person: { in: klaviyo } },
    }),
    rollUps: await statements.engagementContact.findMany({ where: shownOn }),
    stamps: await statements.stamp.findMany({ where: shownOn, orderBy: { sentAt: "asc" } }),
    consentLedger: ledgers.flat(),
  };
}
