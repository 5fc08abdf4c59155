import { z } from "zod";
import { checkedInput } from "../../checked-input.ts";
import { queryNumber } from "../../query-number.ts";
import type { Call, Reply, Route } from "../../route.ts";
import { counts, dumpContacts } from "./dump.ts";
import { errorsAnswered } from "../wire/endpoint.ts";
import { engagementControl } from "./engagement-control.ts";
import type { EngagementOperations } from "./engagement-operations.ts";
import type { ContactKey, HubspotOperations, SeedContact } from "./operations.ts";
import { invalid } from "../wire/vendor-error.ts";
import type { JsonObject } from "../wire/request-parts.ts";
import { objectBody, textField, textsField } from "../wire/request-parts.ts";
import { settingsSchema } from "../settings.ts";
import type { Settings } from "../settings.ts";
import type { HubspotState } from "../state.ts";
import type { Token } from "../wire/token.ts";

const value = z.union([z.string(), z.number(), z.boolean()]);
const seeds = z.strictObject({
  contacts: z.array(
    z.strictObject({
      properties: z.record(z.string(), value),
      additionalEmails: z.array(z.string()).optional(),
      createdAt: z.string().optional(),
      lists: z.array(z.string()).optional(),
    }),
  ),
  force: z.boolean().default(false),
});
const processingTypes = z.enum(["MANUAL", "SNAPSHOT", "DYNAMIC"]).default("MANUAL");
const objectTypes = z.enum(["contacts", "companies", "deals", "notes"]).default("contacts");
const statusStates = z.enum(["SUBSCRIBED", "UNSUBSCRIBED", "NOT_SPECIFIED"]);
const object = z.strictObject({
  type: z.enum(["companies", "deals"]),
  id: z.string().optional(),
  properties: z.record(z.string(), z.string()).default({}),
  contacts: z.array(z.object({ id: z.string(), primary: z.boolean().default(false) })).default([]),
  archive: z.boolean().default(false),
});
const token = z.strictObject({
  token: z.string().min(1),
  revoke: z.boolean().default(false),
  kind: z.enum(["private-app", "service-key", "oauth"]).optional(),
  appId: z.string().optional(),
  appName: z.string().optional(),
  scopes: z.array(z.string()).optional(),
  expiresAt: z.number().nullable().optional(),
});

/** The operations over HTTP, for rehearsals that run in their own process. Bodies mirror the operations. */
export function hubspotControl(
  state: HubspotState,
  operations: HubspotOperations & EngagementOperations,
): readonly Route[] {
  const route = (method: Route["method"], path: string, handle: (call: Call) => unknown): Route => ({
    method,
    path: `/_sandbox/${path}`,
    operation: `sandbox ${path}`,
    mutating: false,
    handle: (call): Reply => errorsAnswered(() => ({ status: 200, body: handle(call) ?? {} })),
  });
  return [
    ...engagementControl(operations).map((entry) => route(...entry)),
    route("GET", "contacts", (call) => {
      const after = call.query.has("after") ? String(queryNumber(call, "after", 0)) : null;
      return dumpContacts(state, after, queryNumber(call, "limit", 1_000, 1));
    }),
    route("GET", "state", () => ({
      counts: counts(state),
      settings: state.settings,
      tokens: state.tokens.size,
    })),
    route("POST", "contacts", (call) => {
      const { contacts, force } = checkedInput(seeds, call.body);
      return { ids: operations.seedContacts(contacts as SeedContact[], { force }) };
    }),
    route("POST", "contacts/edit", (call) => {
      const body = objectBody(call);
      operations.editContact(keyIn(body), body["properties"] as SeedContact["properties"]);
    }),
    route("POST", "contacts/archive", (call) => operations.archiveContact(keyIn(objectBody(call)))),
    route("POST", "contacts/erase", (call) => operations.eraseContact(keyIn(objectBody(call)))),
    route("POST", "contacts/merge", (call) => {
      const { primary, other } = objectBody(call);
      return { id: operations.mergeContacts(keyIn(primary), keyIn(other)) };
    }),
    route("GET", "lists", () => ({
      lists: state.lists
        .all()
        .map(({ id, name, processingType, members }) => ({ id, name, processingType, size: members.size })),
    })),
    route("POST", "lists", (call) => changeLists(operations, objectBody(call))),
    route("POST", "lists/members", (call) => {
      const body = objectBody(call);
      const changes = { add: textsField(body, "add"), remove: textsField(body, "remove") };
      return operations.changeMembers(textField(body, "listId"), changes);
    }),
    route("POST", "properties", (call) => changeProperties(operations, objectBody(call))),
    route("POST", "objects", (call) => {
      const { type, id, properties, contacts, archive } = checkedInput(object, call.body);
      if (id === undefined) return { id: operations.createObject(type, properties, contacts) };
      if (archive) return operations.archiveObject(type, id);
      operations.editObject(type, id, properties);
      return operations.associate(type, id, contacts);
    }),
    route("POST", "subscriptions", (call) => {
      const body = objectBody(call);
      const email = textField(body, "email");
      if (body["unsubscribeFromAll"] === true) return operations.unsubscribeFromAll(email);
      const status = checkedInput(statusStates, body["state"]);
      return operations.setSubscription(email, Number(textField(body, "subscriptionId")), status);
    }),
    route("POST", "token", (call) => {
      const { token: key, revoke, ...change } = checkedInput(token, call.body);
      if (revoke) operations.revokeToken(key);
      else operations.setToken(key, change as Partial<Omit<Token, "token" | "scopes">>);
    }),
    route("POST", "settings", (call) =>
      operations.set(checkedInput(settingsSchema.partial(), call.body) as Partial<Settings>),
    ),
  ];
}

function changeLists(operations: HubspotOperations, body: JsonObject): unknown {
  if (body["delete"] === true) return operations.deleteList(textField(body, "listId"));
  if (typeof body["rebuildMs"] === "number") {
    return operations.rebuildList(textField(body, "listId"), body["rebuildMs"]);
  }
  if (body["listId"] !== undefined) {
    return operations.renameList(textField(body, "listId"), textField(body, "name"));
  }
  const processingType = checkedInput(processingTypes, body["processingType"]);
  return { id: operations.createList(textField(body, "name"), processingType) };
}

function changeProperties(operations: HubspotOperations, body: JsonObject): unknown {
  const objectType = checkedInput(objectTypes, body["objectType"]);
  const name = textField(body, "name");
  if (body["archive"] === true) return operations.archiveProperty(name, objectType);
  if (body["readOnly"] === true) return operations.makeReadOnly(name, objectType);
  if (typeof body["removeOption"] === "string") {
    return operations.removeOption(name, body["removeOption"], objectType);
  }
  return operations.createProperty(body, objectType);
}

function keyIn(value: unknown): ContactKey {
  const { id, email } = (value ?? {}) as { id?: unknown; email?: unknown };
  if (typeof id === "string") return { id };
  if (typeof email === "string") return { email };
  throw invalid("name a contact by id or email");
}
