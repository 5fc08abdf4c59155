import type { ConsentKind } from "../../model/consent.ts";
import type { LedgerList, ListedEntry } from "../../store/consent/ledger-list.ts";
import type { Choice } from "../parts/choice-field.ts";
import { choiceField } from "../parts/choice-field.ts";
import { counted } from "../../model/count-words.ts";
import type { Fragment, Safe } from "../frame/layout/html.ts";
import { html } from "../frame/layout/html.ts";
import { pager } from "../parts/pager.ts";
import { addressOf } from "../parts/query-parts.ts";
import { exactElement } from "../parts/time-element.ts";
import { KINDS, KIND_WORDS, whereWords } from "../../words/ledger-words.ts";
import { entryReason } from "./entry-reason.ts";

/** So much of a person's hash tells two apart on a page. */
const SHORT_SUBJECT = 12;

/** The ledger itself: what was ever seen and done. Of whom, only a keyed hash. */
export function ledgerSection({
  kind,
  found,
}: {
  readonly kind: ConsentKind | null;
  readonly found: LedgerList;
}): Safe {
  const address = (page: number): string =>
    `${addressOf("/consent", { kind, page: page > 1 ? page : null })}#ledger`;
  return html`<section aria-labelledby="ledger">
    <h2 id="ledger">Ledger</h2>
    <p>
      Append-only. People are shown as anonymous hashes. A contact's page shows what the ledger has of them.
    </p>
    <form method="get" action="/consent#ledger" role="search" aria-label="Ledger" class="filters">
      ${choiceField(
        "kind",
        "What",
        kind,
        KINDS.map((one): Choice => [one, KIND_WORDS[one]]),
        "Everything",
      )}
      <div class="buttons">
        <button type="submit" class="first">Apply</button>
        <a href="${addressOf("/consent.csv", { kind })}">Download CSV</a>
      </div>
    </form>
    ${found.total === 0 ? html`<p>Nothing of this kind is in the ledger.</p>` : table(found)}
    ${pager(found.page, found.pages, "the ledger", address)}
  </section>`;
}

function table({ entries, total }: LedgerList): Safe {
  return html`<table class="stacks" role="table">
    <caption>
      ${counted(total, "entry", "entries")}, the latest first
    </caption>
    <thead role="rowgroup">
      <tr role="row">
        ${["Time", "What", "Side", "Person", "Why", "Run"].map(
          (head) => html`<th scope="col" role="columnheader">${head}</th>`,
        )}
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${entries.map(row)}
    </tbody>
  </table>`;
}

function row(entry: ListedEntry): Safe {
  const { at, kind, side, list, subject, evidence, runId } = entry;
  return html`<tr role="row">
    <th scope="row" role="rowheader" data-label="Time">${exactElement(at)}</th>
    <td role="cell" data-label="What">
      ${KIND_WORDS[kind]}${list !== null && html`, list <code>${list}</code>`}
    </td>
    <td role="cell" data-label="Side">${whereWords(side)}</td>
    <td role="cell" data-label="Person"><code>${subject.slice(0, SHORT_SUBJECT)}</code></td>
    <td role="cell" data-label="Why">
      <bdi>${entryReason(entry)}</bdi>
      <details>
        <summary>Evidence</summary>
        <pre>${JSON.stringify(evidence, null, 2)}</pre>
      </details>
    </td>
    <td role="cell" data-label="Run">${runLink(runId)}</td>
  </tr>`;
}

/** A look that found nobody linked is no run. */
function runLink(runId: bigint): Fragment {
  return runId > 0n && html`<a href="/runs/${String(runId)}">run ${String(runId)}</a>`;
}
