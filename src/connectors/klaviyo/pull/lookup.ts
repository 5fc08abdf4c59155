import { domainToUnicode } from "node:url";
import type {
  Contact,
  ContactReading,
  ExternalId,
  IndexReading,
  RecordReading,
  UnreadableContact,
} from "../../../model/contact.ts";
import { fromIndex, fromRecords } from "../../../model/contact.ts";
import type { EmailKey } from "../../../model/email.ts";
import type { PropertyRequest } from "../../connector.ts";
import type { ConnectorLog } from "../../http/connector-log.ts";
import type { Calls } from "../wire/calls.ts";
import type { Endpoints } from "../wire/client.ts";
import { contactsOf } from "../contacts.ts";
import { KlaviyoFailure } from "../problems/failure.ts";
import { asksForPredictions } from "../fields.ts";
import { anyOf } from "../wire/filter.ts";
import { pages } from "../wire/pages.ts";
import { unavailable } from "../problems/problems.ts";
import { profilePage } from "../wire/wire.ts";

export interface LookupSettings {
  readonly calls: Calls;
  readonly client: Endpoints;
  readonly log: ConnectorLog;
  readonly properties: readonly PropertyRequest[];
  readonly signal: AbortSignal;
}

/** One page of answers for one page of questions. */
const LARGEST_QUESTION = 100;
/** A URL of more than 8 kB may be refused on its way; this leaves room for the rest of it. */
const LONGEST_FILTER = 6_000;

/** See `ContactPort.read`. */
export async function readByIds(
  settings: LookupSettings,
  ids: readonly ExternalId[],
): Promise<RecordReading> {
  // What is no id of Klaviyo's exists no more than an id that is.
  const real = ids.filter((id) => /^\w+$/.test(id));
  const { contacts, unreadable } = await matching(settings, "id", real);
  const [nameless] = unreadable.filter(({ id }) => id === null);
  if (nameless === undefined) return fromRecords({ contacts, unreadable });
  // A record without an id may be any of those that Klaviyo did not show: none of them may count as gone.
  const shown = new Set([...contacts, ...unreadable].map(({ id }) => id));
  const unsure = real.filter((id) => !shown.has(id)).map((id) => ({ ...nameless, id }));
  return fromRecords({
    contacts,
    unreadable: [...unreadable.filter(({ id }) => id !== null), ...unsure],
  });
}

/** See `ContactPort.find`. Klaviyo may hold a domain in either of its two spellings, and an address in any case. */
export async function findByEmails(
  settings: LookupSettings,
  emails: readonly EmailKey[],
): Promise<IndexReading> {
  const { contacts, unreadable } = await matching(settings, "email", emails.flatMap(spellings));
  const wanted = new Set(emails);
  return fromIndex({
    contacts: contacts.filter(({ email }) => email !== null && wanted.has(email)),
    unreadable: unreadable.filter(({ email }) => email === null || wanted.has(email)),
  });
}

interface Found {
  readonly contacts: Map<ExternalId, Contact>;
  readonly unreadable: UnreadableContact[];
}

/** The contacts that have one of these in a field, each once. */
async function matching(
  settings: LookupSettings,
  field: "id" | "email",
  texts: readonly string[],
): Promise<ContactReading> {
  settings.signal.throwIfAborted();
  const found: Found = { contacts: new Map(), unreadable: [] };
  for (const part of partsOf(texts)) await collect(settings, field, part, found);
  return { contacts: [...found.contacts.values()], unreadable: found.unreadable };
}

async function collect(
  settings: LookupSettings,
  field: "id" | "email",
  texts: readonly string[],
  found: Found,
): Promise<void> {
  const { calls, client, log, properties, signal } = settings;
  const [filter, predictions] = [anyOf(field, texts), asksForPredictions(properties)];
  const call = (cursor: string | null) => client.profiles({ sort: "id", filter, cursor, predictions });
  const refusable = { refusable: true };
  try {
    for await (const { data } of pages(calls, client.origin, profilePage, call, null, signal, refusable)) {
      const read = contactsOf(data, properties, log);
      for (const contact of read.contacts) found.contacts.set(contact.id, contact);
      found.unreadable.push(...read.unreadable);
    }
  } catch (error) {
    if (!(error instanceof KlaviyoFailure)) throw error;
    if (field === "id") throw unavailable(error);
    // An address that Klaviyo cannot even be asked for must not keep the others from being found.
    if (texts.length <= 1) return log("Klaviyo cannot be asked for an address", { status: error.status });
    const middle = Math.ceil(texts.length / 2);
    await collect(settings, field, texts.slice(0, middle), found);
    await collect(settings, field, texts.slice(middle), found);
  }
}

function partsOf(texts: readonly string[]): readonly (readonly string[])[] {
  const parts: string[][] = [];
  let length = 0;
  for (const text of new Set(texts)) {
    const size = encodeURIComponent(`"${text}",`).length;
    const last = parts.at(-1);
    if (last === undefined || last.length >= LARGEST_QUESTION || length + size > LONGEST_FILTER) {
      parts.push([text]);
      length = size;
    } else {
      last.push(text);
      length += size;
    }
  }
  return parts;
}

function spellings(email: EmailKey): readonly string[] {
  const at = email.lastIndexOf("@");
  const unicode = domainToUnicode(email.slice(at + 1));
  return unicode === "" ? [email] : [email, `${email.slice(0, at)}@${unicode}`];
}
