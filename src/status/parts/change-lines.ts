import type { Side } from "../../model/side.ts";
import type { Value, Values } from "../../model/value.ts";
import type { PlannedOperation } from "../../plan/planned.ts";
import type { Fragment, Safe } from "../frame/layout/html.ts";
import { html } from "../frame/layout/html.ts";
import { propertyOf } from "../../words/problem-words.ts";
import { optOutWords } from "../../words/change-words.ts";
import { valueElement } from "./value-element.ts";

/** An operation as the journal, a plan or a hold has it: what is done to one side of one person. */
export interface ShownChange {
  readonly side: Side;
  readonly kind: PlannedOperation["kind"];
  /** `null` where it is not known. */
  readonly before: Values | null;
  readonly after: Values;
}

/** What a planned operation would do, as it is shown beside what was done. */
export function plannedChange(operation: PlannedOperation): ShownChange {
  const { side, kind } = operation;
  switch (kind) {
    case "create":
      return { side, kind, before: null, after: operation.fields };
    case "update":
    case "stamp":
      return { side, kind, before: operation.pre, after: operation.fields };
    case "add_to_list":
    case "remove_from_list":
    case "subscribe":
      return { side, kind, before: null, after: { list: operation.list } };
    case "opt_out":
      return { side, kind, before: null, after: { ...operation.from } };
  }
}

/** A write without the values that the side rejected: those were never written. */
export function withoutRejected(
  change: ShownChange & { readonly refusedFields: readonly string[] },
): ShownChange {
  const after = Object.entries(change.after).filter(([key]) => !change.refusedFields.includes(key));
  return { ...change, after: Object.fromEntries(after) };
}

/** Field by field, before → after. */
export function changeLines({ side, kind, before, after }: ShownChange): Safe {
  if (kind === "opt_out") return html`<p>From <bdi>${optOutWords(after)}</bdi></p>`;
  return html`<ul class="changes">
    ${Object.entries(after).map(([key, value]) => html`<li>${line(side, kind, key, value, before)}</li>`)}
  </ul>`;
}

function line(
  side: Side,
  kind: PlannedOperation["kind"],
  key: string,
  value: Value,
  before: Values | null,
): Fragment {
  const name = html`<span class="field-name">${propertyOf(side, key)}</span>`;
  if ((kind !== "update" && kind !== "stamp") || before === null)
    return html`${name} ${valueElement(key, value)}`;
  return html`${name} ${valueElement(key, before[key] ?? null)} <span aria-hidden="true">→</span
    ><span class="unseen"> becomes </span> ${valueElement(key, value)}`;
}
