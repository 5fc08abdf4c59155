import { z } from "zod";
import { SIDE_NAMES, otherSide } from "../../model/side.ts";
import { confirmPage } from "../frame/layout/confirm-page.ts";
import type { ExplainedPerson } from "../../lanes/explained-person.ts";
import { shown } from "../../words/field-words.ts";
import { propertyOf } from "../../words/problem-words.ts";
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
        const name = rule?.property[winner] ?? propertyOf(winner, field);
        const where = rule?.direction === "both" ? "HubSpot and Klaviyo" : SIDE_NAMES[otherSide(winner)];
        const content = confirmPage(frame, {
          title: `Restore ${shown(lost)}?`,
          words: [
            `${email}, ${name}: ${SIDE_NAMES[winner]} won with ${shown(won)}.`,
            `The next run writes ${shown(lost)} to ${where}, unless the field changes before.`,
          ],
          action: `/conflicts/${String(id)}/undo`,
          button: "Restore",
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
          said: `The next run writes ${propertyOf(otherSide(conflict.winner), conflict.field)} ${shown(conflict.lost)} again, unless the field changes before.`,
        };
      },
    },
  ];
}
