import type { Collection } from "../../connectors/connector.ts";
import type { RollUpProperty } from "../../model/engagement-mapping.ts";
import type { EngagementMapping } from "../../model/mapping.ts";
import type { EngagementKind } from "../../model/engagement.ts";
import { ENGAGEMENT_KINDS } from "../../model/engagement.ts";
import type { Problem } from "../../model/problem.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { findCollections } from "./find-collection.ts";
import { listed } from "../diagnostics/suggest.ts";
import type { MappingText, Tell } from "../diagnostics/tell-at.ts";
import { tellAt } from "../diagnostics/tell-at.ts";

/** What the two accounts say of what the engagement section asks for. */
export interface EngagementFacts {
  /** The kinds that Klaviyo has a metric of. */
  readonly kinds: ReadonlySet<EngagementKind>;
  readonly collections: readonly Collection[];
  /** Properties that cannot be written, with why in words that follow the name. */
  readonly rollUps: readonly { readonly rollUp: RollUpProperty; readonly why: string }[];
  /** What keeps HubSpot from showing events in this way. */
  readonly missing: Problem | null;
}

const SET_UP = "run `tandem hubspot setup-timeline`";

/** What the engagement section says that the two accounts do not have. */
export function checkEngagement(
  rules: EngagementMapping,
  { kinds, collections, rollUps, missing }: EngagementFacts,
  origin: MappingText,
): readonly Diagnostic[] {
  const { tell, found } = tellAt(origin);
  for (const kind of ENGAGEMENT_KINDS) {
    if (rules.metrics[kind] === undefined || kinds.has(kind)) continue;
    tell(["engagement", "metrics", kind], "key", rules, {
      code: "M330",
      severity: "warning",
      message: `Klaviyo has no built-in metric for \`${kind}\``,
      help: "it appears when it happens for the first time, and is shown from then on",
    });
  }
  for (const { rollUp, why } of rollUps) {
    tell(["engagement", "last_activity", rollUp.rollUp], "value", rollUp, {
      code: "M331",
      message: `HubSpot property \`${rollUp.property}\` ${why}`,
      help: why === "does not exist" ? SET_UP : `name another property; ${SET_UP} to have it made`,
    });
  }
  if (missing !== null) {
    tell(["engagement", "record_as"], "value", rules, {
      code: "M332",
      message: `HubSpot cannot show engagement as \`${rules.recordAs}\`: ${missing.title}`,
      help: missing.fix[0] ?? missing.explanation,
    });
  }
  checkCollections(rules, collections, tell);
  return found();
}

function checkCollections(
  { onlyFrom }: EngagementMapping,
  collections: readonly Collection[],
  tell: Tell,
): void {
  for (const key of ["lists", "segments"] as const) {
    const refs = onlyFrom.collections.filter(({ kind }) => `${kind}s` === key);
    for (const [item, ref] of refs.entries()) {
      const hits = findCollections(collections, "klaviyo", ref);
      if (hits.length === 1) continue;
      const several = hits.length > 1;
      tell(["engagement", "only_from", key, item], "value", ref, {
        code: several ? "M313" : "M310",
        message: several
          ? `Klaviyo has ${hits.length} ${ref.kind}s named \`${ref.nameOrId}\``
          : `Klaviyo has no ${ref.kind} named \`${ref.nameOrId}\``,
        help: several
          ? `use an id: ${listed(hits.map(({ id }) => id))}`
          : `there are: ${listed(collections.filter(({ kind }) => kind === ref.kind).map(({ name }) => name)) || "none"}`,
      });
    }
  }
}
