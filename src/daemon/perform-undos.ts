import type { EmailKey } from "../model/email.ts";
import type { KnownLink } from "../model/link.ts";
import type { FieldRule, Mapping } from "../model/mapping.ts";
import { syncedFields } from "../model/mapping.ts";
import { SIDES, otherSide } from "../model/side.ts";
import { sameValue } from "../model/value.ts";
import type { PlannedOperation } from "../plan/plan-contact.ts";
import type { UndoableConflict } from "../store/conflict-undos.ts";
import { settleUndos, waitingUndos } from "../store/conflict-undos.ts";
import { openConnection } from "../store/connections.ts";
import { knownLinks } from "../store/known-links.ts";
import { applyPlan } from "./apply-plan.ts";
import { withConnection } from "./connection-lease.ts";
import type { Deps } from "./deps.ts";
import { look } from "./look.ts";

/** People click them one at a time. */
const AT_ONCE = 500;

/**
 * Puts back the losing values that somebody asked for on the status page, in a separate plan: both sides are read
 * again, and what anybody changed since stays as it is. Costs nothing where nobody asked.
 *
 * @throws ConnectionBusy while another process works on the connection
 */
export async function performUndos(outer: Deps, mapping: Mapping): Promise<void> {
  const { database, now } = outer;
  const { id: connectionId } = await openConnection(database, mapping.name);
  const wanted = await waitingUndos(database, connectionId, AT_ONCE);
  if (wanted.length === 0) return;
  const filter = { kind: "emails", emails: wanted.map(({ email }) => email) } as const;
  // Read again before it is planned: a field that moved on one side is put back on neither.
  const links = await withConnection(outer, mapping.name, async (_lease, deps) => {
    const { scope } = (await look(deps, mapping, null)).context;
    return knownLinks(database, connectionId, scope, filter, 0n, AT_ONCE, now());
  });
  const byEmail = new Map(links.map((known) => [known.link.email, known]));
  const fields = syncedFields(mapping);
  const people = new Map<EmailKey, readonly PlannedOperation[]>();
  const moved: bigint[] = [];
  for (const conflict of wanted) {
    const known = byEmail.get(conflict.email);
    const operations = known === undefined ? null : undoConflict(fields, known, conflict);
    if (operations === null) moved.push(conflict.id);
    else people.set(conflict.email, [...(people.get(conflict.email) ?? []), ...operations]);
  }
  const about = {
    kind: "undo",
    connection: mapping.name,
    mapping: mapping.hash,
    made: now().toISOString(),
  } as const;
  // A person has looked at each of them: that is what a limit would ask for.
  const because = "each was asked for on the status page";
  const applied = await applyPlan(outer, mapping, { ...about, people, hash: "" }, because);
  const left = new Set(applied.moved.map(({ email }) => email));
  const rest = wanted.filter(({ id }) => !moved.includes(id));
  const late = rest.filter(({ email }) => left.has(email)).map(({ id }) => id);
  await settleUndos(database, [...moved, ...late], "moved", now());
  await settleUndos(
    database,
    rest.filter(({ email }) => !left.has(email)).map(({ id }) => id),
    "done",
    now(),
  );
}

/**
 * The losing value to both sides, or to the one that lost where the field goes one way; `null` where it moved since.
 * `tandem undo` goes by the same rule: a side must still hold what it held at the last agreement.
 */
export function undoConflict(
  fields: readonly FieldRule[],
  { link, sightings }: KnownLink,
  { field, winner, won, lost }: Pick<UndoableConflict, "field" | "winner" | "won" | "lost">,
): readonly PlannedOperation[] | null {
  const rule = fields.find(({ key }) => key === field);
  const agreed = link.base[field];
  if (rule === undefined || agreed === undefined || !sameValue(agreed[winner], won)) return null;
  const targets = rule.direction === "both" ? SIDES : [otherSide(winner)];
  const operations: PlannedOperation[] = [];
  for (const side of targets) {
    const contact = sightings[side];
    const seen = contact?.fields[field];
    if (contact === null || seen === undefined || !sameValue(seen, agreed[side])) return null;
    if (!sameValue(seen, lost))
      operations.push({
        kind: "update",
        side,
        id: contact.id,
        fields: { [field]: lost },
        pre: { [field]: seen },
      });
  }
  return operations;
}
