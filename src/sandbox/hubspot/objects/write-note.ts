import type { AssociatedType } from "./association-store.ts";
import { previewOf, withoutStyles } from "./note-html.ts";
import type { PlainObject } from "./plain-object.ts";
import { newObject, plainValue } from "./plain-object.ts";
import { invalid, VendorError } from "../wire/vendor-error.ts";
import type { JsonObject } from "../wire/request-parts.ts";
import { textIn } from "../wire/request-parts.ts";
import type { HubspotState } from "../state.ts";
import type { Writer } from "../contacts/write-contact.ts";
import { setValue } from "../contacts/write-contact.ts";
import { writtenValues } from "../properties/written-values.ts";

/** Which record a note's association type leads to. */
const ASSOCIATION_TYPES: Readonly<Record<number, Exclude<AssociatedType, "notes">>> = {
  202: "contacts",
  190: "companies",
  214: "deals",
};

interface Link {
  readonly type: Exclude<AssociatedType, "notes">;
  readonly id: string;
}

/**
 * Checks a note; the returned function logs it. Nothing tells two notes with one text apart: sent twice, there are two
 *.
 *
 * @throws VendorError 400
 */
export function prepareNote(state: HubspotState, writer: Writer, input: JsonObject): () => PlainObject {
  const values = writtenValues(state, "notes", input["properties"], () => null);
  if ((values.get("hs_timestamp") ?? "") === "") {
    throw new VendorError(400, "Error creating NOTE. Some required properties were not set.", {
      category: "VALIDATION_ERROR",
      context: { properties: ["hs_timestamp"] },
    });
  }
  const links = linksIn(state, input["associations"]);
  return () => {
    const note = newObject(state);
    const { id, createdAt: at } = note;
    setAll(note, values, at, writer);
    setValue(note, "hs_obj_coords", `0-46-${id}`, at, writer.source);
    state.objects.notes.set(id, note);
    for (const { type, id: toId } of links) state.associations.connect("notes", id, type, toId, false);
    for (const { type, id: toId } of links) if (type === "contacts") countsAsActivity(state, writer, toId);
    written(state, writer, "note.create", id, null, {
      ...Object.fromEntries(values),
      links: links.map(({ id: to }) => to),
    });
    return note;
  };
}

/**
 * Checks a change of a note; the returned function makes it.
 *
 * @throws VendorError 400
 */
export function prepareNoteEdit(
  state: HubspotState,
  writer: Writer,
  note: PlainObject,
  properties: unknown,
): () => void {
  const values = writtenValues(state, "notes", properties, (name) => plainValue(note, name));
  return () => {
    const at = state.now();
    if (!setAll(note, values, at, writer)) return;
    if (note.touched.at !== at) note.touched = { at, older: note.touched };
    written(state, writer, "note.update", note.id, {}, Object.fromEntries(values));
  };
}

export function archiveNote(state: HubspotState, writer: Writer, note: PlainObject): void {
  const contacts = state.associations.of("notes", note.id, "contacts").map(({ toObjectId }) => toObjectId);
  note.gone = state.now();
  state.associations.disconnect("notes", note.id);
  for (const id of contacts) countsAsActivity(state, writer, id);
  written(state, writer, "note.archive", note.id, {}, null);
}

function setAll(
  note: PlainObject,
  values: ReadonlyMap<string, string>,
  at: number,
  { source }: Writer,
): boolean {
  let changed = false;
  for (const [name, value] of values) {
    const kept = name === "hs_note_body" ? withoutStyles(value) : value;
    changed = setValue(note, name, kept, at, source) || changed;
  }
  for (const [name, value] of Object.entries(previewOf(plainValue(note, "hs_note_body") ?? "")))
    changed = setValue(note, name, value, at, source) || changed;
  return changed;
}

/** Logged activity shows on the contact and moves its `lastmodifieddate`, as any change does. */
function countsAsActivity(state: HubspotState, writer: Writer, contactId: string): void {
  const contact = state.contacts.resolve(contactId);
  if (contact === undefined) return;
  const at = state.now();
  const notes = state.associations
    .of("contacts", contact.id, "notes")
    .map(({ toObjectId }) => state.objects.notes.get(toObjectId))
    .filter((note) => note?.gone === null);
  const times = notes.flatMap((note) => (note && plainValue(note, "hs_timestamp")) ?? []);
  setValue(contact, "num_notes", notes.length === 0 ? "" : String(notes.length), at, writer.source);
  setValue(contact, "notes_last_updated", times.toSorted().at(-1) ?? "", at, writer.source);
  state.contacts.touch(contact, at);
}

function linksIn(state: HubspotState, associations: unknown): readonly Link[] {
  if (associations === undefined || associations === null) return [];
  if (!Array.isArray(associations)) throw invalid("associations is not an array");
  return associations.flatMap((association: unknown) => {
    const { to, types } = (association ?? {}) as { to?: { id?: unknown }; types?: unknown };
    if (!Array.isArray(types)) throw invalid("types of an association is not an array");
    return types.map((type: unknown) => linkTo(state, textIn(to?.id), (type ?? {}) as JsonObject));
  });
}

function linkTo(state: HubspotState, id: string, type: JsonObject): Link {
  const number = Number(type["associationTypeId"]);
  const to = ASSOCIATION_TYPES[number];
  if (to === undefined || type["associationCategory"] !== "HUBSPOT_DEFINED") {
    throw invalid(`Association type ${number} does not start at a NOTE`);
  }
  const contact = to === "contacts" ? state.contacts.resolve(id) : undefined;
  const object = to === "contacts" ? undefined : state.objects[to].get(id);
  const found = contact?.id ?? (object?.gone === null ? object.id : undefined);
  if (found === undefined) throw invalid(`One or more associations are not valid: no record with id ${id}`);
  return { type: to, id: found };
}

function written(
  state: HubspotState,
  { actor }: Writer,
  action: string,
  id: string,
  before: Readonly<Record<string, unknown>> | null,
  after: Readonly<Record<string, unknown>> | null,
): void {
  state.world.truth.applied({ actor, action, id, before, after });
}
