import { expect, test } from "vitest";
import { html, render } from "../../src/status/frame/layout/html.ts";
import { exactElement, timeElement } from "../../src/status/parts/time-element.ts";
import { localTime, withLocalTimes } from "../../src/words/local-time.ts";
import { WHOLE_SIGHT } from "../../src/words/sight.ts";

const AT = new Date("2026-11-01T08:00:00Z");
const TALLINN = { ...WHOLE_SIGHT, zone: "Europe/Tallinn" };

test.each([
  ["UTC", "2026-11-01 08:00 UTC"],
  ["Europe/Tallinn", "2026-11-01 10:00 GMT+2"],
  ["America/New_York", "2026-11-01 03:00 EST"],
  ["Pacific/Auckland", "2026-11-01 21:00 GMT+13"],
])("a time in %s", (zone, expected) => {
  expect(localTime(AT, zone)).toBe(expected);
});

test("summer time is told apart, to the hour in which it ends", () => {
  expect(localTime(new Date("2026-11-01T05:30:00Z"), "America/New_York")).toBe("2026-11-01 01:30 EDT");
  expect(localTime(new Date("2026-11-01T06:30:00Z"), "America/New_York")).toBe("2026-11-01 01:30 EST");
});

test("the times of a stored sentence are read in the mapping's zone", () => {
  const stored = "Since 2026-11-01 23:30 UTC, 2 contacts wait. Until 2026-11-02 08:00 UTC.";
  expect(withLocalTimes(stored, "Europe/Tallinn")).toBe(
    "Since 2026-11-02 01:30 GMT+2, 2 contacts wait. Until 2026-11-02 10:00 GMT+2.",
  );
  expect(withLocalTimes("2026-13-45 99:99 UTC", "Europe/Tallinn")).toBe("2026-13-45 99:99 UTC");
});

test("a page shows the mapping's zone, and UTC on pointing at it", () => {
  expect(render(exactElement(AT), TALLINN)).toContain(
    'title="2026-11-01 08:00 UTC">2026-11-01 10:00 GMT+2</time>',
  );
  expect(render(timeElement(AT, new Date(AT.getTime() + 120_000)), TALLINN)).toContain(
    'title="2026-11-01 10:00 GMT+2, 2026-11-01 08:00 UTC">2 min ago</time>',
  );
  expect(render(html`<p>${"Paused until 2026-11-01 08:00 UTC"}</p>`, TALLINN)).toBe(
    "<p>Paused until 2026-11-01 10:00 GMT+2</p>",
  );
});
