import type { Value } from "../../model/value.ts";
import type { FieldRule, Mapping } from "../../model/mapping.ts";
import type { Side } from "../../model/side.ts";
import { SIDE_NAMES, otherSide } from "../../model/side.ts";
import type {
  ConflictKind,
  ConflictRow,
  ConflictsPage,
  ConflictsQuery,
  FieldConflicts,
} from "../../store/writes/conflict-list.ts";
import type { Choice } from "../parts/choice-field.ts";
import { WITHIN_CHOICES, choiceField } from "../parts/choice-field.ts";
import { counted, grouped } from "../../model/count-words.ts";
import { shownTo } from "../../words/field-words.ts";
import type { Fragment, Safe } from "../frame/layout/html.ts";
import { html, personAddress, seen } from "../frame/layout/html.ts";
import type { Frame } from "../frame/layout/layout.ts";
import { pager } from "../parts/pager.ts";
import { place } from "../../words/problem-words.ts";
import { mayDo } from "../frame/access/role.ts";
import { stackedTable } from "../parts/stacked-table.ts";
import { timeElement } from "../parts/time-element.ts";
import { conflictsAddress } from "./conflicts-query.ts";

/** What the page of conflicts shows. */
export interface ConflictsView {
  readonly frame: Frame;
  readonly query: ConflictsQuery;
  readonly found: ConflictsPage;
  /** Of the last 7 days. */
  readonly byField: readonly FieldConflicts[];
  /** The one in use; `null` where it cannot be read. */
  readonly mapping: Mapping | null;
}

/** Why a value was overwritten. */
const KIND_LABELS: Readonly<Record<ConflictKind, string>> = {
  changed_on_both: "Both sides changed it",
  first_sync: "Different at the first sync",
  target_edited: "Edited on the side that does not sync back",
  written_over: "Edited just before Tandem wrote it",
};

/** Fields that a summary names. */
const FIELDS_SHOWN = 5;

/** Overwritten values: which side won, why, and how to restore the other value. */
export function conflictsPage(view: ConflictsView): Safe {
  const { found, query } = view;
  return html`
    <h1>Conflicts</h1>
    <p class="muted">
      A conflict is a field that both sides changed between two runs, or that differed at the first sync.
    </p>
    ${summary(view)}
    <section aria-labelledby="list">
      <h2 id="list">Overwritten values</h2>
      ${filters(view)} ${found.total === 0 ? nothing(query) : table(view)}
      ${pager(found.page, found.pages, "conflicts", (page) => conflictsAddress({ ...query, page }))}
    </section>
  `;
}

function summary({ byField, mapping }: ConflictsView): Fragment {
  if (byField.length === 0) return null;
  return html`<section aria-labelledby="summary">
    <h2 id="summary">The last 7 days</h2>
    <ul>
      ${byField.slice(0, FIELDS_SHOWN).map((one) => html`<li>${summaryOf(one, ruleOf(mapping, one.field))}</li>`)}
    </ul>
    ${byField.length > FIELDS_SHOWN && html`<p>And ${counted(byField.length - FIELDS_SHOWN, "more field", "more fields")}.</p>`}
  </section>`;
}

/** `country: 212 conflicts, HubSpot won all. If Klaviyo is right, change winner in line 47.` */
function summaryOf({ field, hubspot, klaviyo }: FieldConflicts, rule: FieldRule | null): Fragment {
  const most: Side = hubspot >= klaviyo ? "hubspot" : "klaviyo";
  const all = hubspot === 0 || klaviyo === 0;
  const won = all
    ? `${SIDE_NAMES[most]} won all`
    : `HubSpot won ${grouped(hubspot)}, Klaviyo ${grouped(klaviyo)}`;
  const name = html`<a href="${conflictsAddress({ field, within: "week" })}">${fieldName(field)}</a>`;
  const hint =
    all && rule !== null && rule.direction === "both"
      ? html` If ${SIDE_NAMES[otherSide(most)]} is right, change <code>winner</code> in
          <a href="/mapping?show=file#L${rule.line}">line ${rule.line}</a>.`
      : null;
  return html`${name}: ${counted(hubspot + klaviyo, "conflict")}, ${won}.${hint}`;
}

function ruleOf(mapping: Mapping | null, field: string): FieldRule | null {
  return mapping?.fields.find(({ key }) => key === field) ?? null;
}

function fieldName(field: string): string {
  return place({ side: null, field });
}

function filters({ query, byField, mapping }: ConflictsView): Safe {
  const fields = new Set([
    ...(mapping?.fields.map(({ key }) => key) ?? []),
    ...byField.map(({ field }) => field),
    ...(query.field === null ? [] : [query.field]),
  ]);
  return html`<form method="get" action="/conflicts" role="search" aria-label="Conflicts" class="filters">
    ${query.run !== null && html`<input type="hidden" name="run" value="${String(query.run)}" />`}
    ${choiceField(
      "field",
      "Field",
      query.field,
      [...fields].map((field): Choice => [field, fieldName(field)]),
      "Any",
    )}
    ${choiceField("winner", "Winner", query.winner, Object.entries(SIDE_NAMES), "Any")}
    ${choiceField("kind", "Kind", query.kind, Object.entries(KIND_LABELS), "Any")}
    ${choiceField("within", "When", query.within, WITHIN_CHOICES, "Any time")}
    <div class="buttons">
      <button type="submit" class="first">Apply</button>
      ${filtered(query) && html`<a href="/conflicts">Clear all</a>`}
    </div>
    ${query.run !== null && html`<p>Only those of <a href="/runs/${String(query.run)}">run ${String(query.run)}</a>.</p>`}
  </form>`;
}

function filtered(query: ConflictsQuery): boolean {
  return conflictsAddress({ ...query, page: 1 }) !== "/conflicts";
}

function nothing(query: ConflictsQuery): Safe {
  if (filtered(query))
    return html`<p>No conflicts match these filters. <a href="/conflicts">Clear all</a></p>`;
  return html`<p>No conflicts yet.</p>`;
}

function table(view: ConflictsView): Safe {
  const { found, query } = view;
  const heads = [
    "Contact",
    "Field",
    "HubSpot had",
    "Tandem wrote before",
    "Klaviyo had",
    "Winner and why",
    "Undo",
  ];
  return stackedTable(
    html`${counted(found.total, "conflict")}${filtered(query) && " matching"}, the latest first`,
    heads,
    found.conflicts.map((conflict) => row(conflict, view)),
  );
}

function row(conflict: ConflictRow, { frame, mapping }: ConflictsView): Safe {
  const { linkId, runId, email, at, field, winner, won, lost, wroteBefore } = conflict;
  const had = (side: Side): Safe => value(field, side === winner ? won : lost);
  return html`<tr role="row">
    <th scope="row" role="rowheader" data-label="Contact">
      <a href="/contacts/${String(linkId)}"><bdi>${personAddress(email)}</bdi></a>
      <p class="name muted">
        ${timeElement(at, frame.now)}, <a href="/runs/${String(runId)}">run ${String(runId)}</a>
      </p>
    </th>
    <td role="cell" data-label="Field">${fieldName(field)}</td>
    <td role="cell" data-label="HubSpot had">${had("hubspot")}</td>
    <td role="cell" data-label="Tandem wrote before">
      ${wroteBefore !== null && value(field, wroteBefore.value ?? null)}
    </td>
    <td role="cell" data-label="Klaviyo had">${had("klaviyo")}</td>
    <td role="cell" data-label="Winner and why">${why(conflict, ruleOf(mapping, field))}</td>
    <td role="cell" data-label="Undo">${undo(conflict, frame)}</td>
  </tr>`;
}

function value(field: string, of: Value): Safe {
  return seen((sight) => html`<bdi>${shownTo(sight, field)(of)}</bdi>`);
}

/** `HubSpot: both changed, mapping line 48`. What won was written to the other side. */
function why({ winner, kind }: ConflictRow, rule: FieldRule | null): Fragment {
  const because =
    rule?.newest === true && kind === "changed_on_both" ? "changed later" : KIND_LABELS[kind].toLowerCase();
  const where = `Written to ${SIDE_NAMES[otherSide(winner)]}.`;
  return html`<strong>${SIDE_NAMES[winner]}</strong>:
    ${because}${rule !== null && html`, <a href="/mapping?show=file#L${rule.line}">mapping line ${rule.line}</a>`}.
    ${where}`;
}

const UNDOS: Readonly<Record<NonNullable<ConflictRow["undo"]>, string>> = {
  waiting: "Undo waits for the next run",
  done: "Undone",
  moved: "Not undone: the field changed meanwhile",
};

function undo({ id, undo: state, email, field }: ConflictRow, { shell }: Frame): Fragment {
  if (state !== null) return UNDOS[state];
  if (shell.visitor === null || !mayDo(shell.visitor.role, "admin")) return null;
  return html`<a href="/conflicts/${String(id)}/undo"
    >Undo…<span class="unseen"> ${fieldName(field)} of ${personAddress(email)}</span></a
  >`;
}
