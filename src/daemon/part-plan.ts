import type { EmailKey } from "../model/email.ts";
import type { KnownLink } from "../model/link.ts";
import { EMAIL_FIELD } from "../model/mapping.ts";
import { sameValue } from "../model/value.ts";
import { changesBy } from "../plan/changes.ts";
import type { ContactPlan, PlannedOperation } from "../plan/plan-contact.ts";
import { planContact } from "../plan/plan-contact.ts";
import { asContactPlan } from "../plan/plan-undo.ts";
import type { RunContext } from "../pull/run-context.ts";
import { knownLinks } from "../store/known-links.ts";
import type { PlannedPerson, SavedPlan } from "./plan-file.ts";

/** An operation of a saved plan that is no longer what the situation asks for. */
export interface MovedPerson {
  readonly link: bigint;
  readonly email: EmailKey;
  readonly operation: PlannedOperation["kind"];
}

/** A page of a saved plan: what still stands, what moved, and how much is so already. */
export interface Parted {
  readonly plans: readonly ContactPlan[];
  readonly moved: readonly MovedPerson[];
  readonly already: number;
}

/** Compares a page of a saved plan with what is known of its people now. */
export async function partPage(
  context: RunContext,
  kind: SavedPlan["kind"],
  page: readonly PlannedPerson[],
): Promise<Parted> {
  const filter = { kind: "answered", ids: page.map(({ link }) => link) } as const;
  const links = await knownLinks(
    context.database,
    context.connectionId,
    context.scope,
    filter,
    0n,
    page.length,
    context.now(),
  );
  const byId = new Map(links.map((known) => [known.link.id, known]));
  const plans: ContactPlan[] = [];
  const moved: MovedPerson[] = [];
  let already = 0;
  for (const { link, email, operations } of page) {
    const known = byId.get(link);
    // What was planned for one address is not done to another; an old value belongs to its person.
    const isSame = known !== undefined && (kind === "undo" || known.link.email === email);
    const now = isSame ? planAsNow(context, kind, known, operations) : null;
    if (now !== null && now.operations.length > 0) plans.push(now);
    const kept = new Set(now?.operations.flatMap(wordsOf));
    for (const one of operations) {
      if (wordsOf(one).every((words) => kept.has(words))) continue;
      if (isSame && isSoAlready(known, one)) already += 1;
      else moved.push({ link, email, operation: one.kind });
    }
  }
  return { plans, moved, already };
}

/** Does the side show what the operation would make of it? */
function isSoAlready(known: KnownLink, operation: PlannedOperation): boolean {
  const { link, askedFor } = known;
  const seen = known.sightings[operation.side];
  switch (operation.kind) {
    case "create":
    case "update":
      if (seen === null) return false;
      return Object.entries(operation.fields).every(([field, value]) =>
        sameValue(seen.fields[field] ?? null, value),
      );
    case "add_to_list":
      return link.lists.includes(operation.list);
    case "remove_from_list":
      return !link.lists.includes(operation.list);
    case "subscribe":
      return askedFor.includes(operation.list);
    case "opt_out":
      return false;
  }
}

function planAsNow(
  context: RunContext,
  kind: SavedPlan["kind"],
  known: KnownLink,
  operations: readonly PlannedOperation[],
): ContactPlan {
  const now = planContact(context, known);
  if (kind === "undo") {
    // What an address waits for, an old address waits for too.
    const may = now.waits === undefined ? operations : operations.filter((one) => !writesAddress(one));
    return asContactPlan(context.fields, known, standing(known, may));
  }
  const wanted = new Set(operations.flatMap(wordsOf));
  const same = now.operations.filter((one) => wordsOf(one).every((words) => wanted.has(words)));
  return { ...now, operations: same };
}

function writesAddress(operation: PlannedOperation): boolean {
  return operation.kind === "update" && Object.hasOwn(operation.fields, EMAIL_FIELD.key);
}

/**
 * The operations of an undo that still stand. A field that is put back on both sides moves on both or on neither: an
 * update that moved takes the other side's update of the same field with it.
 */
function standing(known: KnownLink, operations: readonly PlannedOperation[]): readonly PlannedOperation[] {
  const fieldsOf = (one: PlannedOperation): readonly string[] =>
    one.kind === "update" ? Object.keys(one.fields) : [];
  const moved = new Set(operations.filter((one) => !isAsSeen(known, one)).flatMap(fieldsOf));
  return operations.filter((one) => isAsSeen(known, one) && !fieldsOf(one).some((field) => moved.has(field)));
}

/** Does the side still show what the undo was planned from? */
function isAsSeen(known: KnownLink, operation: PlannedOperation): boolean {
  const seen = known.sightings[operation.side];
  if (operation.kind === "create" || seen === null || seen.id !== operation.id) return false;
  if (operation.kind !== "update") return true;
  return Object.entries(operation.pre).every(([field, value]) =>
    sameValue(seen.fields[field] ?? null, value),
  );
}

/** What is done, wholly; to whom is the link's. */
function wordsOf(operation: PlannedOperation): readonly string[] {
  return changesBy("", operation).map(({ action, words }) => `${action} ${words}`);
}
