import type { LimitedAction } from "../../model/hold.ts";
import { grouped } from "../../model/count-words.ts";
import { allowedOf, errorsAllowed } from "../../plan/limits.ts";
import { limitWords } from "../../words/mapping-words.ts";
import type { Fragment } from "../frame/layout/html.ts";
import { html } from "../frame/layout/html.ts";
import { stackedTable } from "../parts/stacked-table.ts";
import type { MappingView } from "./mapping-view.ts";

const ACTIONS: Readonly<Record<LimitedAction, string>> = {
  creates: "Contacts or profiles created",
  updates: "Contacts or profiles updated",
  clears: "Values emptied",
  removals: "Removals from lists",
  unsubscribes: "People unsubscribed",
  subscribes: "Subscribe requests",
};

/** Each limit as the file has it, and the number that it comes to today. */
export function limitsPart({ used, linked }: MappingView): Fragment {
  if (used.mapping === null) return html`<p>This version of Tandem cannot read that mapping any more.</p>`;
  const { limits } = used.mapping;
  const actions = Object.entries(ACTIONS) as readonly (readonly [LimitedAction, string])[];
  const rows = [
    ...actions.map(([action, label]) => ({
      label,
      key: `limits.${action}_per_run`,
      set: limitWords(limits[action]),
      now: `${grouped(allowedOf(action, limits, linked))} on each side`,
    })),
    {
      label: "People with any change",
      key: "limits.approval_above",
      set: limits.approvalAbove === null ? "not set" : grouped(limits.approvalAbove),
      now: limits.approvalAbove === null ? "no limit" : grouped(limits.approvalAbove),
    },
    {
      label: "Failing contacts, then the run stops",
      key: "limits.errors_per_run",
      set: limitWords(limits.errors),
      now: `${grouped(errorsAllowed(limits, linked))} in a run of all contacts`,
    },
  ];
  return html`<section aria-labelledby="limits">
    <h2 id="limits">Limits</h2>
    <p>
      A run that would exceed a limit makes none of those changes. They wait for approval; everything else
      syncs.
    </p>
    ${stackedTable(
      `Limits of one run, with ${grouped(linked)} linked contacts today`,
      ["Limit", "In the mapping", "Allowed today"],
      rows.map(
        ({ label, key, set, now }) =>
          html`<tr role="row">
            <th scope="row" role="rowheader" data-label="Limit">
              ${label}
              <p class="name muted"><code>${key}</code></p>
            </th>
            <td role="cell" data-label="In the mapping">${set}</td>
            <td role="cell" data-label="Allowed today">${now}</td>
          </tr>`,
      ),
    )}
    <p class="muted">
      A share counts linked contacts. Below 20 contacts no share holds anything back; below 10 where Tandem
      would unsubscribe or send subscribe requests. The first sync may create and update without these limits.
      If many contacts leave a list or disappear at once, Tandem holds that, too.
    </p>
  </section>`;
}
