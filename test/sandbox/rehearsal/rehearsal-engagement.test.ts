import { expect, onTestFinished, test } from "vitest";
import { seededRandom } from "../../../src/sandbox/random.ts";
import type { Rehearsal } from "../../../src/sandbox/rehearsal/rehearsal.ts";
import { startRehearsal } from "../../../src/sandbox/rehearsal/rehearsal.ts";
import { stir } from "../../../src/sandbox/rehearsal/stir.ts";

interface Row {
  readonly attributes: {
    readonly event_properties: Readonly<Record<string, unknown>>;
    readonly datetime: string;
  };
  readonly relationships: { readonly profile: { readonly data: { readonly id: string } } };
}

async function rehearsal(contacts: number): Promise<Rehearsal> {
  const started = await startRehearsal({ seed: 3, contacts, hubspotPort: 0, klaviyoPort: 0 });
  onTestFinished(() => started.close());
  // Klaviyo shows an event a moment after it came.
  started.klaviyo.world.clock.advance(2_000);
  return started;
}

async function events({ klaviyo }: Rehearsal, metric: string): Promise<readonly Row[]> {
  const filter = encodeURIComponent(`equals(metric_id,"${klaviyo.sandbox.metricId(metric)}")`);
  const headers = { authorization: `Klaviyo-API-Key ${klaviyo.key}`, revision: "2026-07-15" };
  const answer = await fetch(`${klaviyo.url}/api/events?page[size]=1000&filter=${filter}`, { headers });
  return ((await answer.json()) as { data: Row[] }).data;
}

const property = (rows: readonly Row[], name: string): ReadonlySet<unknown> =>
  new Set(rows.map(({ attributes }) => attributes.event_properties[name]));

test("the story's people received, opened and clicked mail of campaigns and flows, on several links", async () => {
  const told = await rehearsal(300);
  const [received, opened, clicked] = await Promise.all(
    ["Received Email", "Opened Email", "Clicked Email"].map((metric) => events(told, metric)),
  );
  const [one = [], two = [], three = []] = [received, opened, clicked];
  expect(one.length).toBeGreaterThan(two.length);
  expect(two.length).toBeGreaterThan(three.length / 2);
  expect(property(two, "Campaign Name").size).toBeGreaterThanOrEqual(3);
  expect(property(two, "machine_open")).toEqual(new Set([true, false]));
  expect(property(three, "URL").size).toBeGreaterThanOrEqual(5);
  expect(property(three, "Bot Click")).toEqual(new Set([true, false]));
  expect([...property(one, "$flow")].filter(Boolean).length).toBeGreaterThan(0);
  const dates = [...one, ...two, ...three].map(({ attributes }) => Date.parse(attributes.datetime));
  expect(Math.max(...dates)).toBeLessThanOrEqual(told.klaviyo.world.clock.now());
});

test("anybody who unsubscribed or bounced for good has the consent that belongs to it, and nobody else", async () => {
  const told = await rehearsal(600);
  const { sandbox, world } = told.klaviyo;
  // Those that come late have happened, too.
  world.clock.advance(17 * 86_400_000);
  const profiles = sandbox.dump(null, 10_000).profiles;
  const ids = async (metric: string, type?: string): Promise<string[]> =>
    (await events(told, metric))
      .filter(({ attributes }) => attributes.event_properties["Bounce Type"] === type)
      .map(({ relationships }) => relationships.profile.data.id)
      .toSorted();
  const having = (reason: string): string[] =>
    profiles
      .filter(({ suppression }) => suppression.includes(reason))
      .map(({ id }) => id)
      .toSorted();
  expect(having("UNSUBSCRIBE").length).toBeGreaterThan(0);
  expect(await ids("Unsubscribed from Email Marketing")).toEqual(having("UNSUBSCRIBE"));
  expect(having("HARD_BOUNCE").length).toBeGreaterThan(0);
  expect(await ids("Bounced Email", "Hard")).toEqual(having("HARD_BOUNCE"));
});

test("a rehearsal of nobody was sent nothing", async () => {
  const { klaviyo, story } = await rehearsal(0);
  expect([story.campaigns, klaviyo.sandbox.counts().events]).toEqual([[], 0]);
});

test("while it is stirred, somebody reads the newest mail", async () => {
  const told = await rehearsal(50);
  const before = told.klaviyo.sandbox.counts().events;
  const random = seededRandom(5);
  const whats = Array.from({ length: 10 }, () => stir(told, random)).flatMap((done) =>
    done.map(({ what }) => what),
  );
  expect(told.klaviyo.sandbox.counts().events).toBe(before + 10);
  expect(whats).toContain("opened the newest mail");
  expect(whats).toContain("clicked in the newest mail");
});
