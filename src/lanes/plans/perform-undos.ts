import type { KnownLink } from "../../model/link.ts";
import type { FieldRule, Mapping } from "../../model/mapping.ts";
import { syncedFields } from "../../model/mapping.ts";
import { SIDES, otherSide } from "../../model/side.ts";
import { sameValue } from "../../model/value.ts";
import type { PlannedOperation } from "../../plan/planned.ts";
import type { UndoableConflict } from "../../store/writes/conflict-undos.ts";
import { settleUndos, waitingUndos } from "../../store/writes/conflict-undos.ts";
import { openStore } from "../../store/runs/connections.ts";
import { knownLinks } from "../../store/links/known-links.ts";
import { applyPeople } from "./apply-plan.ts";
import type { AskAgain } from "./ask-again.ts";
import { NO_STAMPS, putBackPlans } from "./ask-again.ts";
import { carryingBetween } from "../carrying-between.ts";
import { withConnection } from "../connection-lease.ts";
import type { Deps } from "../deps.ts";
import { pullAndLink } from "../contacts/pull-and-link.ts";
import type { PlannedPerson } from "./plan-file.ts";
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
  const store = await openStore(database, mapping.name);
  const wanted = await waitingUndos(store, AT_ONCE);
  if (wanted.length === 0) return;
  // By link: the address may be another person's by now.
  const filter = { kind: "answered", ids: wanted.map(({ linkId }) => linkId) } as const;
  // Read again before it is planned: of a field that moved on one side, neither side is put back.
  const links = await withConnection(outer, mapping.name, async (own) => {
    const { scope } = (await pullAndLink(carryingBetween(own, mapping), mapping, null)).context;
    return knownLinks(store, scope, filter, 0n, AT_ONCE, now());
  });
  const byId = new Map(links.map((known) => [known.link.id, known]));
  const fields = syncedFields(mapping);
  const people = new Map<bigint, PlannedPerson>();
  const moved: bigint[] = [];
  // Who has no answer to their last write yet waits for the next time.
  const ready = wanted.filter(({ linkId }) => byId.has(linkId));
  for (const conflict of ready) {
    const { linkId: link } = conflict;
    const known = byId.get(link);
    if (known === undefined) continue;
    const operations = undoConflict(fields, known, conflict);
    if (operations === null) moved.push(conflict.id);
    else {
      const before = people.get(link)?.operations ?? [];
      people.set(link, { link, email: known.link.email, operations: [...before, ...operations] });
    }
  }
  if (people.size === 0) return settleUndos(store, moved, "moved", now());
  // The requests are asked again about what both sides show when it is written.
  const askPeople: AskAgain["people"] = (context, page) => {
    const again = page.map(({ known }): [bigint, readonly PlannedOperation[]] => {
      const own = ready.filter(({ linkId }) => linkId === known.link.id);
      return [known.link.id, own.flatMap((conflict) => undoConflict(fields, known, conflict) ?? [])];
    });
    return Promise.resolve(putBackPlans(context, page, new Map(again)));
  };
  const about = {
    kind: "undo",
    connection: mapping.name,
    mapping: mapping.hash,
    made: now().toISOString(),
  } as const;
  // A person has looked at each of them: that is what a limit would ask for.
  const because = "each was asked for on the status page";
  const put = { ...about, people: [...people.values()] };
  const applied = await applyPeople(outer, mapping, put, { people: askPeople, stamps: NO_STAMPS }, because);
  const left = new Set(applied.moved.map(({ link }) => link));
  const rest = ready.filter(({ id }) => !moved.includes(id));
  const late = rest.filter(({ linkId }) => left.has(linkId)).map(({ id }) => id);
  await settleUndos(store, [...moved, ...late], "moved", now());
  await settleUndos(
    store,
    rest.filter(({ linkId }) => !left.has(linkId)).map(({ id }) => id),
    "done",
    now(),
  );
}

/**
 * The losing value to both sides, or to the one that lost where the field goes one way; `null` where it moved since.
 * `tandem undo` goes by the same rule: a side must still hold what it held at the last agreement.
 */
function undoConflict(
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
