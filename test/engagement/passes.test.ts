import { expect, test } from "vitest";
import { nextPass } from "../../src/feeds/engagement/passes.ts";
import type { EngagementStream } from "../../src/store/feeds/engagement-streams.ts";

const HOUR = 3_600_000;
const NOW = new Date("2026-06-15T09:00:00.000Z");
const ago = (hours: number): Date => new Date(NOW.getTime() - hours * HOUR);

const stream = (begunHours: number, cursorHours: number | null): EngagementStream => ({
  metricId: "opened",
  name: "Opened Email",
  kind: "opened",
  channel: "email",
  floor: ago(24 * 90),
  watermark: null,
  hourlyAt: null,
  nightlyAt: null,
  weeklyAt: null,
  older: null,
  open: {
    pass: "backfill",
    from: ago(24 * 90),
    begun: ago(begunHours),
    cursor: cursorHours === null ? null : { at: ago(cursorHours), value: "page 70" },
  },
});

test.each([
  { case: "a back-fill of three days continues at its last page", begun: 72, cursor: 1, continues: true },
  { case: "a page of a day ago is not continued", begun: 72, cursor: 25, continues: false },
  { case: "a pass that is not past its first page begins there", begun: 72, cursor: null, continues: false },
])("$case (P19)", ({ begun, cursor, continues }) => {
  const next = nextPass(stream(begun, cursor), NOW);
  expect(next.cursor?.value ?? null).toBe(continues ? "page 70" : null);
  expect([next.pass, next.from]).toEqual(["backfill", ago(24 * 90)]);
});
