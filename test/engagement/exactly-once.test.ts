import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { EngagementSource } from "../../src/connectors/engagement-port.ts";
import type { MemoryConnector } from "../../src/connectors/memory/index.ts";
import { emailKey } from "../../src/model/email.ts";
import type { Engagement } from "../../src/model/engagement.ts";
import { engagementDays } from "../../src/store/feeds/engagement-days.ts";
import type { FreshDatabase } from "../support/fresh-database.ts";
import { freshDatabase } from "../support/fresh-database.ts";
import { assertLawOf } from "../support/law.ts";
import type { Lane, Person } from "./lane.ts";
import { DAY, HOUR, MINUTE, lane } from "./lane.ts";
import { mortal } from "./mortal.ts";
import { storeOf } from "../../src/store/database/store.ts";
let fresh: FreshDatabase;
beforeAll(async () => void (fresh = await freshDatabase()));
afterAll(() => fresh.drop());

const PEOPLE = ["ann", "bob", "cleo", "nobody", "later"] as const;
const MESSAGES = ["m1", "m2"];
const URLS = [
  "https://shop.example.com/a",
  "https://shop.example.com/a?item=1",
  "https://shop.example.com/a?item=2&email=jo%40example.com",
];

const event = fc.record({
  kind: fc.constant("event" as const),
  who: fc.nat(PEOPLE.length - 1),
  clicked: fc.boolean(),
  message: fc.constantFrom(...MESSAGES, null),
  url: fc.constantFrom(...URLS),
  byMachine: fc.integer({ min: 0, max: 5 }).map((one) => one === 0),
  /** Told so much after it happened. */
  lateMs: fc.constantFrom(0, 0, 0, 10 * MINUTE, 5 * HOUR, 3 * DAY, 16 * DAY),
  /** Dated so much ahead of its time. */
  aheadMs: fc.constantFrom(0, 0, 0, 0, 18 * HOUR),
});

const history = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: event },
    { weight: 4, arbitrary: fc.constant({ kind: "run" as const, killAt: Infinity }) },
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant("run" as const), killAt: fc.integer({ min: 1, max: 60 }) }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant("wait" as const),
        ms: fc.constantFrom(MINUTE, 5 * MINUTE, HOUR, DAY),
      }),
    },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom("applied" as const, "not_applied" as const)
        .map((how) => ({ kind: "lost" as const, how })),
    },
    { weight: 1, arbitrary: fc.constant({ kind: "replay" as const }) },
    { weight: 1, arbitrary: fc.constant({ kind: "merge" as const }) },
    { weight: 1, arbitrary: fc.constant({ kind: "known" as const }) },
  ),
  { minLength: 5, maxLength: 25 },
);

type Command = typeof history extends fc.Arbitrary<(infer One)[]> ? One : never;

/** bob's profile is merged into ann's: from then on all of his events are told as hers. */
function merging(klaviyo: MemoryConnector, from: Person, into: Person) {
  let merged = false;
  const source = klaviyo.engagement.source;
  if (source === null) throw new Error("there is no source");
  const told: EngagementSource = {
    ...source,
    async *read(window, signal) {
      for await (const page of source.read(window, signal)) {
        if (page.kind === "not_told") {
          yield page;
          continue;
        }
        const engagements = page.engagements.map((one) =>
          merged && one.person === from.profile
            ? { ...one, person: into.profile, email: emailKey(into.email) }
            : one,
        );
        yield { ...page, engagements };
      }
    },
  };
  const connector = { ...klaviyo, engagement: { ...klaviyo.engagement, source: told } };
  return { connector, merge: () => void (merged = true), isMerged: () => merged };
}

async function play(it: Lane, commands: readonly Command[]) {
  const people = PEOPLE.map((name) => it.person(name, name !== "nobody" && name !== "later"));
  const [ann, bob] = people as [Person, Person];
  const merge = merging(it.klaviyo, bob, ann);
  const happened: { readonly engagement: Engagement; readonly who: number }[] = [];
  const run = async (killAt: number): Promise<void> => {
    const process = mortal(fresh.database, killAt);
    process.watch(it.hubspot, it.klaviyo);
    const connectors = { hubspot: it.hubspot, klaviyo: merge.connector };
    try {
      await it.run({ database: process.database, connectors });
    } catch (error) {
      if (!process.isDead()) throw error;
    }
    it.hubspot.quirks.unansweredEntries = () => null;
    it.hubspot.quirks.before = it.klaviyo.quirks.before = () => {};
    // A killed process's lease runs out.
    await fresh.database.lease.updateMany({
      where: { name: `contacts of ${it.mapping.name}` },
      data: { expiresAt: new Date(0) },
    });
  };
  await run(Infinity);
  for (const command of commands) {
    switch (command.kind) {
      case "event": {
        it.wait(1_000);
        const { who, clicked, message, url, byMachine, lateMs, aheadMs } = command;
        const person = people[who];
        if (person === undefined) throw new Error("nobody");
        const at = new Date(it.now() + aheadMs).toISOString();
        const more = { message, at, byMachine, ...(clicked ? { url } : {}) };
        const engagement = it.happen(person, clicked ? "clicked" : "opened", more, it.now() + lateMs);
        happened.push({ engagement, who });
        break;
      }
      case "run":
        it.wait(MINUTE);
        await run(command.killAt);
        break;
      case "wait":
        it.wait(command.ms);
        break;
      case "lost":
        it.hubspot.quirks.unansweredEntries = () => command.how;
        break;
      case "replay":
        await fresh.database.engagementStream.updateMany({
          where: { connectionId: it.connectionId },
          data: { hourlyAt: null, nightlyAt: null, weeklyAt: null },
        });
        break;
      case "merge":
        merge.merge();
        break;
      case "known":
        if (it.hubspot.user.all().every(({ shownEmail }) => shownEmail !== "later@example.com"))
          it.hubspot.user.create("later@example.com");
        break;
    }
  }
  // Until everything can be seen, and every pass has come up once more.
  for (const pause of [HOUR, DAY, 18 * DAY, MINUTE]) {
    it.wait(pause);
    await run(Infinity);
  }
  return { people, happened, merged: merge.isMerged() };
}

const keyOf = ({ kind, message, eventId, url }: Engagement, contact: string): string =>
  JSON.stringify([kind, message ?? eventId, url, contact]);

test.each(["custom_event", "note"])(
  "what the timeline shows as %s is what happened, each once, whatever came between (P13)",
  async (recordAs) => {
    const section = `record_as: ${recordAs}, metrics: { opened: {}, clicked: {} }`;
    await assertLawOf(
      fc.asyncProperty(history, async (commands) => {
        const it = await lane(fresh, section);
        const { people, happened, merged } = await play(it, commands);
        // Told by its path alone, and once for each whole link.
        const whole = new Map(happened.map(({ engagement }) => [engagement.eventId, engagement]));
        expect(it.shown().filter(({ engagement }) => engagement.url?.includes("?"))).toEqual([]);
        const shown = it
          .shown()
          .map(({ engagement, contact }) => keyOf(whole.get(engagement.eventId) ?? engagement, contact));
        expect(new Set(shown).size).toBe(shown.length);
        const contactOf = (who: number): readonly string[] => {
          const own = people[who]?.contact ?? null;
          if (PEOPLE[who] === "later")
            return it.hubspot.user
              .all()
              .flatMap(({ id, shownEmail }) => (shownEmail === people[who]?.email ? id : []));
          const others = merged && PEOPLE[who] === "bob" ? [people[0]?.contact ?? ""] : [];
          return own === null ? [] : [own, ...others];
        };
        const wanted = happened.filter(({ engagement }) => !engagement.byMachine);
        const allowed = wanted.flatMap(({ engagement, who }) =>
          contactOf(who).map((contact) => keyOf(engagement, contact)),
        );
        expect(shown.filter((key) => !allowed.includes(key))).toEqual([]);
        const lost = wanted.filter(({ engagement, who }) => {
          // Anybody who became known too late for an event is not shown with it.
          if (PEOPLE[who] === "nobody" || PEOPLE[who] === "later") return false;
          return !contactOf(who).some((contact) => shown.includes(keyOf(engagement, contact)));
        });
        expect(lost).toEqual([]);
        // No address went out, no contact was made or changed (P14), and every event has exactly one fate.
        expect(it.shown().filter(({ engagement }) => engagement.email !== null)).toEqual([]);
        expect(it.hubspot.writes).toEqual([]);
        expect(it.klaviyo.writes).toEqual([]);
        const days = await engagementDays(storeOf(fresh.database, it.connectionId), new Date(0));
        for (const day of days) {
          const { recorded, repeats, machines, outOfScope, unknown, waiting, failed } = day;
          expect(recorded + repeats + machines + outOfScope + unknown + waiting + failed).toBe(day.seen);
          expect(day.missing).toBe(0);
        }
        expect(days.reduce((sum, { seen }) => sum + seen, 0)).toBe(happened.length);
        expect(days.reduce((sum, { waiting }) => sum + waiting, 0)).toBe(0);
        expect(days.reduce((sum, { recorded }) => sum + recorded, 0)).toBe(shown.length);
      }),
      // Ten runs a history, each with its statements: a fifth of a minute for fifty.
      0.1,
    );
  },
);
