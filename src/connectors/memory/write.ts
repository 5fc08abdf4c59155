import { plainConsent } from "../../model/consent.ts";
import type { ExternalId } from "../../model/contact.ts";
import type { EmailKey } from "../../model/email.ts";
import { emailKey } from "../../model/email.ts";
import type { Operation } from "../../model/operation.ts";
import type { Problem } from "../../model/problem.ts";
import type { Side } from "../../model/side.ts";
import type { Value, Values } from "../../model/value.ts";
import type { PropertyRequest, WriteResult } from "../connector.ts";
import { memoryProblem } from "./problem.ts";
import type { LateOptOut } from "./consent.ts";
import { refuse } from "./consent.ts";
import type { Quirks } from "./quirks.ts";
import type { MemoryStore, StoredContact } from "./store.ts";

export interface WriteSettings {
  readonly side: Side;
  readonly store: MemoryStore;
  readonly quirks: Quirks;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Opt-outs on their way. */
  readonly late: LateOptOut[];
  /** The contact with this address that the system knows of at this moment. */
  readonly holderOf: (email: EmailKey) => StoredContact | undefined;
}

/** Does one operation, or not, and answers as the system would. */
export function memoryWrite(
  settings: WriteSettings,
  operation: Operation,
  properties: readonly PropertyRequest[],
): WriteResult {
  const { quirks } = settings;
  const problem = quirks.refuse(operation);
  if (problem !== null) return { outcome: "refused", problem };
  const lost = quirks.unanswered(operation);
  if (lost === "not_applied") return { outcome: "unknown" };
  const result = apply(settings, operation, properties);
  return lost === "applied" ? { outcome: "unknown" } : result;
}

/** Does what a job was asked for. As Klaviyo's import it writes over the contact that has the address of a create. */
export function applyJob(settings: WriteSettings, operation: Operation): void {
  if (operation.kind !== "create") return void apply(settings, operation, []);
  const { holderOf, store } = settings;
  const holder = holderOf(operation.email);
  if (holder === undefined) return void apply(settings, operation, []);
  const { traceId, side, email, values } = operation;
  apply(settings, { kind: "update", traceId, side, email, id: holder.id, values }, []);
  for (const list of operation.lists) store.join(holder.id, list);
}

function apply(
  settings: WriteSettings,
  operation: Operation,
  properties: readonly PropertyRequest[],
): WriteResult {
  const { side, store, quirks, holderOf } = settings;
  const refused: Problem[] = [];
  switch (operation.kind) {
    case "create": {
      const holder = holderOf(operation.email);
      if (holder !== undefined) return { outcome: "exists", id: holder.id };
      const missing = operation.lists.find((list) => !store.collections.has(list));
      if (missing !== undefined) return { outcome: "refused", problem: memoryProblem(side, "LIST", missing) };
      const taken = accepted(quirks, operation, operation.values, refused);
      const made = store.create(operation.email, Object.fromEntries(taken));
      for (const list of operation.lists) store.join(made.id, list);
      return done(settings, made, properties, refused, quirks.importLike);
    }
    case "update": {
      const target = targetOf(settings, operation.id);
      if (target === undefined) return gone(side, operation.id);
      const address = operation.values["email"];
      const key = typeof address === "string" ? emailKey(address) : null;
      const holder = key === null ? undefined : holderOf(key);
      if (holder !== undefined && holder.id !== target.id)
        return { outcome: "refused", problem: memoryProblem(side, "EMAIL-TAKEN", holder.id) };
      const taken = accepted(quirks, operation, operation.values, refused);
      const values = new Map([...target.values, ...taken.filter(([property]) => property !== "email")]);
      const written = taken.find(([property]) => property === "email");
      const shownEmail = written === undefined ? target.shownEmail : (written[1] as string | null);
      const leaves = quirks.consentStaysWithAddress && shownEmail !== target.shownEmail;
      const consent = leaves ? plainConsent("never_subscribed") : target.consent;
      const changed = store.change(target.id, { values, shownEmail, consent }) ?? target;
      const empties = Object.values(operation.values).includes(null);
      return done(settings, changed, properties, refused, quirks.importLike && !empties);
    }
    case "add_to_list":
    case "remove_from_list":
    case "opt_out":
      break;
  }
  const target = targetOf(settings, operation.id);
  if (target === undefined) return gone(side, operation.id);
  if (operation.kind === "opt_out") {
    const { shownEmail } = target;
    if (quirks.optOutLagMs > 0 && operation.from.kind === "all" && shownEmail !== null) {
      settings.late.push({ email: shownEmail, at: settings.now() + quirks.optOutLagMs });
      return { outcome: "done", id: target.id, stored: null, updatedAt: null, refused };
    }
    refuse(store, target.id, operation.from, new Date(settings.now()).toISOString());
    return { outcome: "done", id: target.id, stored: null, updatedAt: null, refused };
  }
  if (!store.collections.has(operation.list)) {
    return { outcome: "refused", problem: memoryProblem(side, "LIST", operation.list) };
  }
  if (operation.kind === "add_to_list") store.join(target.id, operation.list);
  else store.leave(target.id, operation.list);
  return { outcome: "done", id: target.id, stored: null, updatedAt: null, refused };
}

/** HubSpot takes the id of a merged contact for its survivor's; Klaviyo knows it no longer. */
function targetOf({ side, store }: WriteSettings, id: ExternalId): StoredContact | undefined {
  return side === "hubspot" ? store.survivor(id) : store.get(id);
}

function accepted(
  quirks: Quirks,
  operation: Operation,
  values: Values,
  refused: Problem[],
): readonly (readonly [string, Value])[] {
  return Object.entries(values).flatMap(([property, value]) => {
    const problem = quirks.refuseValue(property, value, operation);
    if (problem !== null) {
      refused.push(problem);
      return [];
    }
    const stored = quirks.normalise(property, value);
    return [[property, Array.isArray(stored) ? [...stored] : stored] as const];
  });
}

function gone(side: Side, id: ExternalId): WriteResult {
  return { outcome: "gone", problem: memoryProblem(side, "GONE", id) };
}

function done(
  { store }: WriteSettings,
  contact: StoredContact,
  properties: readonly PropertyRequest[],
  refused: readonly Problem[],
  importLike: boolean,
): WriteResult {
  if (importLike) return { outcome: "done", id: null, stored: null, updatedAt: null, refused };
  const { values, updatedAt } = store.show(contact, properties);
  return { outcome: "done", id: contact.id, stored: values, updatedAt, refused };
}
