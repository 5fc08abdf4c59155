import type { Mapping } from "../../model/mapping.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { MappingText } from "../diagnostics/tell-at.ts";
import { tellAt } from "../diagnostics/tell-at.ts";

/** Does anything of this mapping change what people are subscribed to in Klaviyo? Words for what does; `null`: nothing. */
export function whatSubscribes({ rules, consent }: Mapping): string | null {
  const subscribing = rules.find(({ subscribe }) => subscribe);
  if (subscribing !== undefined) return `rule \`${subscribing.id}\` says \`subscribe: true\``;
  const leaving = rules.find(({ onLeave }) => onLeave === "unsubscribe");
  if (leaving !== undefined) return `rule \`${leaving.id}\` says \`on_leave: unsubscribe\``;
  return consent.hubspotOptOut === "unsubscribe" ? "opt-outs are carried from HubSpot to Klaviyo" : null;
}

/**
 * Does the Klaviyo key fit what the mapping does with subscriptions? One that may do more than it needs is warned of: the
 * safest key is one that could not subscribe anybody again, even by mistake.
 *
 * @param mayWrite as `ConsentPort.mayWrite` answered; `null` says nothing
 */
export function subscribingFindings(
  mapping: Mapping,
  mayWrite: boolean | null,
  origin: MappingText = { file: mapping.name, text: "" },
): readonly Diagnostic[] {
  const { tell, found } = tellAt(origin);
  const needs = whatSubscribes(mapping);
  const path = ["connections", "klaviyo", "token"];
  if (mayWrite === true && needs === null) {
    tell(
      path,
      "value",
      { line: 1 },
      {
        code: "M317",
        severity: "warning",
        message: "the Klaviyo key may change subscriptions, and this mapping never does",
        help: "in Klaviyo, open Settings > Account > API keys, and make a key without `subscriptions:write`: it could not subscribe anybody again, even by mistake",
      },
    );
  }
  if (mayWrite === false && needs !== null) {
    tell(
      path,
      "value",
      { line: 1 },
      {
        code: "M318",
        message: `the Klaviyo key lacks the scope \`subscriptions:write\`, and ${needs}`,
        help: "in Klaviyo, open Settings > Account > API keys, and create a private key that has `subscriptions:write` too; or take that out of the mapping",
      },
    );
  }
  return found();
}
