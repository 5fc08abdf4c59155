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
        ${counted(used.mapping.rules.length, "rule")}; who matches one is in sync
      </caption>
      <thead role="rowgroup">
        <tr role="row">
          ${["Rule", "Who", "Without a counterpart", "Onto lists", "Subscribes", "Who leaves", "Line"].map(
            (head) => html`<th scope="col" role="columnheader">${head}</th>`,
          )}
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
    <td role="cell" data-label="Who">${SIDE_NAMES[from]}: ${names(collections)}</td>
    <td role="cell" data-label="Without a counterpart">
      ${onEnter === "link_or_create" ? "one is made" : "left alone"}
    </td>
    <td role="cell" data-label="Onto lists">${names(addToLists)}</td>
    <td role="cell" data-label="Subscribes">
      ${subscribe ? "asks once, and only who never was subscribed nor refused" : "no"}
    </td>
    <td role="cell" data-label="Who leaves">${LEAVE_WORDS[onLeave]}</td>
    <td role="cell" data-label="Line"><a href="/mapping?show=file#L${line}">line ${line}</a></td>
  </tr>`;
}

function names(collections: readonly CollectionRef[]): string {
  return collections.map(({ kind, nameOrId }) => `${kind} “${nameOrId}”`).join(", ");
}
