import type { Consent } from "../../model/consent.ts";
import { plainConsent } from "../../model/consent.ts";
import type { Contact, ContactReading } from "../../model/contact.ts";
import { emailKey } from "../../model/email.ts";
import type { Value } from "../../model/value.ts";
import type { ConnectorLog } from "../http/connector-log.ts";
import type { PropertyRequest } from "../connector.ts";
import { unreadableContact } from "../unreadable-contact.ts";
import type { Calls } from "./wire/calls.ts";
import type { Endpoints } from "./wire/client.ts";
import { companyProperty, PRIMARY_COMPANY } from "./companies/companies.ts";
import type { Companies, CompanyReading } from "./companies/companies.ts";
import { decode } from "./fields.ts";
import { optOutProperty, optOutTypeOf } from "./consent/opt-out-types.ts";
import type { ContactRecord, Records } from "./pull/records.ts";

/** One account's endpoints, the calls that pace them, and its companies as one pull or reading meets them. */
export interface Account {
  readonly endpoints: Endpoints;
  readonly calls: Calls;
  readonly companies: Companies;
  readonly log: ConnectorLog;
  /** Ids of the subscription types whose opt-outs are read with every contact. */
  readonly optOutTypes: readonly string[];
}

/** HubSpot's cap for every batch. */
export const BATCH = 100;

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
  { results, broken }: Records,
  properties: readonly PropertyRequest[],
  signal: AbortSignal,
): Promise<ContactReading> {
  const names = properties.flatMap(({ property }) => companyProperty(property) ?? []);
  const ids = names.length === 0 ? [] : results.flatMap((record) => textOf(record, PRIMARY_COMPANY) ?? []);
  const companies = await account.companies.read(ids, names, signal);
  for (const { id, part } of broken)
    account.log("a contact could not be read", { system: "hubspot", id, part });
  return {
    contacts: results.map((record) => contactOf(record, properties, companies)),
    unreadable: broken.map((record) => unreadableContact("hubspot", record)),
  };
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
 * What HubSpot shows of a property; undefined where it shows nothing of it. Anybody who has no primary company, or one that
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
  const said = own(record.properties, "hs_email_optout");
  // What is neither yes nor no in any spelling says nothing: it must not read as "never opted out".
  if (said === undefined || (typeof said === "object" && said !== null)) return null;
  const optedOut = textOf(record, "hs_email_optout") === "true";
  const types = Object.keys(record.properties).flatMap((name) =>
    textOf(record, name) === "true" ? (optOutTypeOf(name) ?? []) : [],
  );
  return { ...plainConsent(optedOut ? "unsubscribed" : "never_subscribed"), optedOutTypes: types.sort() };
}

export function textOf({ properties }: ContactRecord, name: string): string | null {
  const value = properties[name];
  if (typeof value === "boolean" || typeof value === "number") return String(value);
  return typeof value === "string" && value !== "" ? value : null;
}

export function listOf(record: ContactRecord, name: string): readonly string[] {
  return (textOf(record, name) ?? "").split(";").filter((item) => item !== "");
}
