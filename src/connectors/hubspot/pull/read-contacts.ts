import type { ContactReading, ExternalId, IndexReading, RecordReading } from "../../../model/contact.ts";
import { fromIndex, fromRecords } from "../../../model/contact.ts";
import type { ContactHistory, HistoryReading, PastValue } from "../../../model/history/contact-history.ts";
import { emailKey } from "../../../model/email.ts";
import type { EmailKey } from "../../../model/email.ts";
import type { FieldType } from "../../../model/value.ts";
import type { PropertyRequest } from "../../connector.ts";
import type { Expected } from "../wire/calls.ts";
import { chunks } from "../../../model/chunks.ts";
import { BATCH, contactsOf, listOf, namesOf, textOf } from "../contacts.ts";
import type { Account } from "../contacts.ts";
import { answeredStatus } from "../problems/failure.ts";
import { decode } from "../fields.ts";
import { NO_RECORDS, readAnswer } from "./records.ts";
import type { ContactRecord, HubSpotBroken, ReadAnswer, Records } from "./records.ts";

/** With history HubSpot takes half as many. */
const BATCH_WITH_HISTORY = 50;

/**
 * Contacts by id, read directly and not from the search index. One that is gone is absent; of a merged one HubSpot
 * shows the survivor, under its own id.
 */
export async function readContacts(
  account: Account,
  ids: readonly ExternalId[],
  properties: readonly PropertyRequest[],
  signal: AbortSignal,
): Promise<RecordReading> {
  // Something that is no id would have the whole batch refused.
  const wanted = [...new Set(ids)].filter((id) => /^\d+$/.test(id));
  const records = await batchRead(account, wanted, null, properties, signal);
  return fromRecords(distinct(await contactsOf(account, records, properties, signal)));
}

/** See `ContactPort.readHistory`. */
export async function readHistories(
  account: Account,
  ids: readonly ExternalId[],
  properties: readonly PropertyRequest[],
  historic: readonly string[],
  signal: AbortSignal,
): Promise<HistoryReading> {
  const wanted = [...new Set(ids)].filter((id) => /^\d+$/.test(id));
  const records = await batchRead(account, wanted, null, properties, signal, [...new Set(historic)]);
  const past = new Map(records.results.map((record) => [record.id, pastOf(record, properties)]));
  const { contacts, unreadable } = distinct(await contactsOf(account, records, properties, signal));
  return {
    histories: contacts.map((contact) => ({ contact, past: past.get(contact.id) ?? {} })),
    unreadable,
  };
}

function pastOf(
  { propertiesWithHistory }: ContactRecord,
  properties: readonly PropertyRequest[],
): ContactHistory["past"] {
  const histories = propertiesWithHistory ?? {};
  const past = properties.flatMap(({ property, type }) => {
    const versions = Object.hasOwn(histories, property) ? (histories[property] ?? []) : [];
    if (versions.length === 0) return [];
    // HubSpot promises no order; of one millisecond it is the one that it gives them in.
    const newestFirst = versions.toSorted((a, b) => Date.parse(b.timestamp) - Date.parse(a.timestamp));
    return [[property, newestFirst.map((version) => pastValue(version, type))] as const];
  });
  return Object.fromEntries(past);
}

function pastValue(
  { timestamp, value }: { readonly timestamp: string; readonly value?: unknown },
  type: FieldType,
): PastValue {
  const decoded = decode(value ?? null, type);
  return { at: timestamp, ...("unreadable" in decoded ? {} : { value: decoded.value }) };
}

/** Every contact whose address, or one of whose additional addresses, is among these. */
export async function findContacts(
  account: Account,
  emails: readonly EmailKey[],
  properties: readonly PropertyRequest[],
  signal: AbortSignal,
): Promise<IndexReading> {
  const wanted = new Set<string>(emails);
  const records = await batchRead(account, [...wanted], "email", properties, signal);
  // HubSpot may show more than was asked for; what does not carry the address is not taken for its owner.
  const results = records.results.filter((record) =>
    [textOf(record, "email"), ...listOf(record, "hs_additional_emails")].some((address) => {
      const key = emailKey(address);
      return key !== null && wanted.has(key);
    }),
  );
  return fromIndex(distinct(await contactsOf(account, { ...records, results }, properties, signal)));
}

/** Only in these words is a contact not there: an address that HubSpot has closed answers 404, too. */
const isNotThere: Expected = (status, { category }) => status === 404 && category === "OBJECT_NOT_FOUND";
const isNotThereOrNoAddress: Expected = (status, error) => status === 400 || isNotThere(status, error);

async function batchRead(
  account: Account,
  ids: readonly string[],
  idProperty: "email" | null,
  properties: readonly PropertyRequest[],
  signal: AbortSignal,
  history: readonly string[] = [],
): Promise<Records> {
  const names = namesOf(account, properties);
  const callFor = (part: readonly string[]) => account.endpoints.batchRead(part, idProperty, names, history);
  // An id that HubSpot has given is never wrong by itself: what is refused then is the request, and nobody is gone.
  const expected = idProperty === null ? isNotThere : isNotThereOrNoAddress;
  /** `null` where HubSpot would look none of them up. */
  const read = async (part: readonly string[]): Promise<Records | null> => {
    try {
      // A 207 names the missing ones in `errors`; that they are not there says as much.
      const { body } = await account.calls.read(callFor(part), readAnswer, signal, expected);
      return idProperty === null ? underWantedIds(part, body) : body;
    } catch (error) {
      const status = answeredStatus(error);
      if (status === null) throw error;
      if (status === 404) return NO_RECORDS;
      // One address that HubSpot will not even look up must not hide the others.
      if (part.length === 1) {
        account.log("HubSpot does not look up an email address", { system: "hubspot", status });
        return null;
      }
      const half = Math.ceil(part.length / 2);
      const halves = [await read(part.slice(0, half)), await read(part.slice(half))];
      return halves.every((one) => one === null) ? null : joined(halves);
    }
  };
  const readPart = async (part: readonly string[]): Promise<Records | null> => {
    const found = await read(part);
    // Not one of several: then it is not the addresses, and what is wrong is said of the whole account.
    if (found === null && part.length > 1) await account.calls.read(callFor(part), readAnswer, signal);
    return found;
  };
  const size = history.length === 0 ? BATCH : BATCH_WITH_HISTORY;
  return joined(await Promise.all(chunks(ids, size).map(readPart)));
}

function joined(parts: readonly (Records | null)[]): Records {
  return {
    results: parts.flatMap((part) => part?.results ?? []),
    broken: parts.flatMap((part) => part?.broken ?? []),
  };
}

/**
 * Broken records under the ids that were asked for: a survivor that cannot be read stands for those merged into it. One
 * without any id may be any of those that HubSpot neither showed nor called missing, so all of these are unreadable.
 */
function underWantedIds(wanted: readonly string[], { results, broken, errors }: ReadAnswer): Records {
  const ids = new Set(wanted);
  const named = broken.flatMap((record): readonly HubSpotBroken[] => {
    const own = [...new Set([record.id, ...record.mergedIds])].filter((id) => id !== null && ids.has(id));
    return own.map((id) => ({ ...record, id }));
  });
  const nameless = broken.find(({ id }) => id === null);
  if (nameless === undefined) return { results, broken: named };
  const shown = new Set([
    ...results.flatMap((record) => [record.id, ...listOf(record, "hs_merged_object_ids")]),
    ...named.map(({ id }) => id),
    ...(errors ?? []).flatMap(({ context }) => context?.["ids"] ?? []),
  ]);
  const unsure = wanted.filter((id) => !shown.has(id)).map((id) => ({ ...nameless, id }));
  return { results, broken: [...named, ...unsure] };
}

function distinct({ contacts, unreadable }: ContactReading): ContactReading {
  return {
    contacts: [...new Map(contacts.map((contact) => [contact.id, contact])).values()],
    unreadable: [...new Map(unreadable.map((one) => [one.id, one])).values()],
  };
}
