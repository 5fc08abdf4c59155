import { describe, expect, it } from "vitest";
import type { EntryGroup, TimelineEntry } from "../../src/connectors/engagement-port.ts";
import type { SinkHarness } from "./engagement-harness.ts";
import { acted, entryId } from "./engagement-harness.ts";
import { live } from "./using-harness.ts";
import { OPEN_GATE } from "../support/open-gate.ts";

/** What every sink keeps to that shows single engagements, each by its id. */
export function sinkContract(name: string, makeHarness: () => Promise<SinkHarness>): void {
  const using = (body: (harness: SinkHarness) => Promise<void>) => async () => {
    const harness = await makeHarness();
    try {
      await body(harness);
      // A sink changes nobody, whatever it is asked (P14).
      expect(harness.mistakes()).toBe(0);
    } finally {
      await harness.close();
    }
  };

  describe(`${name} as a sink of engagement`, () => {
    it(
      "shows what is recorded, and answers in the order of what it was given",
      using(async ({ sink, setup, contacts, shown }) => {
        const groups = contacts.map((contact, at) => group(contact, at === 0 ? [1, 2, 3] : [10 + at]));
        expect(await sink.missing(setup, live())).toBeNull();
        const results = await sink.record(groups, setup, OPEN_GATE, live());
        expect(results.map(({ outcome }) => outcome)).toEqual(contacts.map(() => "done"));
        expect(await Promise.all(contacts.map(shown))).toEqual(contacts.map((_, at) => (at === 0 ? 3 : 1)));
        expect(await sink.record([], setup, OPEN_GATE, live())).toEqual([]);
      }),
    );

    it(
      "shows more of a message beside what it showed before",
      using(async ({ sink, setup, contacts: [contact = ""], shown }) => {
        const [first] = await sink.record([group(contact, [1, 2])], setup, OPEN_GATE, live());
        const reference = first?.outcome === "done" ? first.reference : null;
        const more = { ...group(contact, [3]), shown: entries([1, 2]), reference };
        const again = await sink.record([more], setup, OPEN_GATE, live());
        expect(again).toEqual([{ outcome: "done", reference }]);
        expect(await shown(contact)).toBe(3);
      }),
    );

    it.each([true, false])("shows once what was sent and never answered, done or not (%s)", async (applied) =>
      using(async ({ sink, setup, contacts, shown, loseAnswer }) => {
        const groups = contacts.map((contact, at) => group(contact, [2 * at, 2 * at + 1]));
        loseAnswer(applied);
        const lost = await sink.record(groups, setup, OPEN_GATE, live());
        expect(lost.map(({ outcome }) => outcome)).toEqual(contacts.map(() => "unknown"));
        for (let times = 0; times < 2; times += 1) {
          const found = await sink.find?.(groups, new Map(), live());
          const known = groups.map((one) => ({ ...one, reference: found?.references.get(one) ?? null }));
          const again = await sink.record(known, setup, OPEN_GATE, live());
          expect(again.map(({ outcome }) => outcome)).toEqual(contacts.map(() => "done"));
        }
        expect(await Promise.all(contacts.map(shown))).toEqual(contacts.map(() => 2));
      })(),
    );

    it(
      "tells who is gone, and shows everybody else's",
      using(async ({ sink, setup, contacts, shown, delete: remove }) => {
        const [first = "", ...rest] = contacts;
        await remove(first);
        const groups = contacts.map((contact, at) => group(contact, [at]));
        const results = await sink.record(groups, setup, OPEN_GATE, live());
        expect(results.map(({ outcome }) => outcome)).toEqual(["gone", ...rest.map(() => "done")]);
        expect(await Promise.all(rest.map(shown))).toEqual(rest.map(() => 1));
      }),
    );

    it(
      "is set up as often as one likes",
      using(async ({ sink, setup, contacts: [contact = ""], shown }) => {
        const again = await sink.setUp(OPEN_GATE, live());
        expect(again.ids).toEqual(setup?.ids ?? {});
        expect(await sink.missing(again, live())).toBeNull();
        await sink.record([group(contact, [1])], again, OPEN_GATE, live());
        expect(await shown(contact)).toBe(1);
      }),
    );
  });
}

/** What every system keeps to that makes properties. */
export function propertiesContract(name: string, makeHarness: () => Promise<SinkHarness>): void {
  describe(`${name} as a maker of properties`, () => {
    it("makes what is missing, once, and says what it made", async () => {
      const { connector, close } = await makeHarness();
      try {
        const { makeProperties } = connector.engagement;
        const wanted = ["klaviyo_opens", "klaviyo_clicks"].map(
          (property) =>
            ({ property, label: property, description: "", type: "number", options: [] }) as const,
        );
        expect(await makeProperties?.(wanted.slice(0, 1), OPEN_GATE, live())).toEqual(["klaviyo_opens"]);
        expect(await makeProperties?.(wanted, OPEN_GATE, live())).toEqual(["klaviyo_clicks"]);
        expect(await makeProperties?.(wanted, OPEN_GATE, live())).toEqual([]);
      } finally {
        await close();
      }
    });
  });
}

function group(contact: string, numbers: readonly number[]): EntryGroup {
  return { contact, fresh: entries(numbers), shown: [], reference: null };
}

function entries(numbers: readonly number[]): readonly TimelineEntry[] {
  return numbers.map((number) => ({ id: entryId(number), engagement: acted(number) }));
}
