import type { Call } from "../../route.ts";
import type { Contact } from "./contact.ts";
import { contactView, writtenView } from "./contact-view.ts";
import type { Endpoint } from "../wire/endpoint.ts";
import { findContact, findToWrite } from "./find-contact.ts";
import { invalid, notFound } from "../wire/vendor-error.ts";
import { archiveContact, eraseContact } from "./remove-contact.ts";
import { objectBody, pageSize, queryList, textField } from "../wire/request-parts.ts";
import { READ_CONTACTS, WRITE_CONTACTS } from "../wire/scopes.ts";
import type { AssociatedType } from "../objects/association-store.ts";
import { mergeContacts } from "./merge-contacts.ts";
import type { HubspotState } from "../state.ts";
import { canonicalEmail } from "../properties/property-value.ts";
import { prepareCreate, prepareUpdate } from "./write-contact.ts";

const CONTACTS = "/crm/v3/objects/contacts";
const LARGEST_PAGE = 100;
/** Half of what is allowed without property histories. */
const LARGEST_PAGE_WITH_HISTORY = 50;

/** Contacts one at a time, and page by page in the order of their ids. */
export function contactEndpoints(state: HubspotState): readonly Endpoint[] {
  const read = { scopes: READ_CONTACTS, mutating: false } as const;
  const write = { scopes: WRITE_CONTACTS, mutating: true } as const;
  const toWrite = (call: Call): Contact => {
    const contact = findToWrite(state, call.params["contactId"] ?? "", call.query.get("idProperty"));
    if (contact === undefined) throw notFound();
    return contact;
  };
  return [
    { method: "GET", path: CONTACTS, ...read, handle: (call) => ({ status: 200, body: page(state, call) }) },
    {
      method: "GET",
      path: `${CONTACTS}/{contactId}`,
      ...read,
      handle(call) {
        const id = call.params["contactId"] ?? "";
        const contact =
          call.query.get("archived") === "true"
            ? state.contacts.getArchived(id, state.now())
            : findContact(state, id, call.query.get("idProperty"));
        if (contact === undefined) throw notFound();
        return { status: 200, body: viewFor(state, call, contact) };
      },
    },
    {
      method: "POST",
      path: CONTACTS,
      ...write,
      handle(call, { writer }) {
        const { values, commit } = prepareCreate(state, writer, objectBody(call)["properties"]);
        return { status: 201, body: writtenView(state, commit(), values.keys()) };
      },
    },
    {
      method: "PATCH",
      path: `${CONTACTS}/{contactId}`,
      ...write,
      handle(call, { writer }) {
        const { values, commit } = prepareUpdate(
          state,
          writer,
          toWrite(call),
          objectBody(call)["properties"],
        );
        return { status: 200, body: writtenView(state, commit(), values.keys()) };
      },
    },
    {
      method: "DELETE",
      path: `${CONTACTS}/{contactId}`,
      ...write,
      handle(call, { writer }) {
        archiveContact(state, writer, toWrite(call));
        return { status: 204 };
      },
    },
    {
      method: "POST",
      path: `${CONTACTS}/merge`,
      ...write,
      handle(call, { writer }) {
        const body = objectBody(call);
        const primary = state.contacts.get(textField(body, "primaryObjectId"));
        const other = state.contacts.get(textField(body, "objectIdToMerge"));
        if (primary === undefined || other === undefined) throw notFound();
        const survivor = mergeContacts(state, writer, primary, other);
        return { status: 200, body: writtenView(state, survivor, survivor.values.keys()) };
      },
    },
    {
      method: "POST",
      path: `${CONTACTS}/gdpr-delete`,
      ...write,
      handle(call, { writer }) {
        const body = objectBody(call);
        const id = textField(body, "objectId");
        const byEmail = body["idProperty"] === "email";
        // An address nobody has is blocked all the same.
        if (byEmail) state.erasedEmails.add(canonicalEmail(id));
        const contact = findToWrite(state, id, byEmail ? "email" : null);
        if (contact !== undefined) eraseContact(state, writer, contact);
        return { status: 204 };
      },
    },
  ];
}

function page(state: HubspotState, call: Call): unknown {
  const withHistory = queryList(call, "propertiesWithHistory").length > 0;
  const limit = pageSize(call, 10, withHistory ? LARGEST_PAGE_WITH_HISTORY : LARGEST_PAGE);
  const archived = call.query.get("archived") === "true";
  const after = Number(call.query.get("after") ?? "0");
  if (!Number.isFinite(after)) throw invalid(`after is not a valid cursor: ${call.query.get("after")}`);
  const results: unknown[] = [];
  for (const contact of state.contacts.fromId(after)) {
    const shown = archived
      ? state.contacts.getArchived(contact.id, state.now()) !== undefined
      : contact.gone === null;
    if (!shown) continue;
    if (results.length === limit) {
      // The cursor is the id the next page begins with.
      const link = `https://api.hubapi.com${CONTACTS}?limit=${limit}&after=${contact.id}`;
      return { results, paging: { next: { after: contact.id, link } } };
    }
    results.push(viewFor(state, call, contact));
  }
  return { results };
}

function viewFor(state: HubspotState, call: Call, contact: Contact): unknown {
  const view = contactView(state, contact, {
    properties: queryList(call, "properties"),
    withHistory: queryList(call, "propertiesWithHistory"),
  });
  const associations = associationsOf(state, contact, queryList(call, "associations"));
  return associations === null ? view : { ...view, associations };
}

function associationsOf(state: HubspotState, contact: Contact, wanted: readonly string[]): unknown {
  const found: Record<string, unknown> = {};
  for (const type of ["companies", "deals"] satisfies AssociatedType[]) {
    const singular = type === "companies" ? "company" : "deal";
    if (!wanted.includes(type) && !wanted.includes(singular)) continue;
    const results = state.associations.of("contacts", contact.id, type).flatMap((association) =>
      association.associationTypes.map(({ label }) => ({
        id: association.toObjectId,
        type: label === "Primary" ? `contact_to_${singular}` : `contact_to_${singular}_unlabeled`,
      })),
    );
    if (results.length > 0) found[type] = { results };
  }
  return Object.keys(found).length === 0 ? null : found;
}
