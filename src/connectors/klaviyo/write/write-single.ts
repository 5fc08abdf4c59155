import { emailKey } from "../../../model/email.ts";
import type { CreateContact, Operation, UpdateContact } from "../../../model/operation.ts";
import type { WriteGate } from "../../permit.ts";
import type { Problem } from "../../../model/problem.ts";
import { SystemUnavailable } from "../../../model/problem.ts";
import type { FieldType, Value } from "../../../model/value.ts";
import type { PropertyRequest, WriteResult } from "../../connector.ts";
import type { WriteProgress, WriteRequest } from "../../write-progress.ts";
import type { Calls } from "../wire/calls.ts";
import type { Endpoints } from "../wire/client.ts";
import type { Mutation } from "../wire/put-together.ts";
import { valuesOf } from "../contacts.ts";
import { KlaviyoFailure } from "../problems/failure.ts";
import { anyOf } from "../wire/filter.ts";
import { problemOfFailure } from "../problems/problems.ts";
import type { Draft } from "./profile-body.ts";
import { draftOf, largestOf, propertyAt, sizeOf } from "./profile-body.ts";
import { isoOf } from "../wire/times.ts";
import type { ProfileResource } from "../wire/wire.ts";
import { profileAnswer, profilePage } from "../wire/wire.ts";

export interface WriteSettings {
  readonly calls: Calls;
  readonly client: Endpoints;
  readonly properties: readonly PropertyRequest[];
  readonly gate: WriteGate;
  readonly signal: AbortSignal;
}

export type ContentOperation = CreateContact | UpdateContact;

export function isContent(operation: Operation): operation is ContentOperation {
  return operation.kind === "create" || operation.kind === "update";
}

/** Klaviyo's limit for one profile (specification, 2026-07-15). */
export const LARGEST_PROFILE = 100_000;

/**
 * Creates or updates one profile. What Klaviyo refuses of it is left out and reported, the rest is written. Updates are
 * PATCHes by id: they can empty, they answer with what is stored, and they never make a new profile of a deleted one.
 * Rejects with `SystemUnavailable`.
 */
export async function writeSingle(
  settings: WriteSettings,
  operation: ContentOperation,
  progress: WriteProgress,
): Promise<void> {
  const request = progress.request();
  const result = await resultOf(settings, operation, request).catch((reason: unknown) => {
    // Klaviyo's creates and updates are repeated only where they did nothing; the signal ends none that is under way.
    if (reason instanceof SystemUnavailable || settings.signal.aborted) request.didNothing();
    throw reason;
  });
  progress.settle(operation, result);
}

async function resultOf(
  settings: WriteSettings,
  operation: ContentOperation,
  request: WriteRequest,
): Promise<WriteResult> {
  const { calls, client, gate, signal } = settings;
  const typeOf = typesOf(settings.properties);
  const dropped = new Map<string, Problem>();
  const extra = operation.kind === "create" ? { email: operation.email } : {};

  // Each round leaves out at least one more property, so there are at most as many as there are properties.
  for (;;) {
    let draft = draftOf(operation.values, typeOf, new Set(dropped.keys()), extra);
    const refused = [...dropped.values(), ...draft.problems];
    if (operation.kind === "update" && draft.properties.length === 0) {
      return { outcome: "done", id: operation.id, stored: {}, updatedAt: null, refused };
    }
    if (sizeOf(draft.body) > LARGEST_PROFILE) return { outcome: "refused", problem: tooLarge(operation) };
    const prepare = async (): Promise<Mutation | null> => {
      const admitted = await gate.admit([operation], "request");
      const [still] = admitted?.operations.filter(isContent) ?? [];
      if (admitted === null || still === undefined) return null;
      draft = draftOf(still.values, typeOf, new Set(dropped.keys()), extra);
      request.goes([operation]);
      if (still.kind === "create") return client.create(admitted.permit, draft.body);
      // Nothing is left: what Klaviyo did not refuse before has moved.
      if (draft.properties.length === 0) return null;
      return client.update(admitted.permit, still.id, draft.body);
    };
    try {
      const name = operation.kind === "create" ? "create_profile" : "update_profile";
      const answer = await calls.write(name, prepare, profileAnswer, signal);
      if (answer === null) return { outcome: "not_sent" };
      return doneAs(answer.data.data, settings.properties, refused);
    } catch (error) {
      if (!(error instanceof KlaviyoFailure)) throw error;
      if (error.ambiguous) return { outcome: "unknown" };
      const verdict = await judge(settings, operation, draft, error);
      if (!("drop" in verdict)) return verdict;
      dropped.set(verdict.drop, verdict.problem);
    }
  }
}

function doneAs(
  profile: ProfileResource,
  properties: readonly PropertyRequest[],
  refused: readonly Problem[],
): WriteResult {
  const { values } = valuesOf(profile, properties);
  const updatedAt = wholeSecond(isoOf(profile.attributes["updated"]));
  return { outcome: "done", id: profile.id, stored: values, updatedAt, refused };
}

type Verdict = WriteResult | { readonly drop: string; readonly problem: Problem };

/** What a refusal means: the property to leave out, or the end of it. */
async function judge(
  settings: WriteSettings,
  operation: ContentOperation,
  draft: Draft,
  failure: KlaviyoFailure,
): Promise<Verdict> {
  const { email, values } = operation;
  if (failure.status === 409) {
    return operation.kind === "create"
      ? judgeDuplicateCreate(settings, operation, draft, failure)
      : judgeDuplicateUpdate(settings, operation, draft, failure);
  }
  if (failure.status === 404 && operation.kind === "update") {
    const about = { email, profile: operation.id };
    const [found] = await byFilter(settings, anyOf("id", [operation.id]));
    if (found === undefined) return { outcome: "gone", problem: problemOfFailure(failure, about) };
    // Klaviyo says "not found" of a profile that is there when its new address belongs to another.
    const taken = { ...about, property: "email", value: String(values["email"]) };
    return {
      outcome: "refused",
      problem: problemOfFailure(failure, draft.properties.includes("email") ? taken : about),
    };
  }
  const property = failure.errors
    .map(({ source }) => propertyAt(source?.pointer, draft))
    .find((named) => named !== null);
  const largest = largestOf(values);
  if (property === undefined || property === null) {
    return { outcome: "refused", problem: problemOfFailure(failure, { email, largest }) };
  }
  const value = String(values[property]);
  return { drop: property, problem: problemOfFailure(failure, { property, value, email, largest }) };
}

/** An identifier of the new profile is taken: the address, then it exists; or the number, then it goes without. */
async function judgeDuplicateCreate(
  settings: WriteSettings,
  { email, values }: CreateContact,
  { properties }: Draft,
  failure: KlaviyoFailure,
): Promise<Verdict> {
  const other = duplicateOf(failure);
  if (!properties.includes("phone_number")) return { outcome: "exists", id: other };
  const [holder] = await byFilter(settings, anyOf("email", [email]));
  if (holder !== undefined) return { outcome: "exists", id: holder.id };
  const about = { property: "phone_number", value: String(values["phone_number"]), email };
  return {
    drop: "phone_number",
    problem: problemOfFailure(failure, other ? { ...about, profile: other } : about),
  };
}

async function judgeDuplicateUpdate(
  settings: WriteSettings,
  { id, email, values }: UpdateContact,
  { properties }: Draft,
  failure: KlaviyoFailure,
): Promise<Verdict> {
  const other = duplicateOf(failure);
  const about = { email, ...(other === null ? {} : { profile: other }) };
  const address = emailKey(properties.includes("email") ? String(values["email"]) : null);
  const holders = address === null ? [] : await byFilter(settings, anyOf("email", [address]));
  if (
    address !== null &&
    (!properties.includes("phone_number") || holders.some((holder) => holder.id !== id))
  ) {
    const taken = { ...about, property: "email", value: address };
    return { outcome: "refused", problem: problemOfFailure(failure, taken) };
  }
  if (!properties.includes("phone_number"))
    return { outcome: "refused", problem: problemOfFailure(failure, about) };
  const taken = { ...about, property: "phone_number", value: String(values["phone_number"]) };
  return { drop: "phone_number", problem: problemOfFailure(failure, taken) };
}

function duplicateOf({ errors }: KlaviyoFailure): string | null {
  return errors.map(({ meta }) => meta?.duplicate_profile_id).find((id) => id !== undefined) ?? null;
}

async function byFilter(
  { calls, client, signal }: WriteSettings,
  filter: string,
): Promise<readonly ProfileResource[]> {
  const call = client.profiles({ sort: "id", filter, cursor: null, predictions: false });
  const { data } = await calls.read(call, profilePage, signal);
  return data.data;
}

export function tooLarge({ email, values }: ContentOperation): Problem {
  const failure = new KlaviyoFailure({
    operation: "update_profile",
    kind: "answered",
    status: 413,
    errors: [],
    html: false,
    retryAfterMs: null,
    notSent: true,
    code: null,
  });
  return problemOfFailure(failure, { email, largest: largestOf(values) });
}

/** The type to write a property as; one that nobody named is written as what its value is. */
export function typesOf(
  properties: readonly PropertyRequest[],
): (property: string, value: Value) => FieldType {
  const types = new Map(properties.map(({ property, type }) => [property, type]));
  return (property, value) =>
    types.get(property) ??
    (typeof value === "boolean" ? "boolean" : typeof value === "object" && value !== null ? "list" : "text");
}

/**
 * Writes answer with microseconds, reads with whole seconds. Compared as they are, the read that follows a
 * write would look older than it.
 */
function wholeSecond(time: string | null): string | null {
  return time === null ? null : time.replace(/\.\d+/, ".000");
}
