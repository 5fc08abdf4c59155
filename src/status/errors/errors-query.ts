import { z } from "zod";
import type { FailingQuery, FilterRule } from "../../store/pages/failing-contacts.ts";
import { ALL_FAILING, FAILING_SORTS } from "../../store/pages/failing-contacts.ts";
import type { Role } from "../frame/access/role.ts";
import { searchInOf } from "../frame/access/role.ts";
import { searchWords } from "../parts/search-text.ts";

/** A form sends its empty fields too. */
const given = <T extends z.ZodType>(schema: T): z.ZodPreprocess<z.ZodOptional<T>> =>
  z.preprocess((value) => (value === "" ? undefined : value), schema.optional());

const SIZES = { "25": 25, "50": 50, "100": 100 } as const;

const parameters = z.object({
  q: given(searchWords),
  cause: given(z.string("give it once").regex(/^[A-Z]{2}(-[A-Z0-9]+)+$/, "a code such as KL-PHONE")),
  side: given(z.enum(["hubspot", "klaviyo"], "hubspot or klaviyo")),
  field: given(searchWords),
  rule: given(searchWords),
  state: given(z.enum(["failing", "ignored"], "failing or ignored")),
  within: given(z.enum(["day", "week", "month"], "day, week or month")),
  sort: given(z.enum(FAILING_SORTS, `one of ${FAILING_SORTS.join(", ")}`)),
  size: given(z.enum(["25", "50", "100"], "25, 50 or 100").transform((size) => SIZES[size])),
  page: given(
    z.coerce.number("a number from 1").int("a whole number").min(1, "a number from 1").max(1_000_000),
  ),
});

/** What the errors page was asked for, or what is wrong with the question, a sentence each. */
export type ErrorsQuery =
  | { readonly ok: true; readonly query: FailingQuery }
  | { readonly ok: false; readonly wrong: readonly string[] };

/**
 * Reads the parameters of an address or a form; those of other names are nobody's.
 *
 * @param role of who asks: viewers find nobody by an address
 * @param rules those of the mapping, to find the one that is named
 */
export function errorsQuery(query: unknown, rules: readonly FilterRule[], role: Role): ErrorsQuery {
  const read = parameters.safeParse(query);
  if (!read.success) {
    return {
      ok: false,
      wrong: read.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`),
    };
  }
  const { q, cause, side, field, rule: named, state, within, sort, size, page } = read.data;
  const rule = rules.find(({ id }) => id === named) ?? null;
  if (named !== undefined && rule === null) {
    const known = rules.map(({ id }) => id).join(", ");
    return {
      ok: false,
      wrong: [`rule: one of the mapping's${known === "" ? "; it has none" : `: ${known}`}`],
    };
  }
  return {
    ok: true,
    query: {
      search: q === undefined || q === "" ? null : q,
      searchIn: searchInOf(role),
      cause: cause ?? null,
      side: side ?? null,
      field: field ?? null,
      rule,
      state: state ?? ALL_FAILING.state,
      within: within ?? null,
      sort: sort ?? ALL_FAILING.sort,
      size: size ?? ALL_FAILING.size,
      page: page ?? 1,
    },
  };
}
