import { SIDES, SIDE_NAMES } from "../../model/side.ts";
import type { LedgerEntry } from "../../store/consent/consent-ledger.ts";
import type { KnownConsent } from "../../store/consent/ledger-list.ts";
import { knownConsent } from "../../store/consent/ledger-list.ts";
import { KIND_WORDS, whereWords } from "../../words/ledger-words.ts";
import { entryReason } from "../consent/entry-reason.ts";
import { answerFor, answerTag, sideWords } from "../consent/person-answer.ts";
import type { ContactSection } from "./contact-sections.ts";
import type { Fragment, Safe } from "../frame/layout/html.ts";
import { html } from "../frame/layout/html.ts";
import { stackedTable } from "../parts/stacked-table.ts";
import type { Store } from "../../store/database/store.ts";
import { exactElement } from "../parts/time-element.ts";

/** What is known of this person's consent and why: what both sides show, and what the ledger keeps of them. */
export function contactConsent(store: Store): ContactSection {
  return {
    key: "consent",
    async read({ plan }) {
      const known = await knownConsent(store, plan.known.link.email);
      const answer = answerFor(known);
      const ledger = known.ledger.map((entry) => {
        const { at, kind, side, list } = entry;
        return { at, kind, side, list, why: entryReason(entry) };
      });
      const sides = Object.fromEntries(SIDES.map((side) => [side, sideWords(side, known)]));
      const shown = { answer: answer.answer, label: answer.label, because: answer.because, sides, ledger };
      return { content: section(known), tag: answerTag(answer), document: { ...known, ...answer }, shown };
    },
  };
}

function section(known: KnownConsent): Safe {
  const told = answerFor(known);
  return html`<section aria-labelledby="consent">
    <h2 id="consent">Consent</h2>
    <p>${answerTag(told)} ${told.because}.</p>
    <ul>
      ${SIDES.map((side) => html`<li>${SIDE_NAMES[side]}: ${sideWords(side, known)}</li>`)}
    </ul>
    ${
      (told.answer === "opted_out" || told.answer === "suppressed") &&
      html`<p>They can only opt in again themselves, in Klaviyo.</p>`
    }
    ${ledgerTable(known.ledger)}
  </section>`;
}

function ledgerTable(ledger: readonly LedgerEntry[]): Fragment {
  if (ledger.length === 0) return html`<p>The ledger has nothing about this person.</p>`;
  return stackedTable(
    "Ledger entries of this person, latest first. No one can change or remove them.",
    ["Time", "What", "Where", "Why"],
    ledger.toReversed().map(row),
  );
}

function row(entry: LedgerEntry): Safe {
  const { at, kind, side, list } = entry;
  return html`<tr role="row">
    <th scope="row" role="rowheader" data-label="Time">${exactElement(at)}</th>
    <td role="cell" data-label="What">${KIND_WORDS[kind]}</td>
    <td role="cell" data-label="Where">
      ${whereWords(side)}${list !== null && html`, list <bdi>${list}</bdi>`}
    </td>
    <td role="cell" data-label="Why"><bdi>${entryReason(entry)}</bdi></td>
  </tr>`;
}
