import type { ContactPlan, PlannedOperation } from "../plan/planned.ts";

/** Of a plan, what shows or carries consent: refusals, and the properties that tell of them. */
export function consentOnly(plan: ContactPlan): ContactPlan {
  const merged = plan.merged.filter(({ rule }) => rule.showsConsent === true);
  const shown = new Set(merged.map(({ rule }) => rule.key));
  const operations = plan.operations.flatMap((operation): readonly PlannedOperation[] => {
    if (operation.kind === "opt_out") return [operation];
    if (operation.kind !== "update") return [];
    const fields = Object.fromEntries(Object.entries(operation.fields).filter(([key]) => shown.has(key)));
    return Object.keys(fields).length === 0 ? [] : [{ ...operation, fields }];
  });
  return { ...plan, merged, operations };
}
