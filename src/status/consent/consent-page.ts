import { provenWords } from "../../consent/proven-words.ts";
import type { LedgerProof } from "../../consent/verify-ledger.ts";
import type { ConsentKind } from "../../model/consent.ts";
import type { ConsentPair } from "../../store/consent/consent-ledger.ts";
import type { LedgerList, LedgerSummary } from "../../store/consent/ledger-list.ts";
import { barChart } from "../parts/bar-chart.ts";
import { counted, grouped } from "../../model/count-words.ts";
import type { Fragment, Safe } from "../frame/layout/html.ts";
import { html, personAddress } from "../frame/layout/html.ts";
import type { Frame } from "../frame/layout/layout.ts";
import { csrfField } from "../frame/layout/layout.ts";
import { mayDo } from "../frame/access/role.ts";
import { KIND_WORDS, SEEN, isMismatch, stateWords, statesOf } from "../../words/ledger-words.ts";
import { ledgerSection } from "./ledger-section.ts";
import type { PersonAnswer } from "./person-answer.ts";
import { personSection } from "./person-answer.ts";

/** What the consent page shows. */
export interface ConsentView {
  readonly frame: Frame;
  readonly pairs: readonly ConsentPair[];
  /** Of the last 30 days. */
  readonly summary: LedgerSummary;
  readonly kind: ConsentKind | null;
  readonly found: LedgerList;
  /** Of the address that was asked about. */
  readonly person: PersonAnswer | null;
  /** Where somebody has just had it proved. */
  readonly proof: LedgerProof | null;
}

/** Who may be e-mailed, what Tandem did about it, and the proof that nothing of it was changed. */
export function consentPage(view: ConsentView): Safe {
  return html`
    <h1>Consent</h1>
    <p>Tandem never resubscribes anyone who opted out. No setting changes this.</p>
    ${mayDo(view.frame.shell.visitor?.role ?? "viewer", "operator") ? personSection(view.person) : null}
    ${matrix(view.pairs)} ${actCounts(view.summary)} ${optOuts(view.summary)} ${proofSection(view)}
    ${ledgerSection(view)}
  `;
}

function matrix(pairs: readonly ConsentPair[]): Safe {
  if (pairs.length === 0)
    return html`<section aria-labelledby="matrix">
      <h2 id="matrix">Both sides compared</h2>
      <p>No contacts are linked yet.</p>
    </section>`;
  const [columns, rows] = [statesOf(pairs, "hubspot"), statesOf(pairs, "klaviyo")];
  const cell = (hubspot: string, klaviyo: string): Safe => {
    const pair = pairs.find((one) => one.hubspot === hubspot && one.klaviyo === klaviyo);
    if (pair === undefined) return html`<td class="right"></td>`;
    return html`<td class="right">
      ${grouped(pair.people)}
      ${isMismatch(pair) && html`<p><span class="tag warn">Differs</span> like <bdi>${personAddress(pair.example)}</bdi></p>`}
    </td>`;
  };
  const differing = pairs.filter(isMismatch).reduce((sum, { people }) => sum + people, 0);
  return html`<section aria-labelledby="matrix">
    <h2 id="matrix">Both sides compared</h2>
    <p>
      ${
        differing === 0
          ? "No one is opted out on one side only."
          : `${counted(differing, "person is", "people are")} opted out on one side only.`
      }
    </p>
    <div class="scroll" role="region" aria-label="Consent on both sides" tabindex="0">
      <table>
        <caption>
          People by what Klaviyo shows (down) and HubSpot shows (across)
        </caption>
        <thead>
          <tr>
            <th scope="col">Klaviyo</th>
            ${columns.map((state) => html`<th scope="col" class="right">HubSpot: ${stateWords(state)}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            (state) =>
              html`<tr>
                <th scope="row">${stateWords(state)}</th>
                ${columns.map((column) => cell(column, state))}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}

function actCounts({ kinds, blocked }: LedgerSummary): Safe {
  const told = kinds.filter(({ kind }) => !SEEN.has(kind));
  return html`<section aria-labelledby="deeds">
    <h2 id="deeds">What Tandem did in the last 30 days</h2>
    ${
      told.length === 0
        ? html`<p>Nothing. There were no opt-outs to sync and no subscribe requests.</p>`
        : html`<dl class="figures">
            ${told.map(
              ({ kind, entries }) =>
                html`<div>
                  <dt><a href="/consent?kind=${kind}#ledger">${KIND_WORDS[kind]}</a></dt>
                  <dd>${grouped(entries)}</dd>
                </div>`,
            )}
          </dl>`
    }
    ${
      blocked.length > 0 &&
      html`<h3>Why subscribe requests were blocked</h3>
        <ul>
          ${blocked.map(({ because, people }) => html`<li>${because}: ${counted(people, "person", "people")}</li>`)}
        </ul>`
    }
  </section>`;
}

function optOuts({ optOuts: days }: LedgerSummary): Safe {
  const sum = days.reduce((total, { hubspot, klaviyo }) => total + hubspot + klaviyo, 0);
  const reading = `${counted(sum, "opt-out")} seen on ${counted(days.length, "day")}.`;
  const bars = days.map(({ day, hubspot, klaviyo }) => ({
    label: day,
    value: hubspot + klaviyo,
    failed: false,
  }));
  return html`<section aria-labelledby="opt-outs">
    <h2 id="opt-outs">Opt-outs by day, last 30 days</h2>
    ${
      days.length === 0
        ? html`<p>None was seen.</p>`
        : html`${barChart({ id: "opt-outs-chart", title: "Opt-outs by day", reading, bars })}
            <p class="muted">${reading} The first read of an account shows all earlier opt-outs.</p>
            <details>
              <summary>These numbers as a table</summary>
              <table>
                <caption class="unseen">
                  Opt-outs by UTC day
                </caption>
                <thead>
                  <tr>
                    <th scope="col">Day</th>
                    <th scope="col" class="right">HubSpot</th>
                    <th scope="col" class="right">Klaviyo</th>
                  </tr>
                </thead>
                <tbody>
                  ${days.map(
                    ({ day, hubspot, klaviyo }) =>
                      html`<tr>
                        <th scope="row">${day}</th>
                        <td class="right">${grouped(hubspot)}</td>
                        <td class="right">${grouped(klaviyo)}</td>
                      </tr>`,
                  )}
                </tbody>
              </table>
            </details>`
    }
  </section>`;
}

function proofSection({ proof, frame }: ConsentView): Safe {
  const { visitor } = frame.shell;
  return html`<section aria-labelledby="proof">
    <h2 id="proof">Proof</h2>
    <p>
      Each entry of the ledger holds the hash of the one before it, and is sealed with a key that the database
      does not have.
    </p>
    ${proof !== null && proved(proof)}
    ${
      visitor !== null &&
      mayDo(visitor.role, "operator") &&
      html`<form method="post" action="/consent/proof" class="bare block">
        ${csrfField(frame.shell)}<button type="submit">Prove it now</button>
        <span class="muted">Reads the whole ledger and computes every hash again.</span>
      </form>`
    }
  </section>`;
}

function proved(proof: LedgerProof): Fragment {
  const { entries, broken, head } = proof;
  if (broken !== null)
    return html`<div class="summary bad" role="alert">
      <h2>The ledger is broken at entry ${String(broken.seq)}: ${broken.how}</h2>
      <p>
        The ${counted(entries, "entry", "entries")} before it are whole. Someone wrote to the database without
        Tandem. Restore a backup and compare.
      </p>
    </div>`;
  return html`<p class="said ok" role="status">
    The ledger is whole: ${counted(entries, "entry", "entries")}. ${provenWords(proof).join(" ")}
    ${head !== null && html`Head: <code>${head}</code>. Keep it outside of the database: <code>tandem consent audit --since</code> proves later that nothing before it is missing or changed.`}
  </p>`;
}
