import type { OptOutFrom } from "../model/consent.ts";
import type { ExternalId } from "../model/contact.ts";
import type { KnownLink, LinkState } from "../model/link.ts";
import type { FieldRule } from "../model/mapping.ts";
import type { Problem } from "../model/problem.ts";
import type { ResolvedConsent, ResolvedRule } from "../model/scope.ts";
import type { PerSide, Side } from "../model/side.ts";
import type { Values } from "../model/value.ts";
import type { MergedField } from "../reconcile/merge-contact.ts";

/** What is to be done to one side for one person, its values still in the mapping's fields. */
export type PlannedOperation =
  | {
      readonly kind: "create";
      readonly side: Side;
      readonly fields: Values;
      readonly lists: readonly string[];
    }
  /** `pre` is what the side showed when the plan was made: a field that moved since is dropped before writing. */
  | {
      readonly kind: "update";
      readonly side: Side;
      readonly id: ExternalId;
      readonly fields: Values;
      readonly pre: Values;
    }
  | {
      readonly kind: "add_to_list" | "remove_from_list";
      readonly side: Side;
      readonly id: ExternalId;
      readonly list: string;
    }
  | {
      readonly kind: "opt_out";
      readonly side: Side;
      readonly id: ExternalId;
      readonly from: OptOutFrom;
    }
  /** Only ever asked for: `consent/` decides, from a consent read at that moment, whether it is done. */
  | {
      readonly kind: "subscribe";
      readonly side: "klaviyo";
      readonly id: ExternalId;
      readonly list: string;
    }
  /** What was stamped of somebody's last activity is put back. `fields` and `pre` are by HubSpot property; no rule has them. */
  | {
      readonly kind: "stamp";
      readonly side: "hubspot";
      readonly id: ExternalId;
      readonly fields: Values;
      readonly pre: Values;
    };

/** Everything that would be done for one person, and why; deriving it again from the same sightings gives the same. */
export interface ContactPlan {
  readonly known: KnownLink;
  /** What the base is made from once the operations are done; of a create only the fields that it fills. */
  readonly merged: readonly MergedField[];
  readonly operations: readonly PlannedOperation[];
  /** What a person has to mend; a field with a problem is left alone, the rest continues. */
  readonly problems: readonly Problem[];
  /** The state if nothing had to be written, with its reason in plain words. */
  readonly state: LinkState;
  readonly reason: string;
  /** In so many milliseconds a field may be written that is not now, because it kept changing back and forth. */
  readonly thawsInMs?: number | null;
  /** Its address is not written yet. `address`: somebody else has it still, so it is planned again in the same run. */
  readonly waits?: AddressSteps["waits"];
}

export interface PlanRules {
  /** With `EMAIL_FIELD`. */
  readonly fields: readonly FieldRule[];
  readonly scope: readonly ResolvedRule[];
  readonly consent: ResolvedConsent;
  /** How a snapshot of each side is read with this mapping. */
  readonly shapes: PerSide<string>;
  /** May this link's contact be without an email address now, so that people can swap theirs? Any may where absent. */
  readonly mayMakeRoom?: (link: bigint) => boolean;
}

/** What to do about an email address that another contact of the side still has. */
export interface AddressSteps {
  readonly merged: readonly MergedField[];
  /** What is written instead, by side. */
  readonly steps: Readonly<Record<Side, Values>>;
  /** Why the email address cannot be written yet, or `null`. */
  readonly waitsFor: string | null;
  /** An address that somebody else has may be free later in the same run; an opt-out is seen by a later one. */
  readonly waits: "address" | "opt_out";
  readonly problem: Problem | null;
}
