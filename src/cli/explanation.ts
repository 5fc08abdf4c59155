import type { Side } from "../model/side.ts";
import { SIDES, otherSide } from "../model/side.ts";
import type { ContactPlan } from "../plan/plan-contact.ts";
import type { MergedField } from "../reconcile/merge-contact.ts";
import { newerWords } from "./newer-words.ts";
import { shown } from "./plan-person.ts";

const NAMES: Readonly<Record<Side, string>> = { hubspot: "HubSpot", klaviyo: "Klaviyo" };

/** One person in full: where they are, what each side shows, what was agreed, and what the next run does and why. */
export function explanation(plan: ContactPlan): string {
  const { link, sightings, duplicates } = plan.known;
  const rules = SIDES.flatMap((side) => sightings[side]?.rules ?? []);
  const lines = [
    `${link.email}   ${plan.state.replace("_", " ")}${plan.reason === "" ? "" : `: ${plan.reason}`}`,
    ...SIDES.map((side) => `  ${NAMES[side]}  ${link.ids[side] ?? "no contact linked"}`),
    `  Rules    ${rules.length === 0 ? "none matches" : rules.join(", ")}`,
    ...SIDES.flatMap((side) =>
      duplicates[side].length === 0
        ? []
        : [`  Also in ${NAMES[side]} with this address: ${duplicates[side].join(", ")}`],
    ),
    "",
    ...plan.merged.flatMap(field),
    ...plan.problems.flatMap(({ code, title, explanation: why, fix }) => [
      `✕ ${title} (${code})`,
      `  ${why}`,
      ...fix.map((step, index) => `  ${index + 1}. ${step}`),
    ]),
    `Next run: ${next(plan)}`,
    "",
  ];
  return lines.join("\n");
}

function field({ rule, seen, agreed, ages, merge }: MergedField): readonly string[] {
  const side = (which: Side): string =>
    seen[which] === undefined ? "(not read)" : shown(seen[which] ?? null);
  const base = (which: Side): string => (agreed === undefined ? "(never)" : shown(agreed[which]));
  return [
    `${rule.property.hubspot} ↔ ${rule.property.klaviyo}   (${rule.direction.replace("_", " ")})`,
    `    HubSpot ${side("hubspot")}   agreed ${base("hubspot")}`,
    `    Klaviyo ${side("klaviyo")}   agreed ${base("klaviyo")}`,
    `    ${outcome(merge)}`,
    ...(ages !== null && merge.kind === "write" && merge.lost !== null
      ? [`    ${newerWords(ages, merge.lost.winner)}`]
      : []),
  ];
}

function outcome(merge: MergedField["merge"]): string {
  switch (merge.kind) {
    case "unseen":
      return "left alone: one side did not show a value that can be read";
    case "settled": {
      const reasons = {
        same: "the same on both sides",
        unchanged: "nothing changed since it was agreed",
        empty_kept: "emptied, and on_empty is keep: the other side stays",
        may_not_lead: "edited on the side that does not lead: stays until its source moves",
      };
      return reasons[merge.because];
    }
    case "write": {
      const targets = SIDES.filter((side) => merge.values[side] !== undefined);
      const writes = targets.map(
        (side) => `${NAMES[otherSide(side)]} → ${NAMES[side]}: ${shown(merge.values[side] ?? null)}`,
      );
      const lost =
        merge.lost === null
          ? ""
          : `; ${NAMES[merge.lost.winner]} wins, ${shown(merge.lost.lost)} is kept as the losing value`;
      return `${writes.join("; ")} (${merge.why.replaceAll("_", " ")})${lost}`;
    }
  }
}

function next({ operations }: ContactPlan): string {
  if (operations.length === 0) return "nothing to write.";
  const words = operations.map(
    (operation) => `${operation.kind.replaceAll("_", " ")} in ${NAMES[operation.side]}`,
  );
  return `${words.join(", ")}.`;
}
