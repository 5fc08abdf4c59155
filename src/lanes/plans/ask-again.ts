import type { EmailKey } from "../../model/email.ts";
import type { RollUpProperty } from "../../model/engagement-mapping.ts";
import type { KnownLink } from "../../model/link.ts";
import { EMAIL_FIELD } from "../../model/mapping.ts";
import { changesBy } from "../../plan/changes.ts";
import type { ContactPlan, PlannedOperation } from "../../plan/planned.ts";
import { planContact } from "../../plan/plan-contact.ts";
import { asContactPlan } from "../../plan/plan-undo.ts";
import type { RunContext } from "../../pull/run-context.ts";
import { knownLinks } from "../../store/links/known-links.ts";
import type { PlanHeader, PlannedPerson } from "./plan-file.ts";
import { isSoAlready } from "./still-stands.ts";
import type { PlannedStamp } from "./undo-stamps.ts";
import { stampsAgain } from "./undo-stamps.ts";
import { undoAgain } from "./undo.ts";

/** One person of a page, and what the saved plan holds for them. */
export interface PersonAgain {
  readonly known: KnownLink;
  readonly planned: readonly PlannedOperation[];
}

/** A person of a saved plan who is on a link. */
export type LinkedPerson = PlannedPerson & { readonly link: bigint };

/**
 * What is to be done now, as far as the saved plan holds it too. Nothing is ever done because a file says so: the mapping,
 * the journal or a request has to ask for the very same again.
 */
export interface AskAgain {
  /** About these people, by link. */
  readonly people: (
    context: RunContext,
    people: readonly PersonAgain[],
  ) => Promise<ReadonlyMap<bigint, ContactPlan>>;
  /** Those of these stamps that are still to be put back. */
  readonly stamps: (context: RunContext, stamps: readonly PlannedStamp[]) => Promise<readonly PlannedStamp[]>;
}

export const NO_STAMPS: AskAgain["stamps"] = () => Promise.resolve([]);

/** The mapping is asked again about a plan, the journal about an undo. */
export function askAgain(about: PlanHeader, rollUps: readonly RollUpProperty[]): AskAgain {
  if (about.kind === "plan") return { people: askMapping, stamps: NO_STAMPS };
  return {
    async people(context, people) {
      const links = people.map(({ known }) => known);
      const again = await undoAgain(context, about.undoes, links);
      return putBackPlans(context, people, again);
    },
    stamps: (context, stamps) => stampsAgain(context, rollUps, about.undoes, stamps),
  };
}

const askMapping: AskAgain["people"] = (context, people) =>
  Promise.resolve(
    new Map(
      people.map(({ known, planned }): [bigint, ContactPlan] => {
        const now = planContact(context, known);
        const operations = sharedBy(now.operations, planned);
        return [known.link.id, { ...now, operations }];
      }),
    ),
  );

/**
 * Plans that put values back, of those operations that are planned. A field that is put back on both sides is put back on
 * both or on neither: an update that moved takes the other side's update of the same field with it.
 */
export function putBackPlans(
  context: RunContext,
  people: readonly PersonAgain[],
  again: ReadonlyMap<bigint, readonly PlannedOperation[]>,
): ReadonlyMap<bigint, ContactPlan> {
  return new Map(
    people.map(({ known, planned }): [bigint, ContactPlan] => {
      const { id } = known.link;
      const people = again.get(id) ?? [];
      // What an address waits for, an old address waits for too.
      const waits = planContact(context, known).waits !== undefined;
      const now = waits ? people.filter((one) => !writesAddress(one)) : people;
      const same = sharedBy(now, planned);
      const moved = new Set(
        [...now, ...planned].filter((one) => sharedBy([one], same).length === 0).flatMap(fieldsOf),
      );
      const operations = same.filter((one) => !fieldsOf(one).some((field) => moved.has(field)));
      return [id, asContactPlan(context.fields, known, operations)];
    }),
  );
}

function writesAddress(operation: PlannedOperation): boolean {
  return fieldsOf(operation).includes(EMAIL_FIELD.key);
}

function fieldsOf(operation: PlannedOperation): readonly string[] {
  return operation.kind === "update" ? Object.keys(operation.fields) : [];
}

/** Those of the first operations that the others say too, to the last value. */
function sharedBy(
  operations: readonly PlannedOperation[],
  others: readonly PlannedOperation[],
): readonly PlannedOperation[] {
  const said = new Set(others.flatMap(wordsOf));
  return operations.filter((one) => wordsOf(one).every((words) => said.has(words)));
}

/** An operation of a saved plan that is no longer what the situation asks for. */
export interface MovedPerson {
  /** `null` of a stamp, whose contact need not be linked. */
  readonly link: bigint | null;
  readonly email: EmailKey;
  readonly operation: PlannedOperation["kind"];
}

/** A page of a saved plan: what still stands, what moved, and how much is so already. */
export interface PartedPage {
  readonly plans: readonly ContactPlan[];
  readonly moved: readonly MovedPerson[];
  readonly already: number;
}

/** Of a page of a saved plan: what is asked for still, what moved, and what is so already. */
export async function partPage(
  context: RunContext,
  kind: PlanHeader["kind"],
  ask: AskAgain,
  page: readonly LinkedPerson[],
): Promise<PartedPage> {
  const byId = await linksOf(
    context,
    page.map(({ link }) => link),
  );
  // What was planned for one address is not done to another; an old value belongs to its person.
  const stillThere = ({ link, email }: LinkedPerson): KnownLink | null => {
    const known = byId.get(link);
    return known !== undefined && (kind === "undo" || known.link.email === email) ? known : null;
  };
  const people = page.flatMap((person): readonly PersonAgain[] => {
    const known = stillThere(person);
    return known === null ? [] : [{ known, planned: person.operations }];
  });
  const again = await ask.people(context, people);
  const plans = [...again.values()].filter(({ operations }) => operations.length > 0);
  const moved: MovedPerson[] = [];
  let already = 0;
  for (const person of page) {
    const { link, email, operations } = person;
    const known = stillThere(person);
    const now = known === null ? undefined : again.get(link);
    const kept = new Set(now?.operations.flatMap(wordsOf));
    for (const one of operations) {
      if (wordsOf(one).every((words) => kept.has(words))) continue;
      if (known !== null && isSoAlready(known, one)) already += 1;
      else moved.push({ link, email, operation: one.kind });
    }
  }
  return { plans, moved, already };
}

/** By link; who has no answer to their last write yet is not among them. */
async function linksOf(
  { store, scope, now }: RunContext,
  ids: readonly bigint[],
): Promise<ReadonlyMap<bigint, KnownLink>> {
  const filter = { kind: "answered", ids } as const;
  const links = await knownLinks(store, scope, filter, 0n, ids.length, now());
  return new Map(links.map((known) => [known.link.id, known]));
}

/** What is done, wholly; to whom is the link's. */
function wordsOf(operation: PlannedOperation): readonly string[] {
  return changesBy("", operation).map(({ action, words }) => `${action} ${words}`);
}
