import { heldByLimit } from "../../plan/problems.ts";
import { leftWords, undoSum } from "../../plan/undo-words.ts";
import { counted, grouped } from "../../model/count-words.ts";
import type { PlannedUndo, PutBack, PageTask } from "../../service/page-tasks.ts";
import type { Fragment, Safe } from "../frame/layout/html.ts";
import { html, personAddress } from "../frame/layout/html.ts";
import type { Frame } from "../frame/layout/layout.ts";
import { csrfField } from "../frame/layout/layout.ts";
import { changeLines, plannedChange } from "../parts/change-lines.ts";
import { planExamples } from "../parts/plan-examples.ts";
import { timeElement } from "../parts/time-element.ts";

/** What putting a run back would do, before it is done, and its result afterwards. */
export function undoPage(frame: Frame, runId: bigint, task: PageTask | null): Safe {
  return html`
    <p class="crumbs"><a href="/runs">Runs</a> › <a href="/runs/${String(runId)}">Run ${String(runId)}</a></p>
    <h1>Undo run ${String(runId)}</h1>
    ${task === null ? ask(frame, runId) : stateOf(frame, runId, task)}
  `;
}

function ask(frame: Frame, runId: bigint): Safe {
  return html`<p>
      Tandem reads both systems and shows what it would restore. It writes nothing until you confirm.
    </p>
    ${again(frame, runId, "Show what an undo would do")}`;
}

function again(frame: Frame, runId: bigint, words: string): Safe {
  return html`<form method="post" action="/runs/${String(runId)}/undo" class="bare block">
    ${csrfField(frame.shell)}<button type="submit">${words}</button>
  </form>`;
}

function stateOf(frame: Frame, runId: bigint, { state, work, at, by }: PageTask): Safe {
  switch (state.kind) {
    case "working":
      return html`<div class="banner info" role="status">
        <p>
          ${work.kind === "put_back" ? "Old values are being put back" : "Tandem is reading both systems"},
          requested by ${by} ${timeElement(at, frame.now)}. It waits for a run in progress.
          <a href="/runs/${String(runId)}/undo">Refresh</a>
        </p>
      </div>`;
    case "failed":
      return html`<div class="summary bad" role="alert">
          <h2>There is a problem</h2>
          <p>${state.why}</p>
        </div>
        ${again(frame, runId, "Refresh the preview")}`;
    case "ready": {
      const { found } = state;
      if (found.kind === "undo") return planned(frame, found, state.at);
      return found.kind === "put_back" ? putBack(frame, found) : ask(frame, runId);
    }
  }
}

function planned(frame: Frame, found: PlannedUndo, at: Date): Safe {
  const { people, operations, examples, stamps, runId, hash } = found;
  const nothing = operations === 0;
  return html`
    <p>
      ${
        nothing
          ? "There is nothing to put back."
          : `${counted(operations, "operation")} on ${counted(people, "person", "people")}.`
      }
      Read both systems ${timeElement(at, frame.now)}. Nothing has been written. Consent is never restored.
    </p>
    <p>${undoSum(found)}</p>
    ${leftLines(found)}
    ${
      !nothing &&
      html`${stampLines(stamps)}
      ${examples.length > 0 && planExamples(examples, `The first ${counted(examples.length, "person", "people")} of ${grouped(people)}`)}
      ${confirm(frame, runId, hash, operations, [])}`
    }
    ${again(frame, runId, "Refresh the preview")}
  `;
}

/** What would be put back of somebody's last activity. */
function stampLines(stamps: PlannedUndo["stamps"]): Fragment {
  if (stamps.length === 0) return null;
  return html`<h2>Last activity</h2>
    <ul>
      ${stamps.map(({ email, operation }) => html`<li><bdi>${personAddress(email)}</bdi> ${changeLines(plannedChange(operation))}</li>`)}
    </ul>`;
}

function leftLines(found: PlannedUndo): Fragment {
  const rows = leftWords(found).map((line) => html`<li>${line}</li>`);
  if (rows.length === 0) return null;
  return html`<h2>Not put back</h2>
    <ul>
      ${rows}
    </ul>`;
}

function confirm(
  frame: Frame,
  runId: bigint,
  hash: string,
  operations: number,
  exceeded: PutBack["exceeded"],
): Safe {
  return html`<form method="post" action="/runs/${String(runId)}/undo/apply" class="narrow">
    ${csrfField(frame.shell)}
    <input type="hidden" name="hash" value="${hash}" />
    ${
      exceeded.length > 0 &&
      html`<ul>
          ${exceeded.map(heldByLimit).map(({ title }) => html`<li>${title}</li>`)}
        </ul>
        <label class="choice"
          ><input type="checkbox" name="over" value="1" /> Do it although it exceeds a limit</label
        >`
    }
    <div class="field">
      <label for="reason">Why, for the record</label>
      <input id="reason" name="reason" required maxlength="500" autocomplete="off" />
    </div>
    <div class="buttons">
      <button type="submit" class="first">Put back ${counted(operations, "operation")}</button>
      <a href="/runs/${String(runId)}">Cancel</a>
    </div>
  </form>`;
}

function putBack(frame: Frame, found: PutBack): Safe {
  const { runId, undone, done, planned: all, already, moved, refused, exceeded, hash } = found;
  if (runId === null)
    return html`<p>Nothing was done: it exceeds a limit.</p>
      ${confirm(frame, undone, hash, all, exceeded)}`;
  return html`<p>
      ${grouped(done)} of ${counted(all, "operation")} done, ${grouped(refused)} refused, ${grouped(moved)}
      skipped because they changed since${already > 0 && `, ${grouped(already)} so already`}.
    </p>
    <p><a href="/runs/${String(runId)}">See what run ${String(runId)} did</a></p>`;
}
