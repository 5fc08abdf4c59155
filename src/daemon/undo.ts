import type { EmailKey } from "../model/email.ts";
import type { KnownLink } from "../model/link.ts";
import type { Mapping } from "../model/mapping.ts";
import type { Values } from "../model/value.ts";
import type { ContactPlan } from "../plan/plan-contact.ts";
import type { Deed, NotUndone } from "../plan/plan-undo.ts";
import { asContactPlan, planUndo } from "../plan/plan-undo.ts";
import type { RunContext } from "../pull/run-context.ts";
import type { DeedFilter, DeedRow } from "../store/deeds.ts";
import { deedsByLink } from "../store/deeds.ts";
import { openConnection } from "../store/connections.ts";
import { knownLinks } from "../store/known-links.ts";
import { readRun } from "../store/run-list.ts";
import { withConnection } from "./connection-lease.ts";
import type { Deps } from "./deps.ts";
import { look } from "./look.ts";
import type { PlannedPerson } from "./plan-file.ts";
import { writePlanFile } from "./plan-file.ts";
import { checkPlanPlace } from "./plan-place.ts";

/** People read from the journal at a time. */
const PEOPLE_PER_PAGE = 500;

/** What an undo would put back, what it would leave, and the hash of the file that says all of it. */
export interface UndoFindings {
  readonly hash: string;
  readonly people: number;
  readonly operations: number;
  /** How often something is left as it is, by why. */
  readonly left: Readonly<Partial<Record<NotUndone["why"], number>>>;
  readonly examples: readonly ContactPlan[];
}

/**
 * Saves a plan that puts back the values before these writes, as far as nobody changed them since. Both sides are read
 * at; neither is written to.
 *
 * @param out where to save it
 * @param examples how many people to bring in full
 * @throws NoSuchRun where a run is named that there never was
 * @throws PlanNotSaved where `out` is no place for it
 * @throws ConnectionBusy while another process works on the connection
 */
export async function makeUndo(
  outer: Deps,
  mapping: Mapping,
  wanted: DeedFilter,
  out: string,
  examples: number,
): Promise<UndoFindings> {
  await checkPlanPlace(out);
  await checkRun(outer, mapping, wanted);
  return withConnection(outer, mapping.name, async (_lease, deps) => {
    const { context } = await look(deps, mapping, (wanted.email as EmailKey | undefined) ?? null);
    const made = deps.now().toISOString();
    const about = { kind: "undo", connection: mapping.name, mapping: mapping.hash, made } as const;
    const found = {
      people: 0,
      operations: 0,
      left: {} as Record<string, number>,
      examples: [] as ContactPlan[],
    };
    // Nothing to put back is no plan: one of before stays as it is.
    const { hash } = await writePlanFile(out, about, people(), (count) => count > 0);
    return { ...found, hash };

    async function* people(): AsyncGenerator<PlannedPerson> {
      for await (const { plan, left } of undoPlans(context, wanted)) {
        for (const { why } of left) found.left[why] = (found.left[why] ?? 0) + 1;
        if (plan.operations.length === 0) continue;
        found.people += 1;
        found.operations += plan.operations.length;
        if (found.examples.length < examples) found.examples.push(plan);
        yield { email: plan.known.link.email, operations: plan.operations };
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

async function checkRun({ database }: Deps, mapping: Mapping, { runId }: DeedFilter): Promise<void> {
  if (runId === undefined) return;
  const { id } = await openConnection(database, mapping.name);
  if ((await readRun(database, id, runId)) === null) throw new NoSuchRun(runId);
}

/** A person at a time. */
async function* undoPlans(context: RunContext, wanted: DeedFilter) {
  const { database, connectionId, scope, fields } = context;
  let after = 0n;
  for (;;) {
    const page = await deedsByLink(database, connectionId, wanted, after, PEOPLE_PER_PAGE);
    const filter = { kind: "emails", emails: page.map(({ email }) => email) } as const;
    const links = await knownLinks(database, connectionId, scope, filter, 0n, PEOPLE_PER_PAGE, context.now());
    const byId = new Map<bigint, KnownLink>(links.map((known) => [known.link.id, known]));
    for (const { linkId, deeds, touchedSince } of page) {
      const known = byId.get(linkId);
      if (known === undefined) continue;
      const done = deeds.map((row) => deedOf(row, wanted.fields));
      const { operations, left } = planUndo(fields, known, done, new Set(touchedSince));
      yield { plan: asContactPlan(fields, known, operations), left };
    }
    const last = page.at(-1);
    if (last === undefined || page.length < PEOPLE_PER_PAGE) return;
    after = last.linkId;
  }
}

function deedOf({ side, kind, before, after, run }: DeedRow, fields: readonly string[] | undefined): Deed {
  const list = kind === "add_to_list" || kind === "remove_from_list" ? String(after["list"]) : null;
  return { side, kind, list, run, before: list === null ? only(before, fields) : {} };
}

function only(values: Values, fields: readonly string[] | undefined): Values {
  if (fields === undefined) return values;
  return Object.fromEntries(Object.entries(values).filter(([field]) => fields.includes(field)));
}
