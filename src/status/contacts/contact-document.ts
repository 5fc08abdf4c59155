import { SIDES } from "../../model/side.ts";
import type { ContactView } from "./contact-page.ts";
import { blockedBy, nextWords } from "../../words/field-words.ts";
import { seenChange } from "../seen-change.ts";

/** One contact as JSON for viewers: what the page shows, and no more. Operators get the plan and the history whole. */
export function contactForViewers(
  view: Omit<ContactView, "frame" | "reading" | "tags" | "contactUrls" | "sections">,
): object {
  const { person, name, problems, conflicts, acts, ignored, times, show } = view;
  const { plan, history } = person;
  const { link, sightings, duplicates } = plan.known;
  const fields = plan.merged.filter(
    ({ merge }) => show === "all" || merge.kind !== "settled" || merge.because !== "same",
  );
  return {
    id: link.id,
    email: link.email,
    name,
    state: link.state,
    ids: link.ids,
    rules: SIDES.flatMap((side) => sightings[side]?.rules ?? []),
    duplicates,
    ...times,
    ignored,
    problems,
    nextRun: nextWords(plan),
    fields: fields.map((field) => ({
      field: field.rule.key,
      direction: field.rule.direction,
      ...field.seen,
      agreed: field.agreed ?? null,
      outcome: field.merge.kind === "settled" ? field.merge.because : field.merge.kind,
      isBlocked: blockedBy(field, plan) !== null,
    })),
    conflicts: conflicts.map(shownConflict),
    history: history.entries.map(seenChange),
    acts,
  };
}

function shownConflict({ id, at, field, winner, won, lost, undo }: ContactView["conflicts"][number]): object {
  return { id, at, field, winner, won, lost, undo };
}
