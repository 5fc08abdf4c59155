import type { FieldRule } from "../../model/mapping.ts";
import { counted } from "../../model/count-words.ts";
import { errorsAddress } from "../errors/errors-address.ts";
import type { Fragment, Safe } from "../frame/layout/html.ts";
import { html } from "../frame/layout/html.ts";
import { diagnosticList } from "./diagnostic-list.ts";
import type { MappingView } from "./mapping-view.ts";
import { ARROWS, WAYS, emptyWords, winnerWords } from "../../words/mapping-words.ts";

/** What is in sync, field by field, and how each does. */
export function fieldsPart(view: MappingView): Safe {
  const { used, failing, frame } = view;
  if (used.mapping === null)
    return html`<p>This version of Tandem cannot read that mapping any more.</p>
      ${diagnosticList(used.diagnostics)}`;
  const off = new Set(
    frame.overview.connectionProblems.flatMap(({ level, field }) =>
      level === "mapping" && field !== null ? [field] : [],
    ),
  );
  return html`<section aria-labelledby="fields">
    <h2 id="fields">Fields</h2>
    <table class="stacks" role="table">
      <caption>
        ${counted(used.mapping.fields.length, "field")}; the address is always in sync, both ways
      </caption>
      <thead role="rowgroup">
        <tr role="row">
          ${["HubSpot", "Way", "Klaviyo", "Both changed", "Emptied", "How it does", "Line"].map(
            (head) => html`<th scope="col" role="columnheader">${head}</th>`,
          )}
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${used.mapping.fields.map((rule) => row(rule, failing.get(rule.key) ?? 0, off.has(rule.key)))}
      </tbody>
    </table>
  </section>`;
}

function row(rule: FieldRule, failing: number, isOff: boolean): Safe {
  const { property, propertyType, direction, line, key } = rule;
  return html`<tr role="row">
    <th scope="row" role="rowheader" data-label="HubSpot">
      <code>${property.hubspot}</code> <span class="kind">${propertyType.hubspot}</span>
    </th>
    <td role="cell" data-label="Way">
      <span aria-hidden="true">${ARROWS[direction]}</span> ${WAYS[direction]}
    </td>
    <td role="cell" data-label="Klaviyo">
      <code>${property.klaviyo}</code> <span class="kind">${propertyType.klaviyo}</span>
    </td>
    <td role="cell" data-label="Both changed">${winnerWords(rule)}</td>
    <td role="cell" data-label="Emptied">${emptyWords(rule)}</td>
    <td role="cell" data-label="How it does">${health(key, failing, isOff)}</td>
    <td role="cell" data-label="Line"><a href="/mapping?show=file#L${line}">line ${line}</a></td>
  </tr>`;
}

function health(key: string, failing: number, isOff: boolean): Fragment {
  if (isOff) return html`<span class="tag warn">Off</span> <a href="/#connection">see why</a>`;
  if (failing === 0) return html`<span class="tag ok">Well</span>`;
  return html`<a href="${errorsAddress({ field: key })}">${counted(failing, "contact")} failing</a>`;
}
