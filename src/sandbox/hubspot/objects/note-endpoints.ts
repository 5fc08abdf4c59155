import type { Call } from "../../route.ts";
import { batchReply, scrambled } from "../wire/batch-reply.ts";
import { batchWrite } from "../wire/batch-write.ts";
import type { Endpoint } from "../wire/endpoint.ts";
import { echoedTime } from "./note-html.ts";
import type { PlainObject } from "./plain-object.ts";
import { plainValue } from "./plain-object.ts";
import { notFound, VendorError } from "../wire/vendor-error.ts";
import {
  batchInputs,
  objectBody,
  pageSize,
  queryList,
  textField,
  textsField,
} from "../wire/request-parts.ts";
import { READ_CONTACTS, WRITE_CONTACTS } from "../wire/scopes.ts";
import type { HubspotState } from "../state.ts";
import { archiveNote, prepareNote, prepareNoteEdit } from "./write-note.ts";

const NOTES = "/crm/v3/objects/notes";
const LARGEST_BATCH = 100;
const DEFAULT_PROPERTIES = ["hs_createdate", "hs_lastmodifieddate", "hs_object_id"];

/** Notes: logged on records, open to every kind of token and every plan. */
export function noteEndpoints(state: HubspotState): readonly Endpoint[] {
  const read = { scopes: READ_CONTACTS, mutating: false } as const;
  const write = { scopes: WRITE_CONTACTS, mutating: true } as const;
  const noteOf = (call: Call): PlainObject => {
    const note = state.objects.notes.get(call.params["noteId"] ?? "");
    if (note === undefined || note.gone !== null) throw notFound();
    return note;
  };
  return [
    { ...read, method: "GET", path: NOTES, handle: (call) => ({ status: 200, body: page(state, call) }) },
    {
      ...read,
      method: "GET",
      path: `${NOTES}/{noteId}`,
      handle: (call) => ({ status: 200, body: noteView(state, noteOf(call), queryList(call, "properties")) }),
    },
    {
      ...write,
      method: "POST",
      path: NOTES,
      handle: (call, { writer }) => ({
        status: 201,
        body: writtenNote(state, prepareNote(state, writer, objectBody(call))()),
      }),
    },
    {
      ...write,
      method: "PATCH",
      path: `${NOTES}/{noteId}`,
      handle(call, { writer }) {
        const note = noteOf(call);
        prepareNoteEdit(state, writer, note, objectBody(call)["properties"])();
        return { status: 200, body: writtenNote(state, note) };
      },
    },
    {
      ...write,
      method: "DELETE",
      path: `${NOTES}/{noteId}`,
      handle(call, { writer }) {
        archiveNote(state, writer, noteOf(call));
        return { status: 204 };
      },
    },
    ...batchEndpoints(state),
  ];
}

function batchEndpoints(state: HubspotState): readonly Endpoint[] {
  return [
    {
      method: "POST",
      path: `${NOTES}/batch/create`,
      scopes: WRITE_CONTACTS,
      mutating: true,
      handle: (call, { writer, version }) =>
        batchWrite(batchInputs(call, LARGEST_BATCH), 201, version, state.now(), (input) => {
          const log = prepareNote(state, writer, input);
          return {
            key: null,
            claims: "",
            commit() {
              const note = log();
              return { order: note.number, result: writtenNote(state, note) };
            },
          };
        }),
    },
    {
      method: "POST",
      path: `${NOTES}/batch/update`,
      scopes: WRITE_CONTACTS,
      mutating: true,
      handle: (call, { writer, version }) =>
        batchWrite(batchInputs(call, LARGEST_BATCH), 200, version, state.now(), (input) => {
          const id = textField(input, "id");
          const note = state.objects.notes.get(id);
          if (note === undefined || note.gone !== null) throw notThere([id]);
          const edit = prepareNoteEdit(state, writer, note, input["properties"]);
          return {
            key: id,
            claims: "",
            commit() {
              edit();
              return { order: note.number, result: writtenNote(state, note) };
            },
          };
        }),
    },
    {
      method: "POST",
      path: `${NOTES}/batch/read`,
      scopes: READ_CONTACTS,
      mutating: false,
      handle(call, { version }) {
        const ids = batchInputs(call, LARGEST_BATCH).map((input) => textField(input, "id"));
        const properties = textsField(objectBody(call), "properties");
        const live = (id: string): PlainObject | undefined => {
          const note = state.objects.notes.get(id);
          return note?.gone === null ? note : undefined;
        };
        const found = [...new Set(ids)].flatMap((id) => live(id) ?? []);
        const missing = ids.filter((id) => live(id) === undefined);
        return batchReply({
          status: 200,
          version,
          at: state.now(),
          results: scrambled(found, ({ number }) => number).map((note) => noteView(state, note, properties)),
          vendorErrors: missing.length === 0 ? [] : [notThere(missing)],
        });
      },
    },
    {
      method: "POST",
      path: `${NOTES}/batch/archive`,
      scopes: WRITE_CONTACTS,
      mutating: true,
      handle(call, { writer }) {
        for (const input of batchInputs(call, LARGEST_BATCH)) {
          const note = state.objects.notes.get(textField(input, "id"));
          if (note?.gone === null) archiveNote(state, writer, note);
        }
        return { status: 204 };
      },
    },
  ];
}

function page(state: HubspotState, call: Call): unknown {
  const limit = pageSize(call, 10, 100);
  const after = Number(call.query.get("after") ?? "0");
  const notes = [...state.objects.notes.values()]
    .filter(({ gone, number }) => gone === null && number >= after)
    .toSorted((one, other) => one.number - other.number);
  const results = notes.slice(0, limit).map((note) => noteView(state, note, queryList(call, "properties")));
  const next = notes[limit];
  return next === undefined ? { results } : { results, paging: { next: { after: next.id } } };
}

/** What a write is answered: all that has a value. */
function writtenNote(
  state: HubspotState,
  note: PlainObject,
): Readonly<Record<string, unknown>> & { id: string } {
  const names = [...note.values.keys()].filter((name) => plainValue(note, name) !== null);
  return noteView(state, note, names);
}

function noteView(
  state: HubspotState,
  note: PlainObject,
  wanted: readonly string[],
): Readonly<Record<string, unknown>> & { id: string } {
  const names = [...DEFAULT_PROPERTIES, ...wanted];
  const defined = names.filter((name) => state.properties.notes.get(name)?.archived === false);
  return {
    id: note.id,
    properties: Object.fromEntries(defined.map((name) => [name, shown(note, name)])),
    createdAt: plainValue(note, "hs_createdate"),
    updatedAt: plainValue(note, "hs_lastmodifieddate"),
    archived: false,
  };
}

function shown(note: PlainObject, name: string): string | null {
  const value = plainValue(note, name);
  return name === "hs_timestamp" ? echoedTime(value) : value;
}

function notThere(ids: readonly string[]): VendorError {
  return new VendorError(
    404,
    "Could not get some NOTE objects, they may be deleted or not exist. Check that ids are valid.",
    { category: "OBJECT_NOT_FOUND", context: { ids } },
  );
}
