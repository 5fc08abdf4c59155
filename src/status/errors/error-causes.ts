import type { CauseTrend } from "../../store/pages/cause-trends.ts";
import type { FailingQuery } from "../../store/pages/failing-contacts.ts";
import type { Cause } from "../../store/pages/overview.ts";
import { counted, grouped } from "../../model/count-words.ts";
import { errorsAddress, errorsParameters } from "./errors-address.ts";
import type { Fragment, Safe } from "../frame/layout/html.ts";
import { html } from "../frame/layout/html.ts";
import type { Frame, Shell } from "../frame/layout/layout.ts";
import { csrfField } from "../frame/layout/layout.ts";
import { mayDo } from "../frame/access/role.ts";
import { timeElement } from "../parts/time-element.ts";

/** A line a cause, the one of most contacts first: fixing the first fixes the most. */
export function causeCards(
  causes: readonly Cause[],
  trends: readonly CauseTrend[],
  query: FailingQuery,
  { now, shell }: Pick<Frame, "now" | "shell">,
): Fragment {
  if (causes.length === 0) return null;
  const acts = shell.visitor !== null && mayDo(shell.visitor.role, "operator");
  return html`<section aria-labelledby="causes">
    <h2 id="causes">Causes</h2>
    <ul class="causes">
      ${causes.map((cause) =>
        line(
          cause,
          trends.find(({ code }) => code === cause.code),
          cause.code === query.cause && (query.field === null || cause.field === query.field),
          { now, shell },
          acts,
        ),
      )}
    </ul>
  </section>`;
}

function line(
  cause: Cause,
  trend: CauseTrend | undefined,
  chosen: boolean,
  { now, shell }: Pick<Frame, "now" | "shell">,
  acts: boolean,
): Safe {
  const others = cause.titles - 1;
  const { code, field, contacts, firstSeen, title } = cause;
  return html`<li class="cause">
    <p class="number">${grouped(contacts)}<span class="unseen"> contacts</span></p>
    <div>
      <h3>
        ${chosen ? title : html`<a href="${errorsAddress({ cause: code, field })}">${title}</a>`}${others > 0 && html` <span class="muted">and ${counted(others, "other")} of this kind</span>`}
      </h3>
      <p class="muted">
        ${code} · first seen
        ${timeElement(firstSeen, now)}${trendWords(trend, firstSeen, now)}${chosen && html` · <a href="/errors">Show all causes</a>`}
      </p>
    </div>
    ${acts && contacts > 1 && bulkOf(cause, shell)}
  </li>`;
}

/** Everybody with one cause at once: both ask before they do anything. */
function bulkOf({ code, field, contacts }: Cause, shell: Shell): Safe {
  const search = [...errorsParameters({ cause: code, field })];
  return html`<form method="post" action="/errors" class="bare">
    ${csrfField(shell)} <input type="hidden" name="all" value="1" />
    ${search.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)}
    <button type="submit" name="do" value="retry">Retry all ${grouped(contacts)}</button>
    <button type="submit" name="do" value="ignore">Ignore all ${grouped(contacts)}…</button>
  </form>`;
}

const TWO_DAYS_MS = 2 * 86_400_000;

/** A cause that is younger than two days has no day to be compared with. */
function trendWords(trend: CauseTrend | undefined, firstSeen: Date, now: Date): string {
  if (now.getTime() - firstSeen.getTime() < TWO_DAYS_MS) return "";
  if (trend === undefined || (trend.lastDay === 0 && trend.dayBefore === 0)) return " · none new in two days";
  const { lastDay, dayBefore } = trend;
  const way = lastDay > dayBefore ? "rising" : lastDay < dayBefore ? "falling" : "steady";
  return ` · ${grouped(lastDay)} new in the last day, ${grouped(dayBefore)} the day before: ${way}`;
}
