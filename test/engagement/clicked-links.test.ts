import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { kept } from "../../src/feeds/engagement/kept.ts";
import { entryIdOf, occurrenceId, personOf, shownIdOf } from "../../src/feeds/engagement/occurrence.ts";
import { withoutQuery } from "../../src/model/clicked-link.ts";
import type { Engagement } from "../../src/model/engagement.ts";
import { openStore } from "../../src/store/runs/connections.ts";
import { migrate } from "../../src/store/database/migrate.ts";
import type { FreshDatabase } from "../support/fresh-database.ts";
import { freshDatabase } from "../support/fresh-database.ts";
import { rowsDump } from "../support/database-dump.ts";
import { DAY, MINUTE, lane } from "./lane.ts";

let fresh: FreshDatabase;
beforeAll(async () => void (fresh = await freshDatabase()));
afterAll(() => fresh.drop());

test.each([
  ["https://shop.example.com/a", "https://shop.example.com/a"],
  ["https://shop.example.com/a?b=1", "https://shop.example.com/a"],
  ["https://shop.example.com/a?b=1#/orders/1", "https://shop.example.com/a#/orders/1"],
  ["https://app.example.com/#/orders?email=jo%40example.com", "https://app.example.com/#/orders"],
  ["https://app.example.com/#email=jo@example.com", "https://app.example.com/"],
  ["https://app.example.com/#item?page=2", "https://app.example.com/"],
  ["https://app.example.com/a#x/y#z?b", "https://app.example.com/a#x/y#z"],
])("%s is kept as %s", (whole, cut) => {
  expect(withoutQuery(whole)).toBe(cut);
  expect(withoutQuery(cut)).toBe(cut);
});

const LINKS = [
  "https://shop.example.com/a?item=1",
  "https://shop.example.com/a?item=2&email=jo%40secret.example",
  "https://shop.example.com/a#/orders?e=jo%2540secret.example",
  "https://shop.example.com/a",
];

/**
 * Makes the rows of a database what an earlier version had left: links whole, ids made of them, and none of the columns
 * that came since.
 */
async function asBefore({ database }: FreshDatabase, whole: ReadonlyMap<string, Engagement>): Promise<void> {
  for (const [eventId, engagement] of whole) {
    const row = await database.engagement.findFirstOrThrow({ where: { eventId } });
    const old = (whose: string) => occurrenceId(engagement, "first_per_url", whose);
    expect(row.entryId).toBe(old(personOf(engagement) ?? eventId));
    const data = { url: engagement.url, shownId: old(row.contact ?? "") };
    await database.engagement.updateMany({ where: { eventId }, data });
  }
  await database.$executeRaw`ALTER TABLE engagement DROP COLUMN link_id, DROP COLUMN link_entry_id`;
  await database.$executeRaw`DELETE FROM _prisma_migrations WHERE migration_name LIKE '%_clicked_links'`;
}

test("of a clicked link no query string is stored or shown, and links that were told before are not told again", async () => {
  const own = await freshDatabase();
  try {
    const it = await lane(own, "record_as: custom_event, metrics: { clicked: {} }");
    const ann = it.person("ann");
    const twin = { ...ann, profile: it.klaviyo.user.create("twin@example.com") };
    await it.run();
    const told = new Map(
      LINKS.map((url) => it.happen(ann, "clicked", { url })).map((one) => [one.eventId, one]),
    );
    it.wait(5 * MINUTE);
    await it.run();
    expect(it.shown().map(({ engagement }) => engagement.url)).toEqual(LINKS.map(withoutQuery));
    expect(await rowsDump(own.database)).not.toMatch(/secret|item=/);
    await asBefore(own, told);
    expect(await rowsDump(own.database)).toContain("secret");

    expect(await migrate(own.url)).toHaveLength(1);
    expect(await rowsDump(own.database)).not.toMatch(/secret|item=/);
    // The same clicks again: by the same profile, and by another one of the same contact.
    for (const url of LINKS) {
      it.happen(ann, "clicked", { url });
      it.happen(twin, "clicked", { url });
    }
    it.wait(DAY);
    await it.run();
    expect(it.shown()).toHaveLength(LINKS.length);
    // Another link of the same page is another link.
    it.happen(ann, "clicked", { url: "https://shop.example.com/a?item=3" });
    it.wait(DAY);
    await it.run();
    expect(it.shown()).toHaveLength(LINKS.length + 1);
  } finally {
    await own.drop();
  }
});

test("the migration makes of every older row what is made of the same event today", async () => {
  const own = await freshDatabase();
  try {
    const { connectionId } = await openStore(own.database, "acme");
    const text = fc.oneof(
      fc.constantFrom('a"b', "a\\b", "tab\there", "é", "\u2028", "\u007f", "日本", "a/b", "<&>"),
      fc.string({ unit: "grapheme", minLength: 1, maxLength: 8 }),
    );
    const safe = text.filter((one) => !/[\0\ud800-\udfff]/.test(one) && one.trim() !== "");
    const part = safe.map((one) => encodeURIComponent(one));
    const url = fc
      .tuple(part, fc.option(part), fc.option(part), fc.constantFrom("", "=", "/", "?x"))
      .map(
        ([path, query, hash, between]) =>
          `https://shop.example.com/${path}${query === null ? "" : `?q=${query}`}${hash === null ? "" : `#${between}${hash}`}`,
      );
    const clicks = fc.sample(fc.tuple(url, fc.option(safe), fc.option(safe), fc.boolean()), {
      numRuns: 300,
      seed: 7,
    });
    const engagements = clicks.map(([link, message, person], index): Engagement => ({
      eventId: `event "${index}"`,
      kind: "clicked",
      channel: "email",
      person: person === null ? null : person.trim(),
      email: null,
      at: "2026-11-02T08:00:00.000Z",
      message: message?.normalize("NFC") ?? null,
      messageName: null,
      subject: null,
      source: { kind: "unknown", id: null, name: null },
      url: link,
      list: null,
      detail: null,
      byMachine: false,
    }));
    await own.database.$executeRaw`ALTER TABLE engagement DROP COLUMN link_id, DROP COLUMN link_entry_id`;
    await own.database
      .$executeRaw`DELETE FROM _prisma_migrations WHERE migration_name LIKE '%_clicked_links'`;
    for (const [index, one] of engagements.entries()) {
      const shown = clicks[index]?.[3] === true ? occurrenceId(one, "first_per_url", "c1") : null;
      await own.database.$executeRaw`
        INSERT INTO engagement (connection_id, event_id, metric_id, kind, channel, person, at, message, source_kind, url,
                                by_machine, seen_at, contact, shown_id)
        VALUES (${connectionId}, ${one.eventId}, 'm', 'clicked', 'email', ${one.person}, now(), ${one.message}, 'unknown',
                ${one.url}, false, now(), 'c1', ${shown}::uuid) ON CONFLICT DO NOTHING`;
    }
    await migrate(own.url);
    for (const [index, one] of engagements.entries()) {
      const row = await own.database.engagement.findFirst({ where: { eventId: one.eventId } });
      if (row === null) continue;
      const now = kept(one);
      expect([
        one,
        row.url,
        row.linkId,
        row.linkEntryId ?? entryIdOf(now, "first_per_url"),
        row.shownId,
      ]).toEqual([
        one,
        now.url,
        now.linkId,
        entryIdOf(now, "first_per_url"),
        clicks[index]?.[3] === true ? shownIdOf(now, "first_per_url", "c1") : null,
      ]);
    }
  } finally {
    await own.drop();
  }
});
