import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { AlertType } from "../../src/model/watch/alerting.ts";
import { ALERT_TYPES } from "../../src/model/watch/alerting.ts";
import type { Condition, OpenAlert } from "../../src/service/alerts/decide-alerts.ts";
import { FADES_FOR_MS, REMIND_AFTER_MS, decideAlerts } from "../../src/service/alerts/decide-alerts.ts";
import { assertLaw } from "../support/law.ts";

/** An alert as the database keeps it, and everything that was told of it. */
interface Kept extends OpenAlert {
  readonly number: number;
  readonly startedAt: number;
}

interface Told {
  readonly kind: "open" | "remind" | "resolve";
  readonly type: AlertType;
  readonly number: number;
  readonly at: number;
}

const FADING: readonly AlertType[] = ["failing_above", "errors_above"];

/** A decision, and what is kept and told by it. */
function decided(kept: readonly Kept[], holds: ReadonlySet<AlertType>, at: number, begun: number) {
  const now = new Date(at);
  const conditions = [...holds].map((type): Condition => ({
    type,
    severity: "warning",
    since: now,
    summary: type,
    cause: "",
    fix: "",
  }));
  const told: Told[] = [];
  const left: Kept[] = [];
  let number = begun;
  for (const step of decideAlerts(conditions, kept, now)) {
    if (step.kind === "open") {
      const { type } = step.condition;
      number += 1;
      left.push({ type, number, startedAt: at, toldAt: now, absentSince: null });
      told.push({ kind: "open", type, number, at });
      continue;
    }
    const { alert } = step;
    if (step.kind === "remind" || step.kind === "resolve")
      told.push({ kind: step.kind, type: alert.type, number: alert.number, at });
    if (step.kind === "remind") left.push({ ...alert, toldAt: now, absentSince: null });
    if (step.kind === "stays") left.push({ ...alert, absentSince: null });
    if (step.kind === "fades") left.push({ ...alert, absentSince: alert.absentSince ?? now });
  }
  return { left, told, number };
}

/** From seconds to two days, so that reminders, fading and plain turns all happen. */
const pause = fc.oneof(
  fc.integer({ min: 1_000, max: 60_000 }),
  fc.integer({ min: 60_000, max: 20 * 60_000 }),
  fc.integer({ min: 60 * 60_000, max: 50 * 60 * 60_000 }),
);
const moment = fc.record({ pause, holds: fc.subarray([...ALERT_TYPES]) });
const history = fc.array(moment, { minLength: 1, maxLength: 60 });

test("an alert opens once, is repeated every 24 hours, ends once, and a restart repeats nothing", () => {
  assertLaw(
    fc.property(history, (moments) => {
      let kept: readonly Kept[] = [];
      let number = 0;
      let at = Date.parse("2026-11-01T08:00:00Z");
      const told: Told[] = [];
      const lastHeld = new Map<AlertType, number>();
      for (const { pause: ms, holds: types } of moments) {
        at += ms;
        const holds = new Set(types);
        const step = decided(kept, holds, at, number);
        told.push(...step.told);
        ({ left: kept, number } = step);

        // One open a type, and one message a type and decision.
        expect(new Set(kept.map(({ type }) => type)).size).toBe(kept.length);
        expect(new Set(step.told.map(({ type }) => type)).size).toBe(step.told.length);
        // Another process, or this one after a restart, reads what is kept and tells nothing more.
        expect(decided(kept, holds, at, number).told).toEqual([]);
        // What is so is open; what is not is over at once, or after five minutes.
        for (const type of holds) {
          expect(kept.some((alert) => alert.type === type)).toBe(true);
          lastHeld.set(type, at);
        }
        for (const { type, absentSince } of kept.filter((alert) => !holds.has(alert.type))) {
          expect(FADING).toContain(type);
          expect(at - (absentSince?.getTime() ?? 0)).toBeLessThan(FADES_FOR_MS);
        }
        const ended = step.told.filter(({ kind, type }) => kind === "resolve" && FADING.includes(type));
        for (const { type } of ended)
          expect(at - (lastHeld.get(type) ?? at)).toBeGreaterThanOrEqual(FADES_FOR_MS);
        // Nobody waits longer than a day for a word of what is still so.
        for (const { type, toldAt } of kept.filter((alert) => holds.has(alert.type)))
          expect({ type, late: at - toldAt.getTime() >= REMIND_AFTER_MS }).toEqual({ type, late: false });
      }
      for (const messages of Map.groupBy(told, (one) => one.number).values()) {
        const kinds = messages.map(({ kind }) => kind);
        expect(kinds.filter((kind) => kind === "open")).toHaveLength(1);
        expect(kinds[0]).toBe("open");
        expect(kinds.slice(0, -1)).not.toContain("resolve");
        const spoken = messages.filter(({ kind }) => kind !== "resolve");
        for (const [index, { at: time }] of spoken.slice(1).entries())
          expect(time - (spoken[index]?.at ?? 0)).toBeGreaterThanOrEqual(REMIND_AFTER_MS);
      }
    }),
  );
});
