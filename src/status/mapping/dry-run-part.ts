import type { Side } from "../../model/side.ts";
import { SIDES, SIDE_NAMES } from "../../model/side.ts";
import { LIMITED_ACTIONS } from "../../plan/changes.ts";
import { allowedOf } from "../../plan/limits.ts";
import { heldByLimit } from "../../plan/problems.ts";
import { counted, grouped } from "../../model/count-words.ts";
import type { DryRun, PageTask } from "../../service/page-tasks.ts";
import type { Fragment, Safe } from "../frame/layout/html.ts";
import { html } from "../frame/layout/html.ts";
import type { Frame } from "../frame/layout/layout.ts";
import { csrfField } from "../frame/layout/layout.ts";
import { planExamples } from "../parts/plan-examples.ts";
import { propertyOf } from "../../words/problem-words.ts";
import { mayDo } from "../frame/access/role.ts";
import { timeElement } from "../parts/time-element.ts";
import type { MappingView } from "./mapping-view.ts";
import { limitWords } from "../../words/mapping-words.ts";

/** What a run would do now: both sides are looked at, nothing is written. */
export function dryRunPart({ task, frame, canDryRun }: MappingView): Safe {
  return html`<section aria-labelledby="dry-run">
    <h2 id="dry-run">Dry run</h2>
    <p>Reads both systems as a run does, and shows what it would write. Writes nothing.</p>
    ${task !== null && stateOf(frame, task)} ${button(frame, canDryRun, task)}
  </section>`;
}

function button({ shell }: Frame, canDryRun: boolean, task: PageTask | null): Fragment {
  if (!canDryRun)
    return html`<p>
      The process that serves this page does not make plans. <code>tandem plan</code> shows the same on the
      command line.
    </p>`;
  if (shell.visitor === null || !mayDo(shell.visitor.role, "operator")) return null;
  if (task?.state.kind === "working") return null;
  return html`<form method="post" action="/mapping/dry-run" class="bare block">
    ${csrfField(shell)}<button type="submit" class="first">Run a dry run</button>
  </form>`;
}

function stateOf(frame: Frame, { state, by, at }: PageTask): Fragment {
  if (state.kind === "working")
    return html`<div class="banner info" role="status">
      <p>
        Tandem is reading both systems, requested by <bdi>${by}</bdi> ${timeElement(at, frame.now)}. It waits
        for a run in progress. <a href="/mapping?show=dry-run">Refresh</a>
      </p>
    </div>`;
  if (state.kind === "failed")
    return html`<div class="summary bad" role="alert">
      <h2>There is a problem</h2>
      <p>${state.why}</p>
    </div>`;
  if (state.found.kind !== "dry_run") return null;
  return html`<p>Looked ${timeElement(state.at, frame.now)}, requested by <bdi>${by}</bdi>.</p>
    ${findings(state.found)}`;
}

function findings(found: DryRun): Fragment {
  const { totals, contacts, examples, exceeded, problems, cost } = found;
  const seconds = Math.max(...SIDES.map((side) => cost[side].seconds));
  return html`<p>
      <strong
        >${totals.people === 0 ? "Nothing to change" : `${counted(totals.people, "person", "people")} would be changed`}</strong
      >, ${counted(contacts, "contact")} compared. No one will be subscribed or resubscribed without a rule.
    </p>
    ${exceeded.map(heldByLimit).map(
      ({ title, explanation }) =>
        html`<article class="problem">
          <h3>${title}</h3>
          <p>${explanation}</p>
        </article>`,
    )}
    ${totalsTable(found)} ${SIDES.map((side) => fieldCounts(found, side))}
    ${
      problems.size > 0 &&
      html`<h3>Skipped until someone fixes the cause</h3>
        <ul>
          ${[...problems].map(([title, count]) => html`<li>${grouped(count)} × ${title}</li>`)}
        </ul>`
    }
    <p class="muted">
      Cost:
      ${SIDES.map((side) => `about ${counted(cost[side].requests, "request")} to ${SIDE_NAMES[side]}`).join(", ")},
      ${seconds <= 60 ? "a minute or less" : `about ${grouped(Math.ceil(seconds / 60))} minutes`}.
    </p>
    ${
      examples.length > 0 &&
      planExamples(
        examples,
        `${grouped(examples.length)} of ${counted(totals.people, "person", "people")}, some of each kind of change`,
      )
    }`;
}

function totalsTable({ totals, limits, linked, firstSync }: DryRun): Safe {
  return html`<div class="scroll" role="region" aria-label="What would be done, and the limits" tabindex="0">
    <table>
      <caption>
        What would be done, and what the limits allow on each side
      </caption>
      <thead>
        <tr>
          <th scope="col">What</th>
          ${SIDES.map((side) => html`<th scope="col" class="right">${SIDE_NAMES[side]}</th>`)}
          <th scope="col" class="right">Limit</th>
        </tr>
      </thead>
      <tbody>
        ${LIMITED_ACTIONS.map((action) => {
          const free = firstSync && (action === "creates" || action === "updates");
          const allowed = grouped(allowedOf(action, limits, linked));
          const words = free ? "first sync" : `${allowed} (${limitWords(limits[action])})`;
          return html`<tr>
            <th scope="row">${ACTION_WORDS[action]}</th>
            ${SIDES.map((side) => html`<td class="right">${grouped(totals[side][action])}</td>`)}
            <td class="right">${words}</td>
          </tr>`;
        })}
      </tbody>
    </table>
  </div>`;
}

/** What limits count, for people. */
export const ACTION_WORDS: Readonly<Record<(typeof LIMITED_ACTIONS)[number], string>> = {
  creates: "Contacts to create",
  updates: "Contacts to change",
  clears: "Values to empty",
  removals: "Off lists",
  unsubscribes: "People to unsubscribe",
  subscribes: "People to ask to subscribe",
};

function fieldCounts({ fields }: DryRun, side: Side): Fragment {
  const { written, emptied } = fields[side];
  if (written.size + emptied.size === 0) return null;
  const keys = [...new Set([...written.keys(), ...emptied.keys()])];
  const rows = keys
    .map((key) => ({ key, changed: written.get(key) ?? 0, emptied: emptied.get(key) ?? 0 }))
    .toSorted((one, other) => other.changed + other.emptied - one.changed - one.emptied);
  return html`<h3>Fields in ${SIDE_NAMES[side]}</h3>
    <ul>
      ${rows.map(
        ({ key, changed, emptied: empty }) =>
          html`<li>
            <code>${propertyOf(side, key)}</code>: ${grouped(changed)}
            changed${empty > 0 && `, ${grouped(empty)} emptied`}
          </li>`,
      )}
    </ul>`;
}
