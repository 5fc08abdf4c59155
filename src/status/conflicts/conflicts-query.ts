import { z } from "zod";
import type { ConflictsQuery } from "../../store/writes/conflict-list.ts";
import { ALL_CONFLICTS, CONFLICT_KINDS } from "../../store/writes/conflict-list.ts";
import { addressOf, given, pageNumber, rowId, within } from "../parts/query-parts.ts";
import { searchWords } from "../parts/search-text.ts";

const parameters = z
  .object({
    field: given(searchWords),
    winner: given(z.enum(["hubspot", "klaviyo"], "hubspot or klaviyo")),
    kind: given(z.enum(CONFLICT_KINDS, `one of ${CONFLICT_KINDS.join(", ")}`)),
    within: given(within),
    run: given(rowId),
    page: given(pageNumber),
  })
  .transform(({ field, winner, kind, within: since, run, page }): ConflictsQuery => ({
    field: field ?? null,
    winner: winner ?? null,
    kind: kind ?? null,
    within: since ?? null,
    run: run ?? null,
    page: page ?? 1,
  }));

/** Reads the parameters of the address; those of other names are nobody's. */
export function conflictsQuery(query: unknown): z.ZodSafeParseResult<ConflictsQuery> {
  return parameters.safeParse(query);
}

/** The address of this list: only what is not as usual is in it. */
export function conflictsAddress(query: Partial<ConflictsQuery>): string {
  const { run, page, ...rest } = { ...ALL_CONFLICTS, ...query };
  return addressOf("/conflicts", {
    ...rest,
    run: run === null ? null : String(run),
    page: page > 1 ? page : null,
  });
}
