import type { KnownLink } from "../../model/link.ts";
import type { ResolvedRule } from "../../model/scope.ts";
import type { LinkFilter } from "./known-links.ts";
import { knownLinks } from "./known-links.ts";
import type { Store } from "../database/store.ts";

/** Links in one page of people who are read and planned. */
export const LINKS_PER_PAGE = 2_000;

/** All links of a filter, a page at a time, by id. Each page is read when the one before it was used. */
export async function* knownLinkPages(
  store: Store,
  rules: readonly ResolvedRule[],
  filter: LinkFilter,
  now: () => Date,
): AsyncGenerator<readonly KnownLink[]> {
  let after = 0n;
  for (;;) {
    const page = await knownLinks(store, rules, filter, after, LINKS_PER_PAGE, now());
    if (page.length > 0) yield page;
    const last = page.at(-1);
    if (last === undefined || page.length < LINKS_PER_PAGE) return;
    after = last.link.id;
  }
}
