import type { Problem } from "../../../model/problem.ts";

/** HubSpot's own property; a contact moves through its stages forward only. */
const LIFECYCLE_STAGE = "lifecyclestage";

/**
 * HS-STAGE: HubSpot answers the write of an earlier stage with success and keeps the later one (facts: forward only unless
 * cleared first). Clearing it for them is not ours to do: between the two writes the contact would have no stage, workflows
 * would see that, and a second write that fails would leave it so.
 *
 * @param sent as on the wire; `held`: what HubSpot answered that it has
 */
export function stageKept(property: string, sent: string, held: unknown): Problem | null {
  if (property !== LIFECYCLE_STAGE || sent === "" || typeof held !== "string" || held === "" || held === sent)
    return null;
  return {
    code: "HS-STAGE",
    level: "field",
    side: "hubspot",
    field: property,
    title: "A lifecycle stage does not move back by itself",
    explanation: `HubSpot keeps "${held}": it moves a contact's lifecycle stage forward only, and "${sent}" comes before it.`,
    fix: [
      `Is "${sent}" right? Clear the contact's lifecycle stage in HubSpot; the next run then writes it.`,
      `Is "${held}" right? Set it in Klaviyo too, or map lifecyclestage with direction: to_klaviyo.`,
    ],
    retry: "on_change",
    reference: null,
  };
}
