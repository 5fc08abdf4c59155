import { SIDE_NAMES } from "../../model/side.ts";
import type { UndoableConflict } from "../../store/writes/conflict-undos.ts";
import type { PersonAct } from "../../store/people/person-acts.ts";
import type { HistoryEntry } from "../../store/people/person-history.ts";
import { actionWords } from "../../words/change-words.ts";
import { changeLines, withoutRejected } from "../parts/change-lines.ts";
import type { Fragment, Safe } from "../frame/layout/html.ts";
import { html } from "../frame/layout/html.ts";
import { propertyOf } from "../../words/problem-words.ts";
import { stackedTable } from "../parts/stacked-table.ts";
import { timeElement } from "../parts/time-element.ts";
import { valueElement } from "../parts/value-element.ts";
import { wordOf } from "../../words/word-of.ts";

const OUTCOMES: Readonly<Record<string, string>> = {
  sent: "sent, no answer yet",
  refused: "rejected",
  exists: "already existed",
  gone: "the contact was deleted",
  superseded: "replaced by a later change",
  not_sent: "not sent: the contact changed first, or the sync stopped",
};

/** What was ever written of one person, and what people did about them, the latest first. */
export function contactHistory(
  entries: readonly HistoryEntry[],
  acts: readonly PersonAct[],
  now: Date,
): Safe {
  const lines = [
    ...entries.map((entry) => ({ at: entry.at, words: entryWords(entry, now) })),
    ...acts.map((act) => ({ at: act.at, words: actWords(act, now) })),
  ].toSorted((one, other) => other.at.getTime() - one.at.getTime());
  return html`<section aria-labelledby="history">
    <h2 id="history">History</h2>
    ${entries.length === 0 && html`<p>Tandem has written nothing for this person.</p>`}
    <ol class="history">
      ${lines.map(({ words }) => html`<li>${words}</li>`)}
    </ol>
  </section>`;
}

const ACTS: Readonly<Record<PersonAct["action"], string>> = {
  linked: "Linked by email address",
  retry: "Retry requested",
  ignore: "Ignored",
  resume: "No longer ignored",
  undo_conflict: "Undo of a conflict requested",
  read_contact: "Read from both systems",
  export: "Exported",
};

function actWords({ at, who, action, reason }: PersonAct, now: Date): Safe {
  return html`<p>
    ${timeElement(at, now)} ·
    <strong>${ACTS[action]}</strong
    >${who !== null && html` by <bdi>${who}</bdi>`}${reason !== "" && html`: <bdi>${reason}</bdi>`}
  </p>`;
}

function entryWords(entry: HistoryEntry, now: Date): Safe {
  const outcome = wordOf(OUTCOMES, entry.outcome);
  const { side, kind, runId, refusedFields } = entry;
  return html`<p>
      ${timeElement(entry.at, now)} · <strong>${actionWords(side, kind)}</strong> ·
      <a href="/runs/${String(runId)}">run ${String(runId)}</a
      >${outcome !== undefined && html` · <strong>${outcome}</strong>`}
    </p>
    ${changeLines(withoutRejected(entry))}
    ${
      refusedFields.length > 0 &&
      html`<p><bdi>${refusedFields.map((key) => `${propertyOf(side, key)}: rejected`).join(", ")}</bdi></p>`
    }`;
}

const UNDOS = {
  waiting: "Undo waits for the next run",
  done: "Undone",
  moved: "Not undone: the field changed meanwhile",
} as const;

/** Values that did not stand, each with the way to have it back. */
export function contactConflicts(
  conflicts: readonly UndoableConflict[],
  mayUndo: boolean,
  now: Date,
): Fragment {
  if (conflicts.length === 0) return null;
  const heads = ["When", "Field", "Kept", "Overwritten", "Undo"];
  return html`<section aria-labelledby="conflicts">
    <h2 id="conflicts">Conflicts</h2>
    ${stackedTable(
      "Fields that both sides had changed, the latest first",
      heads,
      conflicts.map(
        ({ id, at, field, winner, won, lost, undo }) =>
          html`<tr role="row">
            <th scope="row" role="rowheader" data-label="When">${timeElement(at, now)}</th>
            <td role="cell" data-label="Field">${propertyOf(winner, field)}</td>
            <td role="cell" data-label="Kept">${SIDE_NAMES[winner]}: ${valueElement(field, won)}</td>
            <td role="cell" data-label="Overwritten">${valueElement(field, lost)}</td>
            <td role="cell" data-label="Undo">
              ${undo !== null ? UNDOS[undo] : mayUndo && html`<a href="/conflicts/${String(id)}/undo">Undo…</a>`}
            </td>
          </tr>`,
      ),
    )}
  </section>`;
}
