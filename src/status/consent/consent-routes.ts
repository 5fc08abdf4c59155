import { z } from "zod";
import type { LedgerProof } from "../../consent/verify-ledger.ts";
import { verifyLedger } from "../../consent/verify-ledger.ts";
import { emailKey } from "../../model/email.ts";
import { consentPairs } from "../../store/consent/consent-ledger.ts";
import {
  eachLedgerEntry,
  knownConsent,
  listLedger,
  summariseLedger,
} from "../../store/consent/ledger-list.ts";
import { notAllowed } from "../frame/layout/message-page.ts";
import type { PageDeps } from "../frame/page-deps.ts";
import type { Answer, PageRequest, StatusPage } from "../frame/layout/page.ts";
import { addressOf, given, notUnderstood, pageNumber } from "../parts/query-parts.ts";
import { mayDo } from "../frame/access/role.ts";
import { searchWords } from "../parts/search-text.ts";
import { consentPage } from "./consent-page.ts";
import { KINDS, isMismatch, KIND_WORDS, whereWords } from "../../words/ledger-words.ts";
import type { PersonAnswer } from "./person-answer.ts";
import { answerFor } from "./person-answer.ts";
import type { ListedEntry } from "../../store/consent/ledger-list.ts";
import type { CsvCell } from "../parts/csv-line.ts";
import { entryReason } from "./entry-reason.ts";
import type { Store } from "../../store/database/store.ts";

const HEADS = ["Number", "Time", "What", "Side", "List", "Person", "Why", "Evidence", "Run", "Hash"];

/** A line an entry. Of whom, the keyed hash; evidence and hash whole, so that somebody else can follow the chain. */
async function* ledgerCsv(entries: AsyncIterable<ListedEntry>): AsyncGenerator<readonly CsvCell[]> {
  yield HEADS;
  for await (const entry of entries) {
    const { seq, at, kind, side, list, subject, evidence, runId, hash } = entry;
    yield [
      String(seq),
      at.toISOString(),
      KIND_WORDS[kind],
      whereWords(side),
      list,
      subject,
      entryReason(entry),
      JSON.stringify(evidence),
      runId > 0n ? String(runId) : null,
      hash,
    ];
  }
}

const parameters = z.object({
  email: given(searchWords),
  kind: given(z.enum(KINDS, `one of ${KINDS.join(", ")}`)),
  page: given(pageNumber),
});

const MONTH_MS = 30 * 86_400_000;

/** Who may be e-mailed; and the ledger's proof, where somebody asks for it. */
export function consentRoutes(deps: PageDeps): readonly StatusPage[] {
  const { act } = deps;
  return [
    { address: "/consent", place: "/consent", answer: (wanted) => consent(deps, wanted, null) },
    {
      address: "/consent.csv",
      place: "/consent",
      answer: ({ query, frame }) => {
        const read = parameters.safeParse(query);
        if (!read.success) return Promise.resolve(notUnderstood(read.error));
        const entries = eachLedgerEntry(act.store, read.data.kind ?? null);
        return Promise.resolve({
          kind: "table",
          name: `consent-ledger-${frame.now.toISOString().slice(0, 10)}.csv`,
          lines: ledgerCsv(entries),
        });
      },
    },
    {
      method: "POST",
      address: "/consent/proof",
      place: "/consent",
      async answer(wanted) {
        const { visitor } = wanted;
        const proof = await verifyLedger(act.store.statements);
        const about = { entries: proof.entries, broken: proof.broken === null ? "no" : "yes" };
        await act.audit({ who: visitor.name, role: visitor.role, action: "prove_ledger", about });
        return consent(deps, { ...wanted, query: {} }, proof);
      },
    },
  ];
}

async function consent(
  { act, now }: PageDeps,
  { query, frame, visitor }: PageRequest,
  proof: LedgerProof | null,
): Promise<Answer> {
  const read = parameters.safeParse(query);
  if (!read.success) return notUnderstood(read.error);
  const { email, kind = null, page = 1 } = read.data;
  // Anybody who must not know addresses must not try them out either.
  const mayAsk = mayDo(visitor.role, "operator");
  if (email !== undefined && email !== "" && !mayAsk)
    return { kind: "told", status: 403, message: notAllowed("operator") };
  const { store } = act;
  const [pairs, summary, found, person] = await Promise.all([
    consentPairs(store),
    summariseLedger(store, new Date(now().getTime() - MONTH_MS)),
    listLedger(store, kind, page),
    email === undefined || email === "" ? null : personOf(store, email),
  ]);
  if (found.page !== page)
    return { kind: "moved", to: addressOf("/consent", { kind, email, page: found.page }) };
  const wanted =
    person === null
      ? null
      : {
          email: person.email,
          ...(person.known === null ? {} : { ...person.known, ...answerFor(person.known) }),
        };
  return {
    kind: "page",
    title: "Consent",
    content: consentPage({ frame, pairs, summary, kind, found, person, proof }),
    document: {
      connection: frame.overview.name,
      at: frame.now,
      pairs: mayAsk ? pairs : pairs.map((pair) => (isMismatch(pair) ? pair : { ...pair, example: null })),
      ...summary,
      ledger: found,
      person: wanted,
      proof,
    },
  };
}

async function personOf(store: Store, email: string): Promise<PersonAnswer> {
  const key = emailKey(email);
  return { email, known: key === null ? null : await knownConsent(store, key) };
}
