import type { Mapping } from "../../model/mapping.ts";
import type { PerSide } from "../../model/side.ts";
import { SIDES, SIDE_NAMES } from "../../model/side.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { listed } from "../diagnostics/suggest.ts";
import type { MappingText } from "../diagnostics/tell-at.ts";
import { tellAt } from "../diagnostics/tell-at.ts";

export const WHERE_TO_ADD = {
  hubspot: (scope: string) =>
    `in HubSpot, open Settings > Integrations > Service Keys (or Private Apps), choose the key, and add \`${scope}\` to its scopes`,
  // A key's scopes are chosen when it is made, and not changed afterwards.
  klaviyo: (scope: string) =>
    `in Klaviyo, open Settings > Account > API keys, and create a private key that has \`${scope}\` too`,
} as const;

/** One error a scope that a key lacks, by its exact name and with where to add it. */
export function scopeFindings(
  mapping: Mapping,
  missing: PerSide<readonly string[]>,
  origin: MappingText = { file: mapping.name, text: "" },
): readonly Diagnostic[] {
  const { tell, found } = tellAt(origin);
  for (const side of SIDES) {
    for (const scope of missing[side]) {
      tell(
        ["connections", side, "token"],
        "value",
        { line: 1 },
        {
          code: "M320",
          message: `the ${SIDE_NAMES[side]} key lacks the scope \`${scope}\``,
          help: WHERE_TO_ADD[side](scope),
        },
      );
    }
  }
  return found();
}

/** A list that a rule adds people to, and what joining it starts; `null` where the key is not told. */
export interface TargetList {
  readonly rule: number;
  readonly item: number;
  readonly name: string;
  readonly starts: readonly string[] | null;
}

/** A warning for each list whose joiners get e-mails they did not get before; once a note where nobody can tell. */
export function flowFindings(
  mapping: Mapping,
  lists: readonly TargetList[],
  origin: MappingText = { file: mapping.name, text: "" },
): readonly Diagnostic[] {
  const { tell, found } = tellAt(origin);
  for (const { rule, item, name, starts } of lists) {
    if (starts === null || starts.length === 0) continue;
    const path = ["rules", rule, "add_to_klaviyo_lists", item];
    const many = starts.length === 1 ? "a flow" : `${starts.length} flows`;
    tell(path, "value", mapping.rules[rule] ?? { line: 1 }, {
      code: "M314",
      severity: "warning",
      message: `joining Klaviyo list \`${name}\` starts ${many}: ${listed(starts)}`,
      help: "everybody whom this rule puts on the list enters it, all at once on the first sync; switch it to draft until then, or use another list",
    });
  }
  const untold = lists.find(({ starts }) => starts === null);
  if (untold !== undefined) {
    const path = ["rules", untold.rule, "add_to_klaviyo_lists", untold.item];
    tell(path, "value", mapping.rules[untold.rule] ?? { line: 1 }, {
      code: "M315",
      severity: "info",
      message: "whether joining this list starts a flow cannot be told: the Klaviyo key lacks `flows:read`",
      help: `look at the flows in Klaviyo; or ${WHERE_TO_ADD.klaviyo("flows:read")}`,
    });
  }
  return found();
}
