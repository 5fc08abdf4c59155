import type { Call, Reply } from "../../route.ts";
import type { BatchRow } from "../wire/batch-write.ts";
import { batchWrite } from "../wire/batch-write.ts";
import { batchReply, scrambled } from "../wire/batch-reply.ts";
import { contactView, writtenView } from "./contact-view.ts";
import type { Contact } from "./contact.ts";
import type { Caller, Endpoint } from "../wire/endpoint.ts";
import { findContact, findToWrite } from "./find-contact.ts";
import { invalid, VendorError } from "../wire/vendor-error.ts";
import { archiveContact } from "./remove-contact.ts";
import type { JsonObject } from "../wire/request-parts.ts";
import { batchInputs, objectBody, textField, textsField } from "../wire/request-parts.ts";
import { READ_CONTACTS, WRITE_CONTACTS } from "../wire/scopes.ts";
import type { HubspotState } from "../state.ts";
import { canonicalEmail } from "../properties/property-value.ts";
import { prepareCreate, prepareUpdate } from "./write-contact.ts";

const BATCH = "/crm/v3/objects/contacts/batch";
const LARGEST_BATCH = 100;
const LARGEST_BATCH_WITH_HISTORY = 50;

/** Contacts by the hundred. */
export function contactBatchEndpoints(state: HubspotState): readonly Endpoint[] {
  const write = { method: "POST", scopes: WRITE_CONTACTS, mutating: true } as const;
  return [
    {
      method: "POST",
      path: `${BATCH}/read`,
      scopes: READ_CONTACTS,
      mutating: false,
      handle: (call, caller) => batchRead(state, call, caller),
    },
    {
      ...write,
      path: `${BATCH}/create`,
      handle: (call, caller) =>
        batchWrite(batchInputs(call, LARGEST_BATCH), 201, caller.version, state.now(), (input) =>
          createRow(state, caller, input),
        ),
    },
    {
      ...write,
      path: `${BATCH}/update`,
      handle(call, caller) {
        const inputs = batchInputs(call, LARGEST_BATCH);
        if (inputs.some((input) => idPropertyOf(input) === "email"))
          throw invalid("email cannot be used as the idProperty of a batch update");
        // A merged-away id is passed over without a word: neither result nor error (recorded, 2026-11-30).
        const live = inputs.filter((input) => !isMergedAway(state, input));
        return batchWrite(live, 200, caller.version, state.now(), (input) =>
          updateRow(state, caller, input, findRow(state, input)),
        );
      },
    },
    {
      ...write,
      path: `${BATCH}/upsert`,
      handle: (call, caller) =>
        batchWrite(batchInputs(call, LARGEST_BATCH), 200, caller.version, state.now(), (input) =>
          upsertRow(state, caller, input),
        ),
    },
    {
      ...write,
      path: `${BATCH}/archive`,
      handle(call, { writer }) {
        for (const input of batchInputs(call, LARGEST_BATCH)) {
          const contact = state.contacts.get(textField(input, "id"));
          if (contact !== undefined) archiveContact(state, writer, contact);
        }
        return { status: 204 };
      },
    },
  ];
}

function batchRead(state: HubspotState, call: Call, caller: Caller): Reply {
  const body = objectBody(call);
  const withHistory = textsField(body, "propertiesWithHistory");
  const inputs = batchInputs(call, LARGEST_BATCH);
  if (withHistory.length > 0 && inputs.length > LARGEST_BATCH_WITH_HISTORY) {
    throw invalid(
      "The maximum number of inputs supported in a batch request for property histories is " +
        LARGEST_BATCH_WITH_HISTORY,
    );
  }
  const idProperty = typeof body["idProperty"] === "string" ? body["idProperty"] : null;
  const archived = call.query.get("archived") === "true";
  const found = new Set<Contact>();
  const missing: string[] = [];
  for (const input of inputs) {
    const id = textField(input, "id");
    const contact = archived
      ? state.contacts.getArchived(id, state.now())
      : findContact(state, id, idProperty);
    if (contact === undefined) missing.push(id);
    else found.add(contact);
  }
  const wanted = { properties: textsField(body, "properties"), withHistory };
  return batchReply({
    status: 200,
    version: caller.version,
    at: state.now(),
    results: scrambled([...found], (contact) => contact.number).map((contact) =>
      contactView(state, contact, wanted),
    ),
    // One entry for all of them.
    vendorErrors: missing.length === 0 ? [] : [notThere(missing)],
  });
}

function createRow(state: HubspotState, { writer }: Caller, input: JsonObject): BatchRow {
  const { values, commit } = prepareCreate(state, writer, input["properties"]);
  const email = values.get("email") ?? "";
  return {
    key: email === "" ? null : email,
    claims: email,
    commit() {
      const contact = commit();
      return { order: contact.number, result: writtenView(state, contact, values.keys()) };
    },
  };
}

function updateRow(
  state: HubspotState,
  { writer }: Caller,
  input: JsonObject,
  contact: Contact,
  more: JsonObject = {},
): BatchRow {
  const { values, commit } = prepareUpdate(state, writer, contact, input["properties"]);
  return {
    key: contact.id,
    claims: values.get("email") ?? "",
    commit() {
      const written = commit();
      return { order: written.number, result: { ...writtenView(state, written, values.keys()), ...more } };
    },
  };
}

function upsertRow(state: HubspotState, caller: Caller, input: JsonObject): BatchRow {
  const idProperty = idPropertyOf(input);
  const id = textField(input, "id");
  const contact = findToWrite(state, id, idProperty);
  if (contact !== undefined) return updateRow(state, caller, input, contact, { new: false });
  if (idProperty === null) throw notThere([id]);
  const properties = { ...(input["properties"] as object | undefined), [idProperty]: id };
  const row = createRow(state, caller, { properties });
  return {
    ...row,
    key: row.key ?? canonicalEmail(id),
    commit() {
      const { order, result } = row.commit();
      return { order, result: { ...result, new: true } };
    },
  };
}

function findRow(state: HubspotState, input: JsonObject): Contact {
  const id = textField(input, "id");
  const contact = findToWrite(state, id, idPropertyOf(input));
  if (contact === undefined) throw notThere([id]);
  return contact;
}

function isMergedAway({ contacts }: HubspotState, input: JsonObject): boolean {
  const id = idPropertyOf(input) === null ? String(input["id"]) : "";
  const survivor = contacts.resolve(id);
  return contacts.get(id) === undefined && survivor !== undefined && survivor.id !== id;
}

function idPropertyOf(input: JsonObject): string | null {
  return typeof input["idProperty"] === "string" ? input["idProperty"] : null;
}

function notThere(ids: readonly string[]): VendorError {
  return new VendorError(
    404,
    "Could not get some CONTACT objects, they may be deleted or not exist. Check that ids are valid.",
    { category: "OBJECT_NOT_FOUND", context: { ids } },
  );
}
