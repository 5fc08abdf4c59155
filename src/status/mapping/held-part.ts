import { heldByLimit } from "../../plan/problems.ts";
import type { WaitingHold } from "../../store/runs/holds.ts";
import type { PastHold } from "../../store/runs/hold-list.ts";
import { counted, grouped } from "../../model/count-words.ts";
import type { Fragment, Safe } from "../frame/layout/html.ts";
import { html } from "../frame/layout/html.ts";
import type { Frame } from "../frame/layout/layout.ts";
import { csrfField } from "../frame/layout/layout.ts";
import { mayDo } from "../frame/access/role.ts";
import { timeElement } from "../parts/time-element.ts";
import { exact } from "../../words/time-words.ts";
import type { HeldChange } from "../../words/held-words.ts";
import { heldChange } from "../../words/held-words.ts";
import { propertyOf } from "../../words/problem-words.ts";
import { changeLines } from "../parts/change-lines.ts";
import type { MappingView } from "./mapping-view.ts";

/** What a limit holds back now, to be let through or not, and what was decided before. */
export function heldPart({ hold, pastHolds, frame }: MappingView): Safe {
  return html`<section aria-labelledby="held">
    <h2 id="held">Held</h2>
    ${
      hold === null
        ? html`<p>
            Nothing is held. A run that would do more than a limit allows does none of that kind, and asks
            here.
          </p>`
        : waiting(frame, hold.waiting, hold.words)
    }
    ${past(pastHolds, frame.now)}
  </section>`;
}

function waiting(frame: Frame, hold: WaitingHold, words: readonly string[]): Safe {
  return html`${hold.exceeded.map(heldByLimit).map(
      ({ title, explanation }) =>
        html`<article class="problem">
          <h3>${title}</h3>
          <p>${explanation}</p>
        </article>`,
    )}
    <p>
      Held since ${timeElement(hold.openedAt, frame.now)},
      <a href="/runs/${String(hold.runId)}">last by run ${String(hold.runId)}</a>. The rest of the run went
      on.
    </p>
    ${samples(hold, words)} ${decide(frame, hold)}`;
}

function samples({ changes }: WaitingHold, words: readonly string[]): Safe {
  return html`<table class="stacks" role="table">
    <caption>
      ${
        words.length < changes
          ? `The first ${grouped(words.length)} of ${counted(changes, "held change")}`
          : counted(changes, "held change")
      }
    </caption>
    <thead role="rowgroup">
      <tr role="row">
        ${["Contact", "What would be done", "Values"].map(
          (head) => html`<th scope="col" role="columnheader">${head}</th>`,
        )}
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${words.map(sample)}
    </tbody>
  </table>`;
}

function sample(text: string): Safe {
  const change = heldChange(text);
  return html`<tr role="row">
    <th scope="row" role="rowheader" data-label="Contact"><bdi>${change?.who ?? "?"}</bdi></th>
    <td role="cell" data-label="What would be done"><bdi>${change?.what ?? text}</bdi></td>
    <td role="cell" data-label="Values">${change === null ? null : valuesOf(change)}</td>
  </tr>`;
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
      An approval lets exactly these ${counted(changes, "change")} through for a day
      (<code>${hash.slice(0, SHORT_HASH)}</code>). What moves on is another change and is held again.
    </p>
    <div class="field">
      <label for="reason">Why, for the record</label>
      <input id="reason" name="reason" required maxlength="500" autocomplete="off" />
    </div>
    <div class="buttons">
      <button type="submit" class="first">Approve ${counted(changes, "change")}</button>
      <button type="submit" formaction="/holds/${String(id)}/reject">Reject</button>
    </div>
    <p class="muted">
      A rejection does nothing to anybody. As long as the cause is there the next run holds the same again:
      mend it, or change the mapping.
    </p>
  </form>`;
}

function past(holds: readonly PastHold[], now: Date): Fragment {
  if (holds.length === 0) return null;
  return html`<h3>Before</h3>
    <div class="scroll" role="region" aria-label="Earlier holds" tabindex="0">
      <table>
        <caption class="unseen">
          Earlier holds, the latest first
        </caption>
        <thead>
          <tr>
            ${["Opened", "Changes", "What became of it", "By", "Why"].map((head) => html`<th scope="col">${head}</th>`)}
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
    return `approved${at}${expiresAt === null ? "" : `, good until ${exact(expiresAt)}`}`;
  return state === "withdrawn" ? `withdrew itself${at}: nothing exceeds a limit any more` : `${state}${at}`;
}
