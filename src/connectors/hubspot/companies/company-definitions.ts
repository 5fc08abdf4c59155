import type { FieldSpec } from "../../connector.ts";
import type { Calls } from "../wire/calls.ts";
import type { Endpoints } from "../wire/client.ts";
import { answeredStatus } from "../problems/failure.ts";
import { fieldSpec } from "../fields.ts";
import { propertyList } from "../wire/parse.ts";
import { searchPage } from "../pull/records.ts";

/** What companies can have, as properties of their contacts: `company.NAME`. */
export interface CompanyDefinitions {
  /** None where the key may not read companies. */
  list(signal: AbortSignal): Promise<readonly FieldSpec[]>;
  /** Which properties were asked of a company, and what it showed: one that it does not have is looked up again. */
  met(wanted: readonly string[], shown: Readonly<Record<string, unknown>>): void;
}

/** Companies themselves are looked at in every pull; what they can have changes so seldom that once a day is enough. */
const EVERY = 24 * 3_600_000;

export function companyDefinitions(
  endpoints: Endpoints,
  calls: Calls,
  now: () => number,
): CompanyDefinitions {
  const wanted = new Set<string>();
  let known: { readonly specs: readonly FieldSpec[]; readonly at: number } | null = null;
  const isFresh = (): boolean => {
    const names = new Set(known?.specs.map(({ property }) => property));
    return (
      known !== null &&
      now() - known.at < EVERY &&
      [...wanted].every((name) => names.has(COMPANY_PREFIX + name))
    );
  };
  return {
    async list(signal) {
      if (known !== null && isFresh()) return known.specs;
      try {
        // Names are told to every key; only looking for a company says whether this one may read any.
        const any = { groups: [], sort: "hs_object_id", properties: ["hs_object_id"], limit: 1 };
        await calls.read(endpoints.searchCompanies(any), searchPage, signal, [403]);
        const { body } = await calls.read(endpoints.companyProperties(), propertyList, signal, [403]);
        const specs = body.results.map((property) => ({
          ...fieldSpec(property),
          property: COMPANY_PREFIX + property.name,
          // Tandem never writes to a company.
          readOnly: true,
        }));
        known = { specs, at: now() };
        return specs;
      } catch (error) {
        if (answeredStatus(error) === 403) return [];
        throw error;
      }
    },
    met(names, shown) {
      for (const name of names) wanted.add(name);
      if (names.some((name) => !Object.hasOwn(shown, name))) known = null;
    },
  };
}

/** Before the name of a company's property, among those of its contacts. */
export const COMPANY_PREFIX = "company.";
