import { z } from "zod";
import type { FailingQuery, FilterRule, LinkSelection } from "../../store/pages/failing-contacts.ts";
import { errorsParameters } from "../errors/errors-address.ts";
import { errorsQuery } from "../errors/errors-query.ts";
import type { Safe } from "../frame/layout/html.ts";
import { html } from "../frame/layout/html.ts";

/** A page holds a hundred. */
const MOST_TICKED = 100;

export const linkId = z
  .string("give it once")
  .regex(/^\d{1,18}$/, "the number of a contact")
  .transform(BigInt);

const ticked = z.object({
  all: z.literal("1").optional(),
  link: z.union([linkId.transform((id) => [id]), z.array(linkId).max(MOST_TICKED)]).optional(),
});

/** What was ticked, and the search that it was ticked in. */
export interface Ticked {
  readonly selection: LinkSelection;
  readonly query: FailingQuery;
}

/** Reads what a form of the errors page has ticked; `null` for nothing, or for what is no such form. */
export function readTicked(body: unknown, rules: readonly FilterRule[]): Ticked | null {
  const read = ticked.safeParse(body);
  const wanted = errorsQuery(body, rules, "operator");
  if (!read.success || !wanted.ok) return null;
  const { query } = wanted;
  if (read.data.all !== undefined) return { query, selection: { kind: "matching", query } };
  const ids = read.data.link ?? [];
  return ids.length === 0 ? null : { query, selection: { kind: "ids", ids } };
}

/** The same once more, for the next form. */
export function tickedFields({ selection, query }: Ticked): readonly Safe[] {
  const hidden = (name: string, value: string): Safe =>
    html`<input type="hidden" name="${name}" value="${value}" />`;
  const search = [...errorsParameters({ ...query, page: 1 })].map(([name, value]) => hidden(name, value));
  if (selection.kind === "matching") return [...search, hidden("all", "1")];
  return [...search, ...selection.ids.map((id) => hidden("link", String(id)))];
}
