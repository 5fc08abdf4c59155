import type { Side } from "../../model/side.ts";
import { SIDES, SIDE_NAMES } from "../../model/side.ts";
import { sameValue } from "../../model/value.ts";
import type { ContactPlan } from "../../plan/planned.ts";
import type { MergedField } from "../../reconcile/merge-contact.ts";
import type { HistoryEntry, PersonHistory } from "../../store/people/person-history.ts";
import { blockedBy, lastWriters, outcomeWords, shownTo } from "../../words/field-words.ts";
import type { Fragment, Safe } from "../frame/layout/html.ts";
import { html, seen } from "../frame/layout/html.ts";
import { newerWords } from "../../words/newer-words.ts";
import { stackedTable } from "../parts/stacked-table.ts";
import { timeElement } from "../parts/time-element.ts";
import { valueElement } from "../parts/value-element.ts";

const WAYS = { both: "both ways", to_klaviyo: "to Klaviyo only", to_hubspot: "to HubSpot only" } as const;

/** Both sides field by field with what was last agreed, who wins and why, and what happens next. */
export function contactFields(
  plan: ContactPlan,
  history: PersonHistory,
  show: "all" | "differences",
  now: Date,
): Safe {
  const differing = plan.merged.filter(({ merge }) => merge.kind !== "settled" || merge.because !== "same");
  const rows = show === "all" ? plan.merged : differing;
  const writers = lastWriters(history);
  const heads = ["Field", "HubSpot", "Last agreed", "Klaviyo", "What happens"];
  return html`<section aria-labelledby="fields">
    <h2 id="fields">Fields</h2>
    ${
      plan.merged.length === 0
        ? html`<p>No field syncs now: ${plan.reason === "" ? "this contact does not sync" : plan.reason}.</p>`
        : html`<p class="tabs">
            ${tab(`All ${plan.merged.length}`, "?show=all", show === "all")}
            ${tab(`Only differences ${differing.length}`, "?show=differences", show === "differences")}
          </p>`
    }
    ${plan.merged.length > 0 && rows.length === 0 && html`<p>HubSpot and Klaviyo match in every field.</p>`}
    ${
      rows.length > 0 &&
      stackedTable(
        "● marks a value that changed since both sides last agreed",
        heads,
        rows.map((field) => row(field, plan, writers.get(field.rule.key) ?? null, now)),
      )
    }
  </section>`;
}

function tab(words: string, href: string, here: boolean): Safe {
  return html`<a href="${href}#fields" ${here && html`aria-current="true"`}>${words}</a>`;
}

function row(field: MergedField, plan: ContactPlan, writer: HistoryEntry | null, now: Date): Safe {
  const { rule, agreed, merge, ages } = field;
  const blocked = blockedBy(field, plan) !== null;
  const sign = blocked ? "✕ " : merge.kind === "write" ? "→ " : "";
  const side = (one: Side): Safe =>
    html`<td role="cell" data-label="${SIDE_NAMES[one]}">${value(field, one, plan)}</td>`;
  return html`<tr role="row">
    <th scope="row" role="rowheader" data-label="Field">
      ${rule.property.hubspot}
      <p class="name muted">Klaviyo: ${rule.property.klaviyo}</p>
      <p class="name muted">${WAYS[rule.direction]}</p>
    </th>
    ${side("hubspot")}
    <td role="cell" data-label="Last agreed">${agreedValue(rule.key, agreed)}</td>
    ${side("klaviyo")}
    <td role="cell" data-label="What happens">
      <p>
        <span aria-hidden="true">${sign}</span
        >${seen((sight) => html`${outcomeWords(field, plan, shownTo(sight, rule.key))}`)}${blocked && html`. <a href="#problems">See what is wrong</a>`}
      </p>
      ${
        ages !== null &&
        merge.kind === "write" &&
        merge.lost !== null &&
        html`<p class="muted">${newerWords(ages, merge.lost.winner)}</p>`
      }
      ${writer !== null && html`<p class="muted">Last written to ${SIDE_NAMES[writer.side]} ${timeElement(writer.at, now)}</p>`}
    </td>
  </tr>`;
}

function value({ rule, seen, agreed }: MergedField, side: Side, plan: ContactPlan): Fragment {
  const now = seen[side];
  if (now === undefined) {
    const unreadable = plan.known.sightings[side]?.unreadable[rule.key];
    if (unreadable === undefined) return html`<span class="muted">(not shown)</span>`;
    return html`<span class="muted">(cannot be read)</span>
      <p class="muted"><bdi>${unreadable.explanation}</bdi></p>`;
  }
  const moved = agreed !== undefined && !sameValue(now, agreed[side]);
  return html`${valueElement(rule.key, now)}${moved && html`<p class="muted"><span aria-hidden="true">● </span>changed</p>`}`;
}

function agreedValue(key: string, agreed: MergedField["agreed"]): Fragment {
  if (agreed === undefined) return html`<span class="muted">(never agreed)</span>`;
  if (sameValue(agreed.hubspot, agreed.klaviyo)) return valueElement(key, agreed.hubspot);
  return SIDES.map((side) => html`<div>${SIDE_NAMES[side]}: ${valueElement(key, agreed[side])}</div>`);
}
