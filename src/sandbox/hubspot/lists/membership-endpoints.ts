import type { Call, Reply } from "../../route.ts";
import { batchReply } from "../wire/batch-reply.ts";
import type { MemberChanges } from "./change-members.ts";
import { changeMembers } from "./change-members.ts";
import type { Endpoint } from "../wire/endpoint.ts";
import { listOf, refuseDynamic } from "./list-endpoints.ts";
import type { Member } from "./list-store.ts";
import { invalid, VendorError } from "../wire/vendor-error.ts";
import { batchInputs, objectBody, pageSize, textField, textsField } from "../wire/request-parts.ts";
import { READ_LISTS, WRITE_LISTS } from "../wire/scopes.ts";
import type { HubspotState } from "../state.ts";
import type { Writer } from "../contacts/write-contact.ts";

const LISTS = "/crm/v3/lists";
const MEMBERSHIPS = `${LISTS}/{listId}/memberships`;
const LARGEST_PAGE = 250;

/** Who is on a list, and on which lists somebody is. */
export function membershipEndpoints(state: HubspotState): readonly Endpoint[] {
  const read = { scopes: READ_LISTS, mutating: false } as const;
  const change = (path: string, changesOf: (call: Call) => MemberChanges): Endpoint => ({
    method: "PUT",
    path: `${MEMBERSHIPS}/${path}`,
    scopes: WRITE_LISTS,
    mutating: true,
    handle: (call, { writer }) => changed(state, call, writer, changesOf(call)),
  });
  return [
    {
      method: "GET",
      path: MEMBERSHIPS,
      ...read,
      handle(call) {
        const list = listOf(state, call);
        return { status: 200, body: page(call, state.lists.byRecordId(list), (member) => member.number) };
      },
    },
    {
      method: "GET",
      path: `${MEMBERSHIPS}/join-order`,
      ...read,
      handle(call) {
        const list = listOf(state, call);
        return { status: 200, body: page(call, state.lists.byJoinOrder(list), (member) => member.joined) };
      },
    },
    change("add", (call) => ({ add: bareIds(call), remove: [] })),
    change("remove", (call) => ({ add: [], remove: bareIds(call) })),
    change("add-and-remove", (call) => ({
      add: textsField(objectBody(call), "recordIdsToAdd"),
      remove: textsField(objectBody(call), "recordIdsToRemove"),
    })),
    {
      method: "GET",
      path: `${LISTS}/records/{objectTypeId}/{recordId}/memberships`,
      ...read,
      handle(call) {
        const results = listsOf(state, call.params["recordId"] ?? "");
        return { status: 200, body: { results, total: results.length } };
      },
    },
    {
      method: "POST",
      path: `${LISTS}/records/memberships/batch/read`,
      ...read,
      handle(call, { version }) {
        const results = batchInputs(call, 100).map((input) => {
          const recordId = textField(input, "recordId");
          const recordListMemberships = listsOf(state, recordId);
          return { objectTypeId: textField(input, "objectTypeId"), recordId, recordListMemberships };
        });
        return batchReply({ status: 200, version, at: state.now(), results, vendorErrors: [] });
      },
    },
  ];
}

function changed(state: HubspotState, call: Call, writer: Writer, changes: MemberChanges): Reply {
  const list = listOf(state, call);
  refuseDynamic(list);
  const { added, removed, missing } = changeMembers(state, writer, list, changes);
  // `recordsIdsAdded` is HubSpot's own spelling.
  return {
    status: 200,
    // An empty array is left out (corrections of 2026-11-30).
    body: {
      ...(added.length === 0 ? {} : { recordsIdsAdded: added }),
      ...(removed.length === 0 ? {} : { recordIdsRemoved: removed }),
      ...(missing.length === 0 ? {} : { recordIdsMissing: missing }),
    },
  };
}

function bareIds(call: Call): readonly string[] {
  if (Array.isArray(call.body)) return call.body.map(String);
  throw new VendorError(
    400,
    "Invalid input JSON on line 1, column 1: Cannot deserialize value of type `java.util.Set`",
  );
}

function listsOf(state: HubspotState, recordId: string): readonly Record<string, unknown>[] {
  return state.lists.all().flatMap((list) => {
    const member = list.members.get(recordId);
    if (member === undefined || state.lists.isProcessing(list)) return [];
    const at = new Date(member.at).toISOString();
    return [
      {
        listId: list.id,
        listVersion: list.version,
        firstAddedTimestamp: at,
        lastAddedTimestamp: at,
        isPublicList: false,
      },
    ];
  });
}

/** Ascending from `after` or the beginning; descending where only `before` is given; `after` wins over `before`. */
function page(call: Call, members: readonly Member[], orderOf: (member: Member) => number): unknown {
  const limit = pageSize(call, 100, LARGEST_PAGE);
  const after = cursorIn(call, "after");
  const before = after === null ? cursorIn(call, "before") : null;
  const start = firstAbove(members, orderOf, before === null ? (after ?? -1) : before - 1);
  const shown =
    before === null
      ? members.slice(start, start + limit)
      : members.slice(Math.max(0, start - limit), start).toReversed();
  const ascending = before === null ? shown : shown.toReversed();
  const [first, last] = [ascending[0], ascending.at(-1)];
  const more = last !== undefined && last !== members.at(-1);
  const earlier = first !== undefined && first !== members[0];
  const paging = {
    ...(more ? { next: { after: cursorOf(orderOf(last)) } } : {}),
    ...(earlier ? { prev: { before: cursorOf(orderOf(first)) } } : {}),
  };
  return {
    results: shown.map((member) => ({
      recordId: String(member.number),
      membershipTimestamp: new Date(member.at).toISOString(),
    })),
    ...(more || earlier ? { paging } : {}),
    total: members.length,
  };
}

/** The first index whose order is greater; members come and go, so a cursor need not name one that is still there. */
function firstAbove(members: readonly Member[], orderOf: (member: Member) => number, order: number): number {
  let low = 0;
  let high = members.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const member = members[middle];
    if (member !== undefined && orderOf(member) > order) high = middle;
    else low = middle + 1;
  }
  return low;
}

function cursorOf(order: number): string {
  return Buffer.from(String(order)).toString("base64");
}

function cursorIn(call: Call, name: string): number | null {
  const cursor = call.query.get(name);
  if (cursor === null || cursor === "") return null;
  const order = Number(Buffer.from(cursor, "base64").toString());
  if (Number.isFinite(order)) return order;
  throw invalid(`${name} is not a valid cursor`);
}
