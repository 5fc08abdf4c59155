import type { PerSide } from "../../model/side.ts";
import { SIDES, SIDE_NAMES } from "../../model/side.ts";
import type { Freshness } from "../../store/pages/freshness.ts";
import type { Overview } from "../../store/pages/overview.ts";
import type { ToldSideNote } from "../../store/runs/side-notes.ts";
import { counted, grouped } from "../../model/count-words.ts";
import type { Fragment, Safe } from "../frame/layout/html.ts";
import { html } from "../frame/layout/html.ts";
import { timeElement } from "../parts/time-element.ts";

/** How old each lane's last look is, and how long the oldest change waits. */
export function freshnessSection(freshness: Freshness, { oldestWaiting }: Overview, now: Date): Safe {
  const lanes = [
    ["Contacts", freshness.contacts],
    ["Opt-outs", freshness.consent],
    ["Engagement", freshness.engagement],
    ["Last full comparison", freshness.reconcile],
  ] as const;
  return html`<section aria-labelledby="freshness">
    <h2 id="freshness">Last syncs</h2>
    <dl>
      ${lanes.map(
        ([label, at]) =>
          html`<div>
            <dt>${label}</dt>
            <dd>${at === null ? "Never" : timeElement(at, now)}</dd>
          </div>`,
      )}
      ${
        freshness.missed !== null &&
        html`<div>
          <dt>Found only by the full comparison</dt>
          <dd>${grouped(freshness.missed)}</dd>
        </div>`
      }
      <div>
        <dt>Oldest waiting change</dt>
        <dd>${oldestWaiting === null ? "None" : timeElement(oldestWaiting, now)}</dd>
      </div>
    </dl>
  </section>`;
}

/** Limits over less are used up and free again between two looks at this page: they say nothing to people. */
const LASTING = [
  { ending: "per minute", ms: 60_000 },
  { ending: "per day", ms: 86_400_000 },
];

/** Of each side the limit that is nearest to its end, of those that last, as the side told it within that time. */
export function quotaSection(notes: PerSide<ToldSideNote | null>, now: Date): Fragment {
  const told = SIDES.flatMap((side) => {
    const [tightest] = (notes[side]?.quotas ?? [])
      .filter(({ name, at }) =>
        LASTING.some(({ ending, ms }) => name.endsWith(ending) && now.getTime() - at < ms),
      )
      .toSorted((one, other) => one.left / one.limit - other.left / other.limit);
    return tightest === undefined ? [] : [{ side, quota: tightest }];
  });
  if (told.length === 0) return null;
  return html`<section aria-labelledby="quotas">
    <h2 id="quotas">API limits</h2>
    ${told.map(
      ({ side, quota: { name, limit, left, at } }) =>
        html`<p>
            ${left < limit ? html`<label for="quota-${side}">${SIDE_NAMES[side]}, ${name}:</label>` : `${SIDE_NAMES[side]}, ${name}:`}
            ${grouped(limit - left)} of ${counted(limit, "request")} used, as of
            ${timeElement(new Date(at), now)}
          </p>
          ${
            left < limit &&
            html`<progress id="quota-${side}" max="${limit}" value="${limit - left}">
              ${grouped(limit - left)} of ${grouped(limit)}
            </progress>`
          }`,
    )}
    <p><a href="/settings">All limits</a></p>
  </section>`;
}
