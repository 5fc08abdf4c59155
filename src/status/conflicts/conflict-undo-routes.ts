import { z } from "zod";
import { SIDE_NAMES } from "../../model/side.ts";
import { confirmPage } from "../frame/layout/confirm-page.ts";
import type { ExplainedPerson } from "../../lanes/explained-person.ts";
import { shown } from "../../words/field-words.ts";
import { linkId } from "../parts/link-selection.ts";
import { NOT_FOUND } from "../frame/layout/message-page.ts";
import type { Answer, StatusPage } from "../frame/layout/page.ts";
import type { StatusActions } from "../status-actions.ts";
import type { StatusReader } from "../status-reader.ts";

/** What having a value back needs. */
export interface ConflictUndoDeps {
  readonly read: Pick<StatusReader, "conflict">;
  readonly act: StatusActions;
  readonly explain: (linkId: bigint) => Promise<ExplainedPerson | null>;
}

const params = z.object({ id: linkId });
const NOBODY: Answer = { kind: "told", status: 404, message: NOT_FOUND };

/** Has the value back that lost a conflict: asked once more, then put back by the next run where it still may be. */
export function conflictUndoRoutes({ read, act, explain }: ConflictUndoDeps): readonly StatusPage[] {
  const address = "/conflicts/:id/undo";
  return [
    {
      address,
      place: "/contacts",
      async answer({ params: given, frame }) {
        const parsed = params.safeParse(given);
        const conflict = parsed.success ? await read.conflict(parsed.data.id) : null;
        if (conflict === null) return NOBODY;
        const { id, field, winner, won, lost, email } = conflict;
        const person = await explain(conflict.linkId);
        const rule = person?.plan.merged.find((one) => one.rule.key === field)?.rule;
        const name = rule?.property[winner] ?? field;
        const where = rule?.direction === "both" ? "both sides" : "the side that lost";
        const content = confirmPage(frame, {
          title: `Put ${shown(lost)} back?`,
          words: [
            `${email}, ${name}: ${SIDE_NAMES[winner]} won with ${shown(won)}.`,
            `With the next run ${shown(lost)} goes to ${where}, if nobody has changed the field by then.`,
          ],
          action: `/conflicts/${String(id)}/undo`,
          button: "Put it back",
          fields: null,
          wrong: null,
          back: `/contacts/${String(conflict.linkId)}`,
        });
        return { kind: "page", title: "Undo a conflict", content, document: conflict };
      },
    },
    {
      method: "POST",
      address,
      place: "/contacts",
      async answer({ params: given, visitor }) {
        const parsed = params.safeParse(given);
        const conflict = parsed.success ? await read.conflict(parsed.data.id) : null;
        if (conflict === null) return NOBODY;
        await act.undo(visitor, conflict);
        return {
          kind: "moved",
          to: `/contacts/${String(conflict.linkId)}`,
          said: "It is put back with the next run, if nobody changes the field until then.",
        };
      },
    },
  ];
}
