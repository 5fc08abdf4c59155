import type { Call, Reply, Route } from "../server.ts";
import { counts, dumpContacts } from "./dump.ts";
import { refusalsAnswered } from "./endpoint.ts";
import type { LinkedContact } from "./change-objects.ts";
import type { ProcessingType } from "./list-store.ts";
import { engagementControl } from "./engagement-control.ts";
import type { EngagementOperations } from "./engagement-operations.ts";
import type { ContactKey, HubspotOperations, SeedContact } from "./operations.ts";
import { invalid } from "./refusal.ts";
import type { JsonObject } from "./request-parts.ts";
import { objectBody, textField, textsField } from "./request-parts.ts";
import type { ObjectType } from "./seed-properties.ts";
import type { HubspotState } from "./state.ts";
import type { StatusState } from "./subscription-store.ts";

/** The operations over HTTP, for rehearsals that run in a process of their own. Bodies mirror the operations. */
export function hubspotControl(
  state: HubspotState,
  operations: HubspotOperations & EngagementOperations,
): readonly Route[] {
  const route = (method: Route["method"], path: string, handle: (call: Call) => unknown): Route => ({
    method,
    path: `/_sandbox/${path}`,
    operation: `sandbox ${path}`,
    mutating: false,
    handle: (call): Reply => refusalsAnswered(() => ({ status: 200, body: handle(call) ?? {} })),
  });
  return [
    ...engagementControl(operations).map((entry) => route(...entry)),
    route("GET", "contacts", (call) => {
      const limit = Number(call.query.get("limit") ?? 1_000);
      return dumpContacts(state, call.query.get("after"), limit);
    }),
    route("GET", "state", () => ({
      counts: counts(state),
      settings: state.settings,
      tokens: state.tokens.size,
    })),
    route("POST", "contacts", (call) => {
      const body = objectBody(call);
      const contacts = body["contacts"];
      if (!Array.isArray(contacts)) throw invalid("contacts is a list of {properties, …}");
      return { ids: operations.seedContacts(contacts as SeedContact[], { force: body["force"] === true }) };
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
      const { type, id, properties, contacts, archive } = objectBody(call);
      if (type !== "companies" && type !== "deals") throw invalid("type is companies or deals");
      const values = (properties ?? {}) as Record<string, string>;
      const linked = (contacts ?? []) as readonly LinkedContact[];
      if (typeof id !== "string") return { id: operations.createObject(type, values, linked) };
      if (archive === true) return operations.archiveObject(type, id);
      operations.editObject(type, id, values);
      return operations.associate(type, id, linked);
    }),
    route("POST", "subscriptions", (call) => {
      const body = objectBody(call);
      const email = textField(body, "email");
      if (body["unsubscribeFromAll"] === true) return operations.unsubscribeFromAll(email);
      const status = textField(body, "state") as StatusState;
      return operations.setSubscription(email, Number(textField(body, "subscriptionId")), status);
    }),
    route("POST", "token", (call) => {
      const { token, revoke, ...change } = objectBody(call) as { token: string; revoke?: boolean };
      if (revoke === true) operations.revokeToken(token);
      else operations.setToken(token, change);
    }),
    route("POST", "settings", (call) => operations.set(objectBody(call))),
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
  const processingType = (body["processingType"] ?? "MANUAL") as ProcessingType;
  return { id: operations.createList(textField(body, "name"), processingType) };
}

function changeProperties(operations: HubspotOperations, body: JsonObject): unknown {
  const objectType = (body["objectType"] ?? "contacts") as ObjectType;
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
