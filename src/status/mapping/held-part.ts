import { heldByLimit } from "../../plan/problems.ts";
import type { HeldPerson } from "../../store/runs/held-people.ts";
import type { WaitingHold } from "../../store/runs/holds.ts";
import type { PastHold } from "../../store/runs/hold-list.ts";
import { counted, grouped } from "../../model/count-words.ts";
import type { Fragment, Safe } from "../frame/layout/html.ts";
import { html, personAddress } from "../frame/layout/html.ts";
import type { Frame } from "../frame/layout/layout.ts";
import { csrfField } from "../frame/layout/layout.ts";
import { mayDo } from "../frame/access/role.ts";
import { timeElement } from "../parts/time-element.ts";
import { exact } from "../../words/time-words.ts";
import type { HeldChange } from "../../words/held-words.ts";
import { propertyOf } from "../../words/problem-words.ts";
import { changeLines } from "../parts/change-lines.ts";
import { stackedTable } from "../parts/stacked-table.ts";
import type { HeldEntry, ShownHold } from "./held-view.ts";
import type { MappingView } from "./mapping-view.ts";

/** What a limit holds now, with the decision about it, and earlier decisions. */
export function heldPart({ hold, pastHolds, frame }: MappingView): Safe {
  return html`<section aria-labelledby="held">
    <h2 id="held">Changes held for approval</h2>
    ${
      hold === null
        ? html`<p>
            No changes are held. If a run would exceed a limit, Tandem makes none of those changes and asks
            here. <a href="/mapping?show=limits">See the limits</a>
          </p>`
        : waiting(frame, hold)
    }
    ${past(pastHolds, frame.now)}
  </section>`;
}

function waiting(frame: Frame, hold: ShownHold): Safe {
  const { exceeded, openedAt, runId } = hold.waiting;
  const everybody = exceeded.some(({ action }) => action === "people");
  return html`${exceeded.map(heldByLimit).map(
      ({ title, explanation }) =>
        html`<article class="problem">
          <h3>${title.replace(/^Held: /, "")}</h3>
          <p>${explanation}</p>
        </article>`,
    )}
    <p>
      Held since ${timeElement(openedAt, frame.now)}, last in
      <a href="/runs/${String(runId)}">run ${String(runId)}</a>.
      ${
        everybody
          ? "Opt-outs still sync; other changes wait for your decision."
          : "Everything else keeps syncing, opt-outs too."
      }
    </p>
    ${samples(hold)} ${decide(frame, hold.waiting)}`;
}

function samples({ waiting: { changes }, changes: shown }: ShownHold): Safe {
  const caption =
    shown.length < changes
      ? `The first ${grouped(shown.length)} of ${counted(changes, "held change")}`
      : counted(changes, "held change");
  return stackedTable(caption, ["Contact", "What would happen", "Values"], shown.map(sample));
}

function sample({ words, change, person }: HeldEntry): Safe {
  return html`<tr role="row">
    <th scope="row" role="rowheader" data-label="Contact">${who(change, person)}</th>
    <td role="cell" data-label="What would happen"><bdi>${change?.what ?? words}</bdi></td>
    <td role="cell" data-label="Values">${change === null ? null : valuesOf(change)}</td>
  </tr>`;
}

function who(change: HeldChange | null, person: HeldPerson | null): Fragment {
  if (person === null) return html`<bdi>${change === null ? "Unknown" : change.who}</bdi>`;
  return html`<a href="/contacts/${String(person.linkId)}"><bdi>${personAddress(person.email)}</bdi></a>
    ${person.name !== null && html`<p class="name"><bdi>${person.name}</bdi></p>`}`;
}

function valuesOf({ values }: HeldChange): Fragment {
  if (values === null) return null;
  return values.kind === "emptied"
    ? html`<span class="field-name">${propertyOf(values.side, values.field)}</span>`
    : changeLines(values);
}

/** So much of a hash is enough to compare it with the command line's. */
const SHORT_HASH = 12;

function decide({ shell }: Frame, { id, hash, changes }: WaitingHold): Fragment {
  if (shell.visitor === null || !mayDo(shell.visitor.role, "operator")) return null;
  return html`<form method="post" action="/holds/${String(id)}/approve" class="narrow">
    ${csrfField(shell)}
    <input type="hidden" name="hash" value="${hash}" />
    <p>
      An approval is for exactly these ${counted(changes, "change")} and for one day
      (<code>${hash.slice(0, SHORT_HASH)}</code>). A value that changes meanwhile is held again.
    </p>
    <div class="field">
      <label for="reason">Reason, for the record</label>
      <input id="reason" name="reason" required maxlength="500" autocomplete="off" />
    </div>
    <div class="buttons">
      <button type="submit" class="first">Approve ${counted(changes, "change")}</button>
      <button type="submit" formaction="/holds/${String(id)}/reject">Reject</button>
    </div>
    <p class="muted">
      A rejection changes no contact. The next run holds the same changes again until you fix the cause or
      change the mapping.
    </p>
  </form>`;
}

function past(holds: readonly PastHold[], now: Date): Fragment {
  if (holds.length === 0) return null;
  return html`<h3>Earlier decisions</h3>
    <div class="scroll" role="region" aria-label="Earlier holds" tabindex="0">
      <table>
        <caption class="unseen">
          Earlier holds, the latest first
        </caption>
        <thead>
          <tr>
            ${["Held since", "Changes", "Decision", "By", "Reason"].map((head) => html`<th scope="col">${head}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${holds.map(
            (hold) =>
              html`<tr>
                <th scope="row">${timeElement(hold.openedAt, now)}</th>
                <td>${grouped(hold.changes)}</td>
                <td>${decisionWords(hold)}</td>
                <td><bdi>${hold.decidedBy}</bdi></td>
                <td class="note">${hold.reason}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}

function decisionWords({ state, decidedAt, expiresAt }: PastHold): string {
  const at = decidedAt === null ? "" : ` ${exact(decidedAt)}`;
  if (state === "approved")
    return `approved${at}${expiresAt === null ? "" : `, valid until ${exact(expiresAt)}`}`;
  return state === "withdrawn" ? `withdrawn${at}: no limit was exceeded any more` : `${state}${at}`;
}
