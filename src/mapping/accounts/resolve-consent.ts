import type { OptOutType } from "../../connectors/connector.ts";
import type { ConsentRules, OptOutTypeRef } from "../../model/mapping.ts";
import type { Problem } from "../../model/problem.ts";
import type { ResolvedConsent } from "../../model/scope.ts";
import { clip } from "../../model/clip.ts";

/** What the store remembers a found subscription type by. */
export function optOutTypeKey({ nameOrId }: Pick<OptOutTypeRef, "nameOrId">): string {
  return `hubspot type ${nameOrId}`;
}

/**
 * The type that is meant: the one found before while it exists, else the one with this id, else the only one with this
 * name. Another type that takes the name later is another kind of email, which nobody spoke of.
 *
 * @param earlier ids found before, by `optOutTypeKey`
 */
export function findOptOutType(
  types: readonly OptOutType[],
  nameOrId: string,
  earlier: ReadonlyMap<string, string>,
): OptOutType | null {
  const before = types.find(({ id }) => id === earlier.get(optOutTypeKey({ nameOrId })));
  if (before !== undefined) return before;
  const byId = types.find(({ id }) => id === nameOrId);
  const byName = types.filter(({ name }) => name === nameOrId);
  return byId ?? (byName.length === 1 ? (byName[0] ?? null) : null);
}

/**
 * The rules with HubSpot's subscription types found. One that is not found now but was before keeps its id; one that never
 * was is left out, and somebody must look.
 *
 * @param earlier ids found before, by `optOutTypeKey`
 */
export function resolveConsent(
  rules: ConsentRules,
  types: readonly OptOutType[],
  earlier: ReadonlyMap<string, string>,
): { readonly consent: ResolvedConsent; readonly problems: readonly Problem[] } {
  const found = rules.unsubscribeFrom.map((ref) => ({
    ref,
    type: findOptOutType(types, ref.nameOrId, earlier),
  }));
  const ids = found.flatMap(({ ref, type }) => type?.id ?? earlier.get(optOutTypeKey(ref)) ?? []);
  const unfound = found.filter(({ type }) => type === null);
  return {
    consent: { types: [...new Set(ids)], hubspotOptOut: rules.hubspotOptOut },
    problems: unfound.map(({ ref }) => typeGone(ref, types)),
  };
}

/** HS-OPTOUT: refusals made in Klaviyo do not reach HubSpot until somebody looks. */
function typeGone({ nameOrId, line }: OptOutTypeRef, types: readonly OptOutType[]): Problem {
  const names = types.map(({ id, name }) => `${name} (${id})`).join(", ") || "none";
  return {
    code: "HS-OPTOUT",
    level: "mapping",
    side: "hubspot",
    field: nameOrId,
    title: clip(`HubSpot subscription type "${nameOrId}" was not found`, 60),
    explanation: `People who opt out in Klaviyo are to be opted out of it, and nobody can be. HubSpot has: ${names}.`,
    fix: [
      `Correct line ${line} of the mapping, or restore the type in HubSpot under Settings › Marketing › Email.`,
    ],
    retry: "soon",
    reference: null,
  };
}
