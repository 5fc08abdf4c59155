import type { ContactReading, IndexReading } from "../../../model/contact.ts";
import { fromIndex } from "../../../model/contact.ts";
import type { PropertyRequest } from "../../connector.ts";
import { pageGuard } from "../../http/page-guard.ts";
import { contactsOf, namesOf } from "../contacts.ts";
import type { Account } from "../contacts.ts";
import { readContacts } from "./read-contacts.ts";
import { contactPage, idsOf } from "./records.ts";
import type { Records } from "./records.ts";

/** Beyond this the names would make a URL longer than servers take (414). */
const LONGEST_QUERY = 4_000;

/** Every contact of the account, 100 a page, by ascending id. */
export async function* everyContact(
  account: Account,
  properties: readonly PropertyRequest[],
  signal: AbortSignal,
): AsyncIterable<IndexReading> {
  const names = namesOf(account, properties);
  const tooLong = names.join("&properties=").length > LONGEST_QUERY;
  const follow = pageGuard({ side: "hubspot", what: "all contacts", log: account.log });
  let after: string | null = null;
  do {
    signal.throwIfAborted();
    const call = account.endpoints.page(after, tooLong ? ["email"] : names);
    const { body } = await account.calls.read(call, contactPage, signal);
    yield fromIndex(
      tooLong
        ? await readShown(account, body, properties, signal)
        : await contactsOf(account, body, properties, signal),
    );
    after = body.paging?.next?.after ?? null;
    follow(after);
  } while (after !== null);
}

/** Reads what a page showed by id. Records that did not even tell their id stay unreadable. */
export async function readShown(
  account: Account,
  page: Records,
  properties: readonly PropertyRequest[],
  signal: AbortSignal,
): Promise<ContactReading> {
  const read = await readContacts(account, idsOf(page), properties, signal);
  const nameless = page.broken.filter(({ id }) => id === null);
  const { unreadable } = await contactsOf(account, { results: [], broken: nameless }, [], signal);
  return { ...read, unreadable: [...read.unreadable, ...unreadable] };
}
