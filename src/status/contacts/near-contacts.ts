import { suggest } from "../../mapping/diagnostics/suggest.ts";
import type { StatusReader } from "../status-reader.ts";

/** A contact whose email address is much like the one searched for. */
export interface NearContact {
  readonly email: string;
  readonly id: string;
}

/** The first letters are rarely the wrong ones. */
const SURE_LETTERS = 2;

/** Two neighbors that changed places count as two. More than two slips are another email address. */
const MOST_SLIPS = 2;

const MOST_SHOWN = 5;

/** Contacts that a search without a result may have meant: a slip of the finger away, or the same name elsewhere. */
export async function nearContacts(
  read: Pick<StatusReader, "addressesLike" | "linkOfEmail">,
  search: string,
): Promise<readonly NearContact[]> {
  if (search.length <= SURE_LETTERS) return [];
  const known = await read.addressesLike(search.slice(0, SURE_LETTERS));
  const { word, ties } = suggest(search, known, MOST_SLIPS);
  const slips = word === null ? ties : [word];
  const [local = search] = search.split("@");
  const namesakes = known.filter((email) => email.startsWith(`${local}@`));
  const emails = [...new Set([...slips, ...namesakes])].slice(0, MOST_SHOWN);
  const found = await Promise.all(
    emails.map(async (email) => ({ email, id: await read.linkOfEmail(email) })),
  );
  return found.flatMap(({ email, id }) => (id === null ? [] : [{ email, id }]));
}
