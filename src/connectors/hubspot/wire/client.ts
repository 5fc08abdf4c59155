import type { ApiVersion, PutMutation, PutTogether } from "./put-together.ts";
import { Client } from "@hubspot/api-client";
import type { Permit } from "../../permit.ts";
import { engagementEndpoints } from "../engagement/endpoints.ts";
import { plainRequest } from "./plain-request.ts";
import { answerOf, Arrived, freshToken, impatientAgent } from "./transport.ts";
import { versioned } from "./versioned-url.ts";
import type { PublicObjectSearchRequest } from "@hubspot/api-client/lib/codegen/crm/contacts/index.js";

type Names = readonly string[];

export interface WriteInput {
  /** Absent in a create. */
  readonly id?: string;
  readonly traceId: string;
  /** As on the wire: all text, `""` empties. */
  readonly properties: Record<string, string>;
}

export interface Search {
  /** Any group must hold; a group holds when all its filters do. */
  readonly groups: readonly (readonly SearchFilter[])[];
  readonly sort: string;
  readonly properties: readonly string[];
  readonly limit: number;
}

export interface SearchFilter {
  readonly propertyName: string;
  readonly operator: "GTE" | "GT" | "LT" | "EQ";
  readonly value: string;
}

/** HubSpot's endpoints, one function each. Nothing is paced, retried or understood here. */
export type Endpoints = ReturnType<typeof endpoints>;

export interface ClientDeps {
  readonly token: string | (() => Promise<string>);
  /** `null` is HubSpot's own host; otherwise that host or a loopback address, as in a rehearsal. */
  readonly baseUrl: string | null;
  readonly apiVersion: ApiVersion;
  readonly timeoutMs: number;
}

const HUBSPOT = "https://api.hubapi.com";
const LOOPBACK: ReadonlySet<string> = new Set(["127.0.0.1", "localhost", "[::1]"]);
const MEMBERS_PER_PAGE = 250;
const CONTACTS_PER_PAGE = 100;
const LISTS_PER_PAGE = 500;
const STATUSES = "/communication-preferences/v4/statuses";

/**
 * HubSpot through its SDK, one client an account. Throws RangeError for a base URL that is neither HubSpot nor loopback.
 *
 * The SDK puts the calls together and sends them. Its reading of answers is bypassed: it loses the errors of a 200 that
 * has some, takes a 2xx other than the specified one for a failure, and drops what its models do not name. Its retries
 * and its limiter stay off: they are process-wide, and know nothing of writes that must not be repeated.
 */
export function endpoints({ token, baseUrl, apiVersion, timeoutMs }: ClientDeps) {
  const origin = acceptedOrigin(baseUrl);
  let bearer = "";
  const sdk = new Client({
    basePath: origin,
    // Node's own HTTP rather than fetch: it follows no redirect, and the agent is this account's alone.
    httpAgent: impatientAgent(origin, timeoutMs),
    middleware: [
      {
        pre(context: unknown) {
          const outgoing = context as OutgoingRequest;
          outgoing.setUrl(versioned(outgoing.getUrl(), apiVersion));
          outgoing.setHeaderParam("Authorization", `Bearer ${bearer}`);
          return outgoing;
        },
        async post(context: unknown) {
          const { httpStatusCode, headers, body } = context as IncomingResponse;
          throw new Arrived({ status: httpStatusCode, headers, text: await body.text() });
        },
      },
    ],
  });
  const { crm } = sdk;

  const plain = plainRequest({
    address: (path, numbered) => versioned(`${origin}${path}`, numbered ? "v3" : apiVersion),
    bearer: () => bearer,
  });
  const call: PutTogether = (operation, run, pace = "burst") => ({
    operation,
    pace,
    async send(signal) {
      signal.throwIfAborted();
      bearer = typeof token === "string" ? token : await freshToken(operation, token, signal);
      return answerOf(operation, run, timeoutMs, signal);
    },
  });
  const mutation: PutMutation = (permit, operation, run) => ({
    operation,
    async mutate(signal) {
      signal.throwIfAborted();
      bearer = typeof token === "string" ? token : await freshToken(operation, token, signal);
      // Behind the wait for a token: nothing waits between this and the request.
      permit.use();
      return answerOf(operation, run, timeoutMs, signal);
    },
  });

  return {
    ...engagementEndpoints({ call, mutation, crm, plain }),
    /** The only one the SDK does not have. */
    account: () => call("account", (signal) => plain("GET", "/account-info/v3/details", signal)),
    /** Of one subscription type. The SDK knows only the older paths, which the dated versions leave out. */
    optOutOf: (permit: Permit, email: string, type: string) =>
      mutation(permit, "opt out", (signal) =>
        plain("POST", `${STATUSES}/${encodeURIComponent(email)}`, signal, {
          body: { subscriptionId: Number(type), statusState: "UNSUBSCRIBED", channel: "EMAIL" },
        }),
      ),
    /** Of all e-mail. */
    optOutOfAll: (permit: Permit, email: string) =>
      mutation(permit, "opt out of all", (signal) =>
        plain("POST", `${STATUSES}/${encodeURIComponent(email)}/unsubscribe-all?channel=EMAIL`, signal),
      ),
    properties: () => call("properties", () => crm.properties.coreApi.getAll("contacts", false)),
    /** Of these ids, or all. `listIds` and `processingTypes` are required, says the specification; empty is any. */
    searchLists: (offset: number, ids: readonly string[] = []) =>
      call("lists search", () =>
        crm.lists.listsApi.doSearch({
          query: "",
          offset,
          count: LISTS_PER_PAGE,
          listIds: [...ids],
          processingTypes: [],
          additionalProperties: ["hs_list_size", "hs_last_record_removed_at"],
        }),
      ),
    lists: (ids: readonly string[]) => call("lists", () => crm.lists.listsApi.getAll([...ids], false)),
    list: (id: string) => call("list", () => crm.lists.listsApi.getById(id, false)),
    members: (list: string, after: string | null) =>
      call("members", () =>
        crm.lists.membershipsApi.getPage(list, after ?? undefined, undefined, MEMBERS_PER_PAGE),
      ),
    joins: (list: string, after: string | null) =>
      call("joins", () =>
        crm.lists.membershipsApi.getPageOrderedByAddedToListDate(
          list,
          after ?? undefined,
          undefined,
          MEMBERS_PER_PAGE,
        ),
      ),
    addMembers: (permit: Permit, list: string, ids: readonly string[]) =>
      mutation(permit, "add members", () => crm.lists.membershipsApi.add(list, [...ids])),
    removeMembers: (permit: Permit, list: string, ids: readonly string[]) =>
      mutation(permit, "remove members", () => crm.lists.membershipsApi.remove(list, [...ids])),
    page: (after: string | null, properties: readonly string[]) =>
      call("contacts", () =>
        crm.contacts.basicApi.getPage(CONTACTS_PER_PAGE, after ?? undefined, [...properties]),
      ),
    batchRead: (ids: Names, idProperty: "email" | null, properties: Names, withHistory: Names) =>
      call("batch read", () =>
        crm.contacts.batchApi.read({
          inputs: ids.map((id) => ({ id })),
          properties: [...properties],
          propertiesWithHistory: [...withHistory],
          ...(idProperty === null ? {} : { idProperty }),
        }),
      ),
    deletedBatch: (ids: Names) =>
      call("batch read", () =>
        crm.contacts.batchApi.read(
          { inputs: ids.map((id) => ({ id })), properties: ["hs_object_id"], propertiesWithHistory: [] },
          true,
        ),
      ),
    deletedPage: (after: string | null) =>
      call("contacts", () =>
        crm.contacts.basicApi.getPage(
          CONTACTS_PER_PAGE,
          after ?? undefined,
          ["hs_merged_object_ids"],
          undefined,
          undefined,
          true,
        ),
      ),
    deletedOne: (id: string) =>
      call("contact", () => crm.contacts.basicApi.getById(id, ["hs_object_id"], undefined, undefined, true)),
    batchCreate: (permit: Permit, inputs: readonly WriteInput[]) =>
      mutation(permit, "batch create", () =>
        crm.contacts.batchApi.create({
          inputs: inputs.map(({ traceId, properties }) => ({
            properties,
            associations: [],
            objectWriteTraceId: traceId,
          })),
        }),
      ),
    batchUpdate: (permit: Permit, inputs: readonly WriteInput[]) =>
      mutation(permit, "batch update", () =>
        crm.contacts.batchApi.update({
          inputs: inputs.map(({ id = "", traceId, properties }) => ({
            id,
            properties,
            objectWriteTraceId: traceId,
          })),
        }),
      ),
    search: (search: Search) =>
      call("search", () => crm.contacts.searchApi.doSearch(searchBody(search)), "search"),
    companyProperties: () =>
      call("company properties", () => crm.properties.coreApi.getAll("companies", false)),
    searchCompanies: (search: Search) =>
      call("company search", () => crm.companies.searchApi.doSearch(searchBody(search)), "search"),
    /** At most 100 companies; 50 with histories. */
    companies: (ids: readonly string[], properties: readonly string[], histories: readonly string[]) =>
      call("companies", () =>
        crm.companies.batchApi.read({
          inputs: ids.map((id) => ({ id })),
          properties: [...properties],
          propertiesWithHistory: [...histories],
        }),
      ),
    /** Whose contacts are asked for, and after which; at most 1,000. */
    companyContacts: (inputs: readonly { readonly id: string; readonly after?: string }[]) =>
      call("company contacts", () =>
        crm.associations.v4.batchApi.getPage("companies", "contacts", {
          inputs: inputs.map((input) => ({ ...input })),
        }),
      ),
  };
}

interface OutgoingRequest {
  getUrl(): string;
  setUrl(url: string): void;
  setHeaderParam(name: string, value: string): void;
}

interface IncomingResponse {
  readonly httpStatusCode: number;
  readonly headers: Record<string, string>;
  readonly body: { text(): Promise<string> };
}

/** HubSpot, or a rehearsal on this machine; a key goes nowhere else. Throws RangeError. */
export function acceptedOrigin(baseUrl: string | null): string {
  if (baseUrl === null) return HUBSPOT;
  const wrongAddress = new RangeError(`HubSpot's address is ${HUBSPOT} or a loopback one, not ${baseUrl}`);
  if (!URL.canParse(baseUrl)) throw wrongAddress;
  const { origin, protocol, hostname, pathname, search, username, password } = new URL(baseUrl);
  const bare = pathname === "/" && search === "" && username === "" && password === "";
  const known = origin === HUBSPOT || (protocol === "http:" && LOOPBACK.has(hostname));
  if (!bare || !known) throw wrongAddress;
  // Without the final slash: the SDK would put a second one behind it.
  return origin;
}

/** A search as the SDK wants it. */
function searchBody({ groups, sort, properties, limit }: Search): PublicObjectSearchRequest {
  return {
    filterGroups: groups.map((filters) => ({ filters: [...filters] })),
    sorts: [sort],
    properties: [...properties],
    limit,
    // The operators are an enum of the SDK with the very texts that travel.
  } as unknown as PublicObjectSearchRequest;
}
