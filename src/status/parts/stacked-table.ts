import type { Fragment, Safe } from "../frame/layout/html.ts";
import { html } from "../frame/layout/html.ts";

/**
 * A table whose rows become cards on a narrow screen. That takes a table's roles away in browsers, so they are written
 * out: the rows and cells that are given need `role` and `data-label`, too.
 */
export function stackedTable(caption: Fragment, heads: readonly string[], rows: Fragment): Safe {
  return html`<table class="stacks" role="table">
    <caption>
      ${caption}
    </caption>
    <thead role="rowgroup">
      <tr role="row">
        ${heads.map((head) => html`<th scope="col" role="columnheader">${head}</th>`)}
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${rows}
    </tbody>
  </table>`;
}
