import type { Base } from "../model/base.ts";
import type { Side } from "../model/side.ts";
import type { Value, Values } from "../model/value.ts";
import type { RunContext } from "../pull/run-context.ts";
import type { LinkOutcome } from "../store/writes/settle.ts";
import type { MadeContact, WrittenSighting } from "../store/snapshots/sightings.ts";
import { saveMade, saveWritten } from "../store/snapshots/sightings.ts";
import { addressIn } from "./address-in.ts";
import { storedBy } from "./outcome.ts";
import type { SentOperation } from "./prepare.ts";

/** The written values become the snapshot, until the side shows something newer. */
export async function saveNewSightings(
  context: RunContext,
  sent: readonly SentOperation[],
  outcomes: readonly LinkOutcome[],
): Promise<void> {
  const bases = new Map(outcomes.map(({ id, base }) => [id, base]));
  const written: WrittenSighting[] = [];
  const made: MadeContact[] = [];
  for (const { prepared, result } of sent) {
    const { planned, plan } = prepared;
    if (result.outcome !== "done" || !("fields" in planned)) continue;
    const { id: linkId, email } = plan.known.link;
    const fields = agreedValues(bases.get(linkId) ?? {}, planned.side, Object.keys(planned.fields));
    const { updatedAt } = result;
    if (planned.kind === "update") {
      const { fields: stored } = storedBy(context.fields, prepared, result.stored, result.refused);
      const own = addressIn(stored);
      written.push({
        side: planned.side,
        id: planned.id,
        fields: { ...fields, ...own.fields },
        updatedAt,
        ...own.shown,
      });
    } else if (result.id !== null)
      made.push({ side: planned.side, id: result.id, fields, updatedAt, linkId, email });
  }
  await saveWritten(context.store, written, context.now());
  await saveMade(context.store, made, context.shapes, context.now());
}

function agreedValues(base: Base, side: Side, fields: readonly string[]): Values {
  const values: Record<string, Value> = {};
  for (const field of fields) {
    const agreed = base[field];
    if (agreed !== undefined) values[field] = agreed[side];
  }
  return values;
}
