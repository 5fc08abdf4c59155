import type { ExceededLimit } from "../../model/hold.ts";
import { heldByLimit } from "../../plan/problems.ts";
import type { RunRow } from "../../store/pages/overview.ts";
import type { RunChange, RunChanges } from "../../store/runs/run-list.ts";
import { actionWords } from "../../words/change-words.ts";
import { changeLines, withoutRejected } from "../parts/change-lines.ts";
import { counted, grouped } from "../../model/count-words.ts";
import type { Fragment, Safe } from "../frame/layout/html.ts";
import { html, personAddress } from "../frame/layout/html.ts";
import { searchField } from "../parts/search-box.ts";
import type { Frame } from "../frame/layout/layout.ts";
import { csrfField } from "../frame/layout/layout.ts";
import { pager } from "../parts/pager.ts";
import { propertyOf } from "../../words/problem-words.ts";
import { addressOf } from "../parts/query-parts.ts";
import { mayDo } from "../frame/access/role.ts";
import { resultWords } from "../../words/state-words.ts";
import { exactElement, timeElement } from "../parts/time-element.ts";
import { countLabel, laneName, tookWords, triggerName } from "../../words/run-words.ts";
import { wordOf } from "../../words/word-of.ts";

/** One run and what it did. */
export interface RunView {
  readonly frame: Frame;
  readonly run: RunRow;
  readonly search: string | null;
  readonly found: RunChanges;
  readonly conflicts: number;
  readonly held: RunHold | null;
  /** May old values be put back from here? Only where the daemon is beside the page. */
  readonly canUndo: boolean;
}

/** What a limit held back in the run. */
export interface RunHold {
  readonly state: string;
  readonly exceeded: readonly ExceededLimit[];
  readonly changes: number;
}

const OUTCOMES: Readonly<Record<string, { readonly label: string; readonly tone: string }>> = {
  done: { label: "Done", tone: "ok" },
  sent: { label: "No answer yet", tone: "info" },
  refused: { label: "Rejected", tone: "bad" },
  exists: { label: "Already existed", tone: "info" },
  gone: { label: "Contact deleted", tone: "warn" },
  superseded: { label: "Replaced by a later change", tone: "info" },
  not_sent: { label: "Not sent: the contact changed or the sync stopped", tone: "info" },
};

/** What one run read, changed and held, contact by contact. */
export function runPage(view: RunView): Safe {
  const { run, frame } = view;
  const { label, tone } = resultWords(run);
  return html`
    <p class="crumbs"><a href="/runs">Runs</a></p>
    <h1>Run ${run.id}: ${laneName(run.kind).toLowerCase()}</h1>
    <p>
      <span class="tag ${tone}">${label}</span> started ${timeElement(run.startedAt, frame.now)}
      (${exactElement(run.startedAt)}), by <bdi>${triggerName(run.trigger)}</bdi>, took
      ${tookWords(run, frame.now) ?? "an unknown time"}.
    </p>
    ${run.note !== "" && html`<p class="note">${run.note}</p>`} ${counts(run)} ${held(view)} ${undo(view)}
    ${changes(view)}
  `;
}

function counts({ counts: all }: RunRow): Fragment {
  const rows = Object.entries(all).filter(([, count]) => count > 0);
  if (rows.length === 0) return html`<p>No counts.</p>`;
  return html`<dl class="figures">
    ${rows.map(
      ([word, count]) =>
        html`<div>
          <dt>${countLabel(word)}</dt>
          <dd>${grouped(count)}</dd>
        </div>`,
    )}
  </dl>`;
}

function held({ held: hold, conflicts, run }: RunView): Fragment {
  return html`${
    hold !== null &&
    html`<section aria-labelledby="held">
      <h2 id="held">Changes held for approval</h2>
      ${hold.exceeded.map(heldByLimit).map(
        ({ title, explanation }) =>
          html`<article class="problem">
            <h3>${title.replace(/^Held: /, "")}</h3>
            <p>${explanation}</p>
          </article>`,
      )}
      <p>
        ${counted(hold.changes, "change")}, ${hold.state === "waiting" ? "waiting for approval" : hold.state}.
        <a href="/mapping?show=held">Review the held changes</a>
      </p>
    </section>`
  }${
    conflicts > 0 &&
    html`<p><a href="/conflicts?run=${run.id}">${counted(conflicts, "conflict")} in this run</a></p>`
  }`;
}

function undo({ run, found, canUndo, frame, search }: RunView): Fragment {
  const { visitor } = frame.shell;
  const may = visitor !== null && mayDo(visitor.role, "admin");
  if (!canUndo || !may || search !== null || found.total === 0 || run.kind !== "contacts") return null;
  return html`<form method="post" action="/runs/${run.id}/undo" class="bare block">
    ${csrfField(frame.shell)}
    <button type="submit">Undo…</button>
    <span class="muted">Shows a preview first. Writes nothing until you confirm.</span>
  </form>`;
}

function changes(view: RunView): Safe {
  const { run, search, found } = view;
  const address = (page: number) => addressOf(`/runs/${run.id}`, { q: search, page: page > 1 ? page : null });
  return html`<section aria-labelledby="changes">
    <h2 id="changes">Changes</h2>
    <form
      method="get"
      action="/runs/${run.id}"
      role="search"
      aria-label="Changes of this run"
      class="filters"
    >
      ${searchField(search, view.frame.shell.visitor?.role ?? "viewer")}
      <div class="buttons">
        <button type="submit" class="first">Search</button>
        ${search !== null && html`<a href="/runs/${run.id}">Clear</a>`}
      </div>
    </form>
    ${found.total === 0 ? nothing(view) : table(view)} ${pager(found.page, found.pages, "changes", address)}
  </section>`;
}

function nothing({ search, run }: RunView): Safe {
  if (search !== null)
    return html`<p>Nothing in this run matches. <a href="/runs/${run.id}">Clear the search</a></p>`;
  return html`<p>No changes${run.result === "running" ? " yet" : ""}.</p>`;
}

function table({ found, frame }: RunView): Safe {
  return html`<table class="stacks" role="table">
    <caption>
      ${counted(found.total, "change")}, in the order Tandem sent them
    </caption>
    <thead role="rowgroup">
      <tr role="row">
        ${["Contact", "What", "Before → after", "Outcome"].map(
          (head) => html`<th scope="col" role="columnheader">${head}</th>`,
        )}
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${found.changes.map((change) => row(change, frame.now))}
    </tbody>
  </table>`;
}

function row(change: RunChange, now: Date): Safe {
  const { label, tone } = wordOf(OUTCOMES, change.outcome) ?? { label: change.outcome, tone: "info" };
  return html`<tr role="row">
    <th scope="row" role="rowheader" data-label="Contact">
      ${
        change.linkId === null
          ? html`<bdi>${personAddress(change.email)}</bdi>`
          : html`<a href="/contacts/${String(change.linkId)}"><bdi>${personAddress(change.email)}</bdi></a>`
      }
    </th>
    <td role="cell" data-label="What">
      ${actionWords(change.side, change.kind)}
      <p class="muted">${timeElement(change.at, now)}</p>
    </td>
    <td role="cell" data-label="Before → after">${changeLines(withoutRejected(change))}</td>
    <td role="cell" data-label="Outcome">
      <span class="tag ${tone}">${label}</span>
      ${change.problem !== null && html`<p>${change.problem}</p>`}
      ${change.refusedFields.length > 0 && html`<p>${change.refusedFields.map((key) => `${propertyOf(change.side, key)}: rejected`).join(", ")}</p>`}
    </td>
  </tr>`;
}
