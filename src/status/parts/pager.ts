import { grouped } from "../../model/count-words.ts";
import type { Fragment } from "../frame/layout/html.ts";
import { html } from "../frame/layout/html.ts";

/** Pages to both sides of this one that have their own link. */
const NEAR = 1;

/** Links to the other pages: first, last, and those around; nothing where there is one only. */
export function pager(
  page: number,
  pages: number,
  what: string,
  address: (page: number) => string,
): Fragment {
  if (pages === 1) return null;
  const shown = [...new Set([1, page - NEAR, page, page + NEAR, pages])].filter(
    (one) => one >= 1 && one <= pages,
  );
  return html`<nav class="pager" aria-label="Pages of ${what}">
    <ul>
      ${page > 1 && html`<li><a rel="prev" href="${address(page - 1)}">Previous</a></li>`}
      ${shown.map((one, index) => [
        index > 0 && one - (shown[index - 1] ?? one) > 1 && html`<li aria-hidden="true">…</li>`,
        html`<li>
          <a
            href="${address(one)}"
            aria-label="Page ${grouped(one)}"
            ${one === page && html`aria-current="page"`}
            >${grouped(one)}</a
          >
        </li>`,
      ])}
      ${page < pages && html`<li><a rel="next" href="${address(page + 1)}">Next</a></li>`}
    </ul>
  </nav>`;
}
