import type { CollectionRef, ScopeRule } from "../../model/mapping.ts";
import { counted } from "../../model/count-words.ts";
import { SIDE_NAMES } from "../../model/side.ts";
import type { Fragment, Safe } from "../frame/layout/html.ts";
import { html } from "../frame/layout/html.ts";
import type { MappingView } from "./mapping-view.ts";
import { LEAVE_WORDS } from "../../words/mapping-words.ts";

/** Who is in sync. */
export function rulesPart({ used }: MappingView): Fragment {
  if (used.mapping === null) return html`<p>This version of Tandem cannot read that mapping any more.</p>`;
  return html`<section aria-labelledby="rules">
    <h2 id="rules">Rules</h2>
    <table class="stacks" role="table">
      <caption>
        ${counted(used.mapping.rules.length, "rule")}. A contact that matches one syncs.
      </caption>
      <thead role="rowgroup">
        <tr role="row">
          ${[
            "Rule",
            "Contacts in",
            "If only on one side",
            "Adds to lists",
            "Subscribes",
            "On removal",
            "Line",
          ].map((head) => html`<th scope="col" role="columnheader">${head}</th>`)}
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${used.mapping.rules.map(row)}
      </tbody>
    </table>
  </section>`;
}

function row(rule: ScopeRule): Safe {
  const { id, from, collections, onEnter, addToLists, subscribe, onLeave, line } = rule;
  return html`<tr role="row">
    <th scope="row" role="rowheader" data-label="Rule">${id}</th>
    <td role="cell" data-label="Contacts in">${SIDE_NAMES[from]}: ${names(collections)}</td>
    <td role="cell" data-label="If only on one side">
      ${onEnter === "link_or_create" ? "is created" : "not synced"}
    </td>
    <td role="cell" data-label="Adds to lists">${names(addToLists)}</td>
    <td role="cell" data-label="Subscribes">
      ${subscribe ? "one request, only to people who never subscribed or opted out" : "no"}
    </td>
    <td role="cell" data-label="On removal">${LEAVE_WORDS[onLeave]}</td>
    <td role="cell" data-label="Line"><a href="/mapping?show=file#L${line}">line ${line}</a></td>
  </tr>`;
}

function names(collections: readonly CollectionRef[]): string {
  return collections.map(({ kind, nameOrId }) => `${kind} “${nameOrId}”`).join(", ");
}
