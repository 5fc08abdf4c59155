import type { Consent } from "../../model/consent.ts";
import { plainConsent } from "../../model/consent.ts";
import type { Contact, ExternalId } from "../../model/contact.ts";
import { emailKey } from "../../model/email.ts";
import type { EmailKey } from "../../model/email.ts";
import type { FieldType, Value } from "../../model/value.ts";
import type { ContactHistory, PastValue, PropertyRequest } from "../connector.ts";
import type { Calls, Expected } from "./calls.ts";
import { chunks } from "./chunks.ts";
import type { Endpoints } from "./client.ts";
import { companyProperty, PRIMARY_COMPANY } from "./companies.ts";
import type { Companies, CompanyReading } from "./companies.ts";
import { answeredStatus } from "./failure.ts";
import { optOutProperty, optOutTypeOf } from "./opt-out-types.ts";
import { decode } from "./fields.ts";
import { batchAnswer, contactPage } from "./parse.ts";
import type { ContactRecord } from "./parse.ts";

/** One account's endpoints, the calls that pace them, and its companies as one pull or reading meets them. */
export interface Account {
  readonly endpoints: Endpoints;
  readonly calls: Calls;
  readonly companies: Companies;
  /** Ids of the subscription types whose opt-outs are read with every contact. */
  readonly optOutTypes: readonly string[];
}

/** HubSpot's cap for every batch. */
export const BATCH = 100;
/** With history it takes half as many. */
const BATCH_WITH_HISTORY = 50;

/** Read with every contact, mapped or not: who it is, who it was, and whether it opted out. */
const ALWAYS = [
  "email",
  "createdate",
  "lastmodifieddate",
  "hs_object_id",
  "hs_merged_object_ids",
  "hs_additional_emails",
  "hs_email_optout",
];

/** Beyond this the names would make a URL longer than servers take (414). */
const LONGEST_QUERY = 4_000;

/** The names to ask a contact for, each once. */
export function namesOf(
  { optOutTypes }: Pick<Account, "optOutTypes">,
  properties: readonly PropertyRequest[],
): readonly string[] {
  const own = properties.map(({ property }) =>
    companyProperty(property) === null ? property : PRIMARY_COMPANY,
  );
  return [...new Set([...ALWAYS, ...optOutTypes.map(optOutProperty), ...own])];
}

/** Records in the model's words, with what is asked of their primary companies: a request for every hundred of those. */
export async function contactsOf(
  account: Account,
  records: readonly ContactRecord[],
  properties: readonly PropertyRequest[],
  signal: AbortSignal,
): Promise<readonly Contact[]> {
  const names = properties.flatMap(({ property }) => companyProperty(property) ?? []);
  const ids = names.length === 0 ? [] : records.flatMap((record) => textOf(record, PRIMARY_COMPANY) ?? []);
  const companies = await account.companies.read(ids, names, signal);
  return records.map((record) => contactOf(record, properties, companies));
}

/** A record in the model's words. A property that HubSpot left out has no key; one that does not fit is unreadable. */
function contactOf(
  record: ContactRecord,
  properties: readonly PropertyRequest[],
  companies: ReadonlyMap<string, CompanyReading>,
): Contact {
  const values: Record<string, Value> = {};
  const unreadable: Record<string, string> = {};
  for (const { property, type } of properties) {
    const native = shown(record, property, companies);
    if (native === undefined) continue;
    const decoded = decode(native, type);
    if ("unreadable" in decoded) unreadable[property] = decoded.unreadable;
    else values[property] = decoded.value;
  }
  const address = textOf(record, "email");
  return {
    side: "hubspot",
    id: record.id,
    email: emailKey(address),
    shownEmail: address,
    otherEmails: listOf(record, "hs_additional_emails").flatMap((other) => emailKey(other) ?? []),
    values,
    unreadable,
    consent: consentOf(record),
    createdAt: record.createdAt,
    updatedAt: record.updatedAt,
    mergedIds: listOf(record, "hs_merged_object_ids"),
  };
}

/**
 * What HubSpot shows of a property; undefined where it shows nothing of it. Whoever has no primary company, or one that
 * was deleted, has empty values; of a company that could not be read nothing is known.
 */
function shown(
  record: ContactRecord,
  property: string,
  companies: ReadonlyMap<string, CompanyReading>,
): unknown {
  const name = companyProperty(property);
  if (name === null) return own(record.properties, property);
  if (own(record.properties, PRIMARY_COMPANY) === undefined) return undefined;
  const id = textOf(record, PRIMARY_COMPANY);
  const company = id === null ? "deleted" : companies.get(id);
  return company === "deleted" ? null : company && own(company, name);
}

function own(properties: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(properties, name) ? properties[name] : undefined;
}

/** HubSpot's opt-out of all e-mail. Not opted out is not opted in: HubSpot then says nothing of consent. */
function consentOf(record: ContactRecord): Consent | null {
  if (!Object.hasOwn(record.properties, "hs_email_optout")) return null;
  const optedOut = textOf(record, "hs_email_optout") === "true";
  const types = Object.keys(record.properties).flatMap((name) =>
    textOf(record, name) === "true" ? (optOutTypeOf(name) ?? []) : [],
  );
  return { ...plainConsent(optedOut ? "unsubscribed" : "never_subscribed"), optedOutTypes: types.sort() };
}

function textOf({ properties }: ContactRecord, name: string): string | null {
  const value = properties[name];
  return typeof value === "string" && value !== "" ? value : null;
}

function listOf(record: ContactRecord, name: string): readonly string[] {
  return (textOf(record, name) ?? "").split(";").filter((item) => item !== "");
}

/**
 * Contacts by id, read directly and not from the search index. One that is gone is absent; of a merged one HubSpot
 * shows the survivor, under its own id.
 */
export async function readContacts(
  account: Account,
  ids: readonly ExternalId[],
  properties: readonly PropertyRequest[],
  signal: AbortSignal,
): Promise<readonly Contact[]> {
  // Something that is no id would have the whole batch refused.
  const asked = [...new Set(ids)].filter((id) => /^\d+$/.test(id));
  const records = await batchRead(account, asked, null, properties, signal);
  return distinct(await contactsOf(account, records, properties, signal));
}

/** See `ContactPort.readHistory`. */
export async function readHistories(
  account: Account,
  ids: readonly ExternalId[],
  properties: readonly PropertyRequest[],
  historic: readonly string[],
  signal: AbortSignal,
): Promise<readonly ContactHistory[]> {
  const asked = [...new Set(ids)].filter((id) => /^\d+$/.test(id));
  const records = await batchRead(account, asked, null, properties, signal, [...new Set(historic)]);
  const past = new Map(records.map((record) => [record.id, pastOf(record, properties)]));
  const contacts = distinct(await contactsOf(account, records, properties, signal));
  return contacts.map((contact) => ({ contact, past: past.get(contact.id) ?? {} }));
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
): Promise<readonly Contact[]> {
  const asked = new Set<string>(emails);
  const records = await batchRead(account, [...asked], "email", properties, signal);
  // HubSpot may show more than was asked for; what does not carry the address is not taken for its owner.
  const owners = records.filter((record) =>
    [textOf(record, "email"), ...listOf(record, "hs_additional_emails")].some((address) => {
      const key = emailKey(address);
      return key !== null && asked.has(key);
    }),
  );
  return distinct(await contactsOf(account, owners, properties, signal));
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
): Promise<readonly ContactRecord[]> {
  const names = namesOf(account, properties);
  const callFor = (part: readonly string[]) => account.endpoints.batchRead(part, idProperty, names, history);
  // An id that HubSpot has given is never wrong by itself: what is refused then is the request, and nobody is gone.
  const expected = idProperty === null ? isNotThere : isNotThereOrNoAddress;
  /** `null` where HubSpot would look none of them up. */
  const read = async (part: readonly string[]): Promise<readonly ContactRecord[] | null> => {
    try {
      // A 207 names the missing ones in `errors`; that they are not there says as much.
      return (await account.calls.read(callFor(part), batchAnswer, signal, expected)).body.results;
    } catch (error) {
      const status = answeredStatus(error);
      if (status === null) throw error;
      if (status === 404) return [];
      // One address that HubSpot will not even look up must not hide the others.
      if (part.length === 1) return null;
      const half = Math.ceil(part.length / 2);
      const halves = [await read(part.slice(0, half)), await read(part.slice(half))];
      return halves.every((one) => one === null) ? null : halves.flatMap((one) => one ?? []);
    }
  };
  const readPart = async (part: readonly string[]): Promise<readonly ContactRecord[]> => {
    const found = await read(part);
    // Not one of several: then it is not the addresses, and what is wrong is said of the whole account.
    if (found === null && part.length > 1) await account.calls.read(callFor(part), batchAnswer, signal);
    return found ?? [];
  };
  const size = history.length === 0 ? BATCH : BATCH_WITH_HISTORY;
  const parts = await Promise.all(chunks(ids, size).map(readPart));
  return parts.flat();
}

/** Every contact of the account, 100 a page, by ascending id. */
export async function* everyContact(
  account: Account,
  properties: readonly PropertyRequest[],
  signal: AbortSignal,
): AsyncIterable<readonly Contact[]> {
  const names = namesOf(account, properties);
  const tooLong = names.join("&properties=").length > LONGEST_QUERY;
  let after: string | null = null;
  do {
    signal.throwIfAborted();
    const call = account.endpoints.page(after, tooLong ? ["email"] : names);
    const { body } = await account.calls.read(call, contactPage, signal);
    const ids = body.results.map(({ id }) => id);
    yield tooLong
      ? await readContacts(account, ids, properties, signal)
      : await contactsOf(account, body.results, properties, signal);
    after = body.paging?.next?.after ?? null;
  } while (after !== null);
}

function distinct(contacts: readonly Contact[]): readonly Contact[] {
  return [...new Map(contacts.map((contact) => [contact.id, contact])).values()];
}
