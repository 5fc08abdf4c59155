import type { Call } from "../../route.ts";
import { changeMembers } from "./change-members.ts";
import type { Endpoint } from "../wire/endpoint.ts";
import type { ContactList, ProcessingType } from "./list-store.ts";
import { foundListView, listView } from "./list-view.ts";
import { invalid, VendorError } from "../wire/vendor-error.ts";
import { objectBody, queryList, textField, textsField } from "../wire/request-parts.ts";
import { CREATE_LISTS, READ_LISTS, WRITE_LISTS } from "../wire/scopes.ts";
import type { HubspotState } from "../state.ts";
import type { Writer } from "../contacts/write-contact.ts";

const LISTS = "/crm/v3/lists";
const LARGEST_SEARCH_PAGE = 500;

/** Lists themselves; who is on them is in membership-endpoints. */
export function listEndpoints(state: HubspotState): readonly Endpoint[] {
  const read = { scopes: READ_LISTS, mutating: false } as const;
  const withFilters = (call: Call): boolean => call.query.get("includeFilters") === "true";
  return [
    {
      method: "POST",
      path: `${LISTS}/search`,
      ...read,
      handle: (call) => ({ status: 200, body: search(state, call) }),
    },
    {
      // The guide of 2026-09 has this one beside the search; what it takes and answers is the same.
      method: "POST",
      path: `${LISTS}/all`,
      ...read,
      handle: (call) => ({ status: 200, body: search(state, call) }),
    },
    {
      method: "GET",
      path: LISTS,
      ...read,
      handle(call) {
        const lists = queryList(call, "listIds").flatMap((id) => state.lists.get(id) ?? []);
        return {
          status: 200,
          body: { lists: lists.map((list) => listView(state, list, withFilters(call))) },
        };
      },
    },
    {
      method: "GET",
      path: `${LISTS}/{listId}`,
      ...read,
      handle: (call) => ({
        status: 200,
        body: { list: listView(state, listOf(state, call), withFilters(call)) },
      }),
    },
    {
      method: "GET",
      path: `${LISTS}/object-type-id/{objectTypeId}/name/{listName}`,
      ...read,
      handle(call) {
        const list = state.lists.byName(call.params["listName"] ?? "");
        if (list === undefined || call.params["objectTypeId"] !== "0-1") throw listNotFound();
        return { status: 200, body: { list: listView(state, list, withFilters(call)) } };
      },
    },
    {
      method: "POST",
      path: LISTS,
      scopes: CREATE_LISTS,
      mutating: true,
      handle(call, { writer }) {
        const body = objectBody(call);
        const processingType = processingTypeOf(textField(body, "processingType"));
        if (textField(body, "objectTypeId") !== "0-1")
          throw invalid("Only lists of contacts (0-1) are rehearsed");
        if (processingType === "DYNAMIC" && body["filterBranch"] === undefined) {
          throw invalid("A filterBranch is required for lists with processing type DYNAMIC");
        }
        const list = createList(state, writer, textField(body, "name"), processingType, body["filterBranch"]);
        // 200, not 201: the SDK throws on anything else.
        return { status: 200, body: { list: listView(state, list, true) } };
      },
    },
    {
      method: "DELETE",
      path: `${LISTS}/{listId}`,
      scopes: WRITE_LISTS,
      mutating: true,
      handle(call, { writer }) {
        deleteList(state, writer, listOf(state, call));
        return { status: 204 };
      },
    },
    {
      method: "DELETE",
      path: `${LISTS}/{listId}/memberships`,
      scopes: WRITE_LISTS,
      mutating: true,
      handle(call, { writer }) {
        const list = listOf(state, call);
        refuseDynamic(list);
        changeMembers(state, writer, list, { add: [], remove: [...list.members.keys()] });
        return { status: 204 };
      },
    },
  ];
}

/** Makes a list; throws the 400 of a name that is taken. */
export function createList(
  state: HubspotState,
  { actor }: Writer,
  name: string,
  processingType: ProcessingType,
  filterBranch?: unknown,
): ContactList {
  if (state.lists.byName(name) !== undefined) {
    throw invalid(`List name '${name}' is already in use`, { subCategory: "ILS.DUPLICATE_LIST_NAMES" });
  }
  const list = state.lists.create(name, processingType, filterBranch);
  const after = { name, processingType };
  state.world.truth.applied({ actor, action: "list.create", id: list.id, before: null, after });
  return list;
}

/** Deletes a list; its members stay as they are. */
export function deleteList(state: HubspotState, { actor }: Writer, list: ContactList): void {
  state.lists.delete(list.id);
  const before = { name: list.name, size: list.members.size };
  state.world.truth.applied({ actor, action: "list.delete", id: list.id, before, after: null });
}

/** The list a path names, or a 404. */
export function listOf(state: HubspotState, call: Call): ContactList {
  const list = state.lists.get(call.params["listId"] ?? "");
  if (list === undefined) throw listNotFound();
  return list;
}

/** Only HubSpot itself says who belongs to a DYNAMIC list. */
export function refuseDynamic({ processingType }: ContactList): void {
  if (processingType !== "DYNAMIC") return;
  throw invalid("Cannot manually edit the memberships of a list with processing type DYNAMIC", {
    subCategory: "ILS.INVALID_LIST_PROCESSING_TYPE",
  });
}

function listNotFound(): VendorError {
  return new VendorError(404, "List does not exist.", {
    category: "OBJECT_NOT_FOUND",
    subCategory: "ILS.LIST_NOT_FOUND",
  });
}

function search(state: HubspotState, call: Call): unknown {
  const body = objectBody(call);
  const offset = Number(body["offset"] ?? 0);
  const count = Number(body["count"] ?? 20);
  if (!Number.isInteger(count) || count < 0 || count > LARGEST_SEARCH_PAGE) {
    throw invalid(`count must be between 0 and ${LARGEST_SEARCH_PAGE}`);
  }
  const query = typeof body["query"] === "string" ? body["query"].toLowerCase() : "";
  const types = textsField(body, "processingTypes");
  const ids = textsField(body, "listIds");
  const found = state.lists
    .all()
    .filter((list) => list.name.toLowerCase().includes(query))
    .filter((list) => types.length === 0 || types.includes(list.processingType))
    .filter((list) => ids.length === 0 || ids.includes(list.id));
  const page = found.slice(offset, offset + count);
  const wanted = textsField(body, "additionalProperties");
  return {
    lists: page.map((list) => foundListView(state, list, wanted)),
    hasMore: offset + page.length < found.length,
    offset: offset + page.length,
    total: found.length,
  };
}

function processingTypeOf(text: string): ProcessingType {
  if (text === "MANUAL" || text === "SNAPSHOT" || text === "DYNAMIC") return text;
  throw invalid(`processingType must be one of MANUAL, SNAPSHOT, DYNAMIC, was ${text}`);
}
