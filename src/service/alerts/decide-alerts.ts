import type { AlertType, Severity } from "../../model/watch/alerting.ts";

/** Something that is so now and that somebody should know of. */
export interface Condition {
  readonly type: AlertType;
  readonly severity: Severity;
  /** Since when it is so; not after now. */
  readonly since: Date;
  readonly summary: string;
  readonly cause: string;
  readonly fix: string;
}

/** An alert that is open, as it is kept. */
export interface OpenAlert {
  readonly type: AlertType;
  /** When somebody was last told of it. */
  readonly toldAt: Date;
  /** Since when its cause is gone, as far as anybody saw; `null` while it is there. */
  readonly absentSince: Date | null;
}

/** What is to be done about one type. Only `open`, `remind` and `resolve` tell anybody. */
export type AlertStep<A extends OpenAlert = OpenAlert> =
  | { readonly kind: "open"; readonly condition: Condition }
  | { readonly kind: "remind"; readonly alert: A; readonly condition: Condition }
  /** Its cause is back, or still there: nothing is new. */
  | { readonly kind: "stays"; readonly alert: A }
  /** Its cause is gone, for too short a time to say so. */
  | { readonly kind: "fades"; readonly alert: A }
  | { readonly kind: "resolve"; readonly alert: A };

/** An open alert is repeated so often. */
export const REMIND_AFTER_MS = 24 * 60 * 60_000;
/** A measure that moves about its limit would otherwise open and close an alert all day. */
export const FADES_FOR_MS = 5 * 60_000;
const FADING: ReadonlySet<AlertType> = new Set(["failing_above", "errors_above"]);

/**
 * What changes, given what is so and what is open. One step a type: an alert opens once, is repeated every 24 hours, and
 * ends once. A process that decides again with the result kept decides nothing new.
 *
 * @param conditions at most one of each type
 * @param open at most one of each type
 */
export function decideAlerts<A extends OpenAlert>(
  conditions: readonly Condition[],
  open: readonly A[],
  now: Date,
): readonly AlertStep<A>[] {
  const opened = conditions
    .filter(({ type }) => !open.some((alert) => alert.type === type))
    .map((condition): AlertStep<A> => ({ kind: "open", condition }));
  const others = open.map((alert): AlertStep<A> => {
    const condition = conditions.find(({ type }) => type === alert.type);
    if (condition !== undefined) {
      const due = now.getTime() - alert.toldAt.getTime() >= REMIND_AFTER_MS;
      return due ? { kind: "remind", alert, condition } : { kind: "stays", alert };
    }
    const absentMs = now.getTime() - (alert.absentSince ?? now).getTime();
    const fading = FADING.has(alert.type) && absentMs < FADES_FOR_MS;
    return fading ? { kind: "fades", alert } : { kind: "resolve", alert };
  });
  return [...opened, ...others];
}
