import { actReason } from "../../consent/act-reason.ts";
import type { ConsentAnswer } from "../../consent/consent-answer.ts";
import { consentAnswer } from "../../consent/consent-answer.ts";
import { rememberedVerdict } from "../../consent/remembered-verdict.ts";
import type { Consent } from "../../model/consent.ts";
import type { Side } from "../../model/side.ts";
import { SIDES, SIDE_NAMES } from "../../model/side.ts";
import type { LedgerEntry } from "../../store/consent/consent-ledger.ts";
import type { KnownConsent } from "../../store/consent/ledger-list.ts";
import type { Fragment, Safe } from "../frame/layout/html.ts";
import { html, typed } from "../frame/layout/html.ts";
import { exactElement } from "../parts/time-element.ts";
import { KIND_WORDS, SEEN, whereWords } from "../../words/ledger-words.ts";

/** What is known of one address's consent, and why. */
export interface PersonAnswer {
  /** As it was typed. */
  readonly email: string;
  /** `null` for what is no address. */
  readonly known: KnownConsent | null;
}

/** The answer that every other part of Tandem gives too. */
export function answerFor({ consents, ledger }: KnownConsent): ConsentAnswer {
  return consentAnswer(consents, rememberedVerdict(ledger));
}

/** The question and its answer. */
export function personSection(person: PersonAnswer | null): Safe {
  return html`<section aria-labelledby="person">
    <h2 id="person">What do we know of this person’s consent?</h2>
    <form method="get" action="/consent" role="search" aria-label="One person's consent" class="filters">
      <div class="field wide">
        <label for="email">Email address</label>
        <input
          id="email"
          name="email"
          type="search"
          value="${typed(person?.email ?? null)}"
          autocomplete="off"
          spellcheck="false"
        />
      </div>
      <div class="buttons">
        <button type="submit" class="first">Explain</button>
        ${person !== null && html`<a href="/consent">Clear</a>`}
      </div>
    </form>
    ${person !== null && answer(person)}
  </section>`;
}

/** Only who subscribed is green. An opt-out is no error. */
const TONES: Readonly<Record<ConsentAnswer["answer"], string>> = {
  subscribed: "ok",
  not_opted_out: "info",
  opted_out: "warn",
  suppressed: "warn",
};

/** The answer as a tag. */
export function answerTag({ answer: word, label }: ConsentAnswer): Safe {
  return html`<span class="tag ${TONES[word]}">${label}</span>`;
}

function answer({ email, known }: PersonAnswer): Fragment {
  if (known === null)
    return html`<p>“<bdi>${typed(email)}</bdi>” is no address: it needs a name, an @ and a domain.</p>`;
  const told = answerFor(known);
  const { because, optOuts } = told;
  const unknown = !known.seen.hubspot && !known.seen.klaviyo;
  return html`<p>
      ${answerTag(told)} <bdi>${typed(email)}</bdi>: ${because}.
      ${unknown && "No contact with this address was seen on any side."}
    </p>
    <ul>
      ${SIDES.map((side) => html`<li>${SIDE_NAMES[side]}: ${sideWords(side, known)}</li>`)}
    </ul>
    ${optOuts.length > 0 && html`<p>They can only opt in again themselves, in Klaviyo.</p>`} ${history(known)}
    ${known.linkId !== null && html`<p><a href="/contacts/${String(known.linkId)}">This person in full</a></p>`}`;
}

/** What a side shows of their consent. */
export function sideWords(side: Side, { seen, consents }: KnownConsent): string {
  if (!seen[side]) return "no contact was seen";
  const consent = consents[side];
  return consent === null ? "shows no consent" : consentWords(consent);
}

function consentWords({ status, suppressions, optedOutTypes }: Consent): string {
  return [
    status.replaceAll("_", " "),
    ...suppressions.map(({ reason, at }) => `suppressed: ${reason} since ${at.slice(0, 10)}`),
    ...(optedOutTypes.length === 0 ? [] : [`opted out of types ${optedOutTypes.join(", ")}`]),
  ].join("; ");
}

function history({ ledger }: KnownConsent): Fragment {
  if (ledger.length === 0) return html`<p>The ledger has nothing about this address.</p>`;
  return html`<p>What the ledger has, the oldest first:</p>
    <ol>
      ${ledger.map(
        ({ at, kind, side, list, evidence }) =>
          html`<li>
            ${exactElement(at)}: ${KIND_WORDS[kind]},
            ${whereWords(side)}${list !== null && `, list ${list}`}${reasonOf(kind, evidence)}
          </li>`,
      )}
    </ol>`;
}

/** Why, in brackets, where the entry is of something that Tandem did or left. */
function reasonOf(kind: LedgerEntry["kind"], evidence: unknown): string {
  if (SEEN.has(kind)) return "";
  const reason = actReason(evidence);
  return reason === "" ? "" : ` (${reason})`;
}
