import type { CauseTrend } from "../../store/pages/cause-trends.ts";
import type { FailingQuery } from "../../store/pages/failing-contacts.ts";
import type { Cause } from "../../store/pages/overview.ts";
import { counted, grouped } from "../../model/count-words.ts";
import { errorsAddress } from "./errors-address.ts";
import type { Fragment, Safe } from "../frame/layout/html.ts";
import { html } from "../frame/layout/html.ts";
import { causeExample } from "../../words/problem-words.ts";
import { fixList } from "../parts/fix-list.ts";
import { timeElement } from "../parts/time-element.ts";

/** A card a cause, the one of most contacts first: mending the first mends the most. */
export function causeCards(
  causes: readonly Cause[],
  trends: readonly CauseTrend[],
  query: FailingQuery,
  now: Date,
): Fragment {
  if (causes.length === 0) return null;
  return html`<section aria-labelledby="causes">
    <h2 id="causes">Causes</h2>
    <ul class="causes">
      ${causes.map((cause) =>
        card(
          cause,
          trends.find(({ code }) => code === cause.code),
          cause.code === query.cause && (query.field === null || cause.field === query.field),
          now,
        ),
      )}
    </ul>
  </section>`;
}

function card(cause: Cause, trend: CauseTrend | undefined, chosen: boolean, now: Date): Safe {
  const others = cause.titles - 1;
  return html`<li class="cause">
    <p class="number">${grouped(cause.contacts)}<span class="unseen"> contacts</span></p>
    <div>
      <h3>
        ${cause.title}${others > 0 && html` <span class="muted">and ${counted(others, "other")} of this kind</span>`}
      </h3>
      <p>${causeExample(cause)}</p>
      <p class="muted">${cause.code} · first seen ${timeElement(cause.firstSeen, now)}${trendWords(trend)}</p>
      <details>
        <summary>How to fix</summary>
        ${fixList(cause.fix)}
      </details>
      <p>
        ${
          chosen
            ? html`<a href="/errors">Show all causes</a>`
            : html`<a href="${errorsAddress({ cause: cause.code, field: cause.field })}"
                >Show ${these(cause.contacts)}</a
              >`
        }
      </p>
    </div>
  </li>`;
}

function these(contacts: number): string {
  return contacts === 1 ? "this contact" : `these ${grouped(contacts)}`;
}

function trendWords(trend: CauseTrend | undefined): string {
  if (trend === undefined || (trend.lastDay === 0 && trend.dayBefore === 0)) return " · none new in two days";
  const { lastDay, dayBefore } = trend;
  const way = lastDay > dayBefore ? "rising" : lastDay < dayBefore ? "falling" : "steady";
  return ` · ${grouped(lastDay)} new in the last day, ${grouped(dayBefore)} the day before: ${way}`;
}
