import type { EmailKey } from "../model/email.ts";
import type { Mapping } from "../model/mapping.ts";
import { syncedFields } from "../model/mapping.ts";
import { planContact } from "../plan/plan-contact.ts";
import type { ExplainedPerson } from "./explained-person.ts";
import { ledgerOf } from "../store/consent/consent-ledger.ts";
import { knownLinks } from "../store/links/known-links.ts";
import { storyOf } from "../store/links/links-under.ts";
import { emailOfLink, personHistory } from "../store/people/person-history.ts";
import { resolveRemembered } from "./contacts/remembered-scope.ts";
import type { Store } from "../store/database/store.ts";

/** Entries of a person's history that are read. */
const HISTORY = 200;

/** By address, or by the number of the link. */
export type WhichPerson = { readonly email: EmailKey } | { readonly linkId: bigint };

/**
 * Why somebody did, or did not, sync, from what is known: neither system is asked. `null` for who is not linked, and for
 * a moment while an operation on them waits for its answer.
 */
export async function explainPerson(
  store: Store,
  mapping: Mapping,
  which: WhichPerson,
  now: Date,
): Promise<ExplainedPerson | null> {
  const email = "email" in which ? which.email : await emailOfLink(store, which.linkId);
  if (email === null) return null;
  const remembered = await resolveRemembered(store, mapping);
  const filter = { kind: "emails", emails: [email] } as const;
  const found = await knownLinks(store, remembered.scope, filter, 0n, 1, now);
  const known = "email" in which ? found[0] : found.find(({ link }) => link.id === which.linkId);
  if (known === undefined) return null;
  const plan = planContact({ fields: syncedFields(mapping), ...remembered }, known);
  const ledger = await ledgerOf(store, known.link.email);
  const history = await personHistory(store.statements, known.link.id, HISTORY);
  const { formerly } = await storyOf(store, email);
  return { plan, history, ledger, wanted: email, formerly };
}
