import type { Problem } from "../../../model/problem.ts";
import type { CreateContact, Operation, UpdateContact } from "../../../model/operation.ts";
import type { Value } from "../../../model/value.ts";
import type { PropertyRequest, WriteResult } from "../../connector.ts";
import type { WriteInput } from "../wire/client.ts";
import { decode, encode } from "../fields.ts";
import { stageKept } from "./lifecycle-stage.ts";
import type { VendorError } from "../wire/parse.ts";
import type { ContactRecord } from "../pull/records.ts";
import { problemOf } from "../problems/problems.ts";
import { propertyErrors } from "../problems/property-errors.ts";
import type { PropertyError } from "../problems/property-errors.ts";
import { existingId, isTakenAddress } from "../problems/error-answer.ts";

/** One create or update under way. Fields that HubSpot will not take leave it one by one. */
export interface Job {
  readonly operation: CreateContact | UpdateContact;
  /** As on the wire. */
  readonly properties: Readonly<Record<string, string>>;
  readonly refused: readonly Problem[];
}

/** What is to become of a job: it is settled, or goes out once more. */
export type Next = { readonly settled: WriteResult } | { readonly again: Job };

/** The job of an operation, without the values that HubSpot cannot hold. */
export function jobOf(operation: CreateContact | UpdateContact): Job {
  const properties: Record<string, string> = {};
  const refused: Problem[] = [];
  if (operation.kind === "create") properties["email"] = operation.email;
  for (const [property, value] of Object.entries(operation.values)) {
    const text = encode(value);
    if (text === undefined) refused.push(unwritable(property, value));
    else properties[property] = text;
  }
  return { operation, properties, refused };
}

export function inputOf({ operation, properties }: Job): WriteInput {
  const id = operation.kind === "update" ? { id: operation.id } : {};
  return { ...id, traceId: operation.traceId, properties: { ...properties } };
}

/** The job as the gate left it: without the values that it dropped, or not at all. */
export function stillWanted(job: Job, admitted: readonly Operation[]): readonly Job[] {
  const still = admitted.find(({ traceId }) => traceId === job.operation.traceId);
  if (still === undefined || (still.kind !== "create" && still.kind !== "update")) return [];
  const properties = Object.fromEntries(
    Object.entries(job.properties).filter(
      ([property]) => property in still.values || (property === "email" && still.kind === "create"),
    ),
  );
  const left = { ...job, operation: still, properties };
  return isEmpty(left) ? [] : [left];
}

/** Is there nothing left to write? */
export function isEmpty({ operation, properties }: Job): boolean {
  return operation.kind === "update" && Object.keys(properties).length === 0;
}

/** A job of which nothing is left: certainly not done, and why. */
export function emptied({ refused, operation }: Job): WriteResult {
  const [problem] = refused;
  if (problem !== undefined) return { outcome: "refused", problem };
  const id = operation.kind === "update" ? operation.id : null;
  return { outcome: "done", id, stored: {}, updatedAt: null, refused: [] };
}

/** Done: what HubSpot says it now holds of the values that were written. */
export function doneWith(
  { operation, properties, refused }: Job,
  record: ContactRecord,
  types: readonly PropertyRequest[],
): WriteResult {
  const stored: Record<string, Value> = {};
  const kept: Problem[] = [];
  for (const { property, type } of types) {
    const sent = properties[property];
    if (sent === undefined || !Object.hasOwn(operation.values, property)) continue;
    const held = record.properties[property];
    // Answers leave out what is empty; what was emptied and is not there is empty.
    if (held === undefined && sent !== "") continue;
    const stage = stageKept(property, sent, held);
    const decoded = decode(held, type);
    if (stage !== null) kept.push(stage);
    else if ("value" in decoded) stored[property] = decoded.value;
  }
  return {
    outcome: "done",
    id: record.id,
    stored,
    updatedAt: record.updatedAt,
    refused: [...refused, ...kept],
  };
}

/** What an error answer of this one job means: settled, or the rest of it is worth another try. */
export function afterErrorAnswer(job: Job, status: number, error: VendorError): Next {
  const { operation } = job;
  const creating = operation.kind === "create";
  if (creating && (status === 409 || isTakenAddress(error)))
    return { settled: { outcome: "exists", id: existingId(error) } };
  if (!creating && status === 404) {
    return { settled: { outcome: "gone", problem: problem(job, status, error, null) } };
  }
  const named = propertyErrors(error).map((each) => ({ each, why: problem(job, status, error, each) }));
  const [first] = named;
  const whole = named.find(({ why }) => why.level === "contact");
  const droppable = named.filter(({ each }) => each.property in job.properties && each.property !== "email");
  // An address that is refused or taken, or another property that is required: the contact is not written in part.
  if (whole !== undefined || droppable.length === 0 || droppable.length < named.length) {
    const why = whole?.why ?? first?.why ?? problem(job, status, error, null);
    return { settled: { outcome: "refused", problem: why } };
  }
  const rest = droppable.reduce((left, { each, why }) => without(left, each.property, why), job);
  return isEmpty(rest) ? { settled: emptied(rest) } : { again: rest };
}

/** The job without a property that nobody can write, where it has it. */
export function withoutProperty(job: Job, status: number, error: VendorError, each: PropertyError): Job {
  if (!(each.property in job.properties)) return job;
  return without(job, each.property, problem(job, status, error, each));
}

function without(job: Job, property: string, why: Problem): Job {
  const properties = Object.fromEntries(Object.entries(job.properties).filter(([name]) => name !== property));
  return { ...job, properties, refused: [...job.refused, why] };
}

function problem(job: Job, status: number, error: VendorError, property: PropertyError | null): Problem {
  return problemOf({
    status,
    error,
    about: "contact",
    property,
    subject: job.operation.email,
    value: property === null ? "" : (job.properties[property.property] ?? ""),
    signInLost: false,
  });
}

function unwritable(property: string, value: Value): Problem {
  const items = Array.isArray(value) ? value.filter((item: string) => item.includes(";")) : [];
  return {
    code: "SK-TRANSFORM",
    level: "field",
    side: "hubspot",
    field: property,
    title: "A list item with a semicolon cannot go to HubSpot",
    explanation: `HubSpot separates the values of ${property} by semicolons, so "${items.join('", "')}" would become several.`,
    fix: ["Remove the semicolon in Klaviyo, or map the value under options: in the mapping file."],
    retry: "on_change",
    reference: null,
  };
}
