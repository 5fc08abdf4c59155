import type { EmailKey } from "../../model/email.ts";
import type { KnownLink } from "../../model/link.ts";
import type { Mapping } from "../../model/mapping.ts";
import type { Values } from "../../model/value.ts";
import type { ContactPlan, PlannedOperation } from "../../plan/planned.ts";
import type { UndoableWrite, NotUndone, UndoPlan } from "../../plan/plan-undo.ts";
import { asContactPlan, planUndo, undoNothing } from "../../plan/plan-undo.ts";
import type { RunContext } from "../../pull/run-context.ts";
import type { WriteFilter, JournalledWrite, LinkWrites } from "../../store/writes/writes-by-link.ts";
import { writesByLink } from "../../store/writes/writes-by-link.ts";
import { openStore } from "../../store/runs/connections.ts";
import { knownLinks } from "../../store/links/known-links.ts";
import { readRun } from "../../store/runs/run-list.ts";
import type { Between } from "../between.ts";
import { lendingBetween } from "../between.ts";
import { withConnection } from "../connection-lease.ts";
import type { Deps } from "../deps.ts";
import { pullAndLink } from "../contacts/pull-and-link.ts";
import type { PlannedPerson } from "./plan-file.ts";
import { writePlanFile } from "./plan-file.ts";
import type { StampBack } from "./undo-stamps.ts";
import { undoStamps } from "./undo-stamps.ts";
import { checkPlanPlace } from "./plan-place.ts";
/** People read from the journal at a time. */
const PEOPLE_PER_PAGE = 500;

/** What an undo would put back, what it would leave, and the hash of the file that says all of it. */
export interface UndoFindings {
  readonly hash: string;
  readonly people: number;
  readonly operations: number;
  /** What was done: each change is put back, is so already, or is left. */
  readonly changes: number;
  readonly putBack: number;
  readonly already: number;
  /** How many changes are left as they are, by why. */
  readonly left: Readonly<Partial<Record<NotUndone["why"], number>>>;
  readonly examples: readonly ContactPlan[];
  /** Examples of what was stamped of people's last activity; their contacts need not be linked. */
  readonly stamps: readonly { readonly email: EmailKey; readonly operation: StampBack }[];
}

/**
 * Saves a plan that puts back the values before these writes, as far as nobody changed them since. Both sides are read
 * at; neither is written to.
 *
 * @param out where to save it
 * @param examples how many people to bring in full
 * @param between what happens for opt-outs between its pages
 * @throws NoSuchRun where a run is named that there never was
 * @throws PlanNotSaved where `out` is no place for it
 * @throws ConnectionBusy while another process works on the connection
 */
export async function makeUndo(
  outer: Deps,
  mapping: Mapping,
  wanted: WriteFilter,
  out: string,
  examples: number,
  between: Between = lendingBetween,
): Promise<UndoFindings> {
  await checkPlanPlace(out);
  await checkRun(outer, mapping, wanted);
  return withConnection(outer, mapping.name, async (own) => {
    const leased = between(own, mapping);
    const { context } = await pullAndLink(leased, mapping, (wanted.email as EmailKey | undefined) ?? null);
    const made = leased.now().toISOString();
    const about = {
      kind: "undo",
      connection: mapping.name,
      mapping: mapping.hash,
      made,
      undoes: wanted,
    } as const;
    const found = {
      people: 0,
      operations: 0,
      changes: 0,
      putBack: 0,
      already: 0,
      left: {} as Record<string, number>,
      examples: [] as ContactPlan[],
      stamps: [] as { readonly email: EmailKey; readonly operation: StampBack }[],
    };
    // Nothing to put back is no plan: one of before stays as it is.
    const { hash } = await writePlanFile(out, outer.fileKey(), about, people(), (count) => count > 0);
    return { ...found, hash };

    function count({ putBack, already, left }: Pick<UndoPlan, "putBack" | "already" | "left">): void {
      for (const { why } of left) found.left[why] = (found.left[why] ?? 0) + 1;
      found.changes += putBack + already + left.length;
      found.putBack += putBack;
      found.already += already;
    }

    async function* people(): AsyncGenerator<PlannedPerson> {
      for await (const { known, undo } of undoPlans(context, wanted)) {
        count(undo);
        if (known === null || undo.operations.length === 0) continue;
        found.people += 1;
        found.operations += undo.operations.length;
        if (found.examples.length < examples)
          found.examples.push(asContactPlan(context.fields, known, undo.operations));
        yield { link: known.link.id, email: known.link.email, operations: undo.operations };
      }
      for await (const stamp of undoStamps(context, mapping.engagement?.rollUps ?? [], wanted)) {
        const { email, operation, already, left } = stamp;
        const putBack = operation === null ? 0 : Object.keys(operation.fields).length;
        count({ putBack, already, left });
        if (operation === null) continue;
        found.people += 1;
        found.operations += 1;
        if (found.stamps.length < examples) found.stamps.push({ email, operation });
        yield { link: null, email, operations: [operation] };
      }
    }
  });
}

/** A run of this number is not known to this connection. */
export class NoSuchRun extends Error {
  constructor(id: bigint) {
    super(`There is no run ${id}`);
    this.name = "NoSuchRun";
  }
}

async function checkRun({ database }: Deps, mapping: Mapping, { runId }: WriteFilter): Promise<void> {
  if (runId === undefined) return;
  const store = await openStore(database, mapping.name);
  if ((await readRun(store, runId)) === null) throw new NoSuchRun(runId);
}

/**
 * What putting these writes back would do to these people now, by link. It is derived from the journal and from what both
 * sides show: a saved undo is asked for exactly this again before anything of it is done.
 */
export async function undoAgain(
  context: RunContext,
  wanted: WriteFilter,
  people: readonly KnownLink[],
): Promise<ReadonlyMap<bigint, readonly PlannedOperation[]>> {
  const { store } = context;
  const links = people.map(({ link }) => link.id);
  const found = await writesByLink(store, wanted, 0n, links.length, links);
  const byId = new Map(people.map((known) => [known.link.id, known]));
  return new Map(
    found.flatMap((row): readonly [bigint, readonly PlannedOperation[]][] => {
      const known = byId.get(row.linkId);
      return known === undefined ? [] : [[row.linkId, undoOf(context, wanted, known, row).operations]];
    }),
  );
}

function undoOf(
  { fields }: RunContext,
  wanted: WriteFilter,
  known: KnownLink,
  { writes, touchedSince }: LinkWrites,
): UndoPlan {
  const done = writes.map((row) => undoableWrite(row, wanted.fields));
  return planUndo(fields, known, done, new Set(touchedSince));
}

/** A person at a time, by link: an address that they had then may be another person's now. */
async function* undoPlans(
  context: RunContext,
  wanted: WriteFilter,
): AsyncGenerator<{ readonly known: KnownLink | null; readonly undo: UndoPlan }> {
  const { store, scope } = context;
  let after = 0n;
  for (;;) {
    const page = await writesByLink(store, wanted, after, PEOPLE_PER_PAGE);
    const filter = { kind: "answered", ids: page.map(({ linkId }) => linkId) } as const;
    const links = await knownLinks(store, scope, filter, 0n, PEOPLE_PER_PAGE, context.now());
    const byId = new Map<bigint, KnownLink>(links.map((known) => [known.link.id, known]));
    for (const row of page) {
      const known = byId.get(row.linkId) ?? null;
      // What such a person holds is not known before their last write was looked for.
      const undo =
        known === null
          ? undoNothing(
              row.writes.map((write) => undoableWrite(write, wanted.fields)),
              "unanswered",
            )
          : undoOf(context, wanted, known, row);
      yield { known, undo };
    }
    const last = page.at(-1);
    if (last === undefined || page.length < PEOPLE_PER_PAGE) return;
    after = last.linkId;
  }
}

function undoableWrite(
  { side, kind, before, after, run }: JournalledWrite,
  fields: readonly string[] | undefined,
): UndoableWrite {
  const list = kind === "add_to_list" || kind === "remove_from_list" ? String(after["list"]) : null;
  return { side, kind, list, run, before: list === null ? only(before, fields) : {} };
}

function only(values: Values, fields: readonly string[] | undefined): Values {
  if (fields === undefined) return values;
  return Object.fromEntries(Object.entries(values).filter(([field]) => fields.includes(field)));
}
