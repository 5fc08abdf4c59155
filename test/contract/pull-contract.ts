import { describe, expect, test } from "vitest";
import type { Cursor, PullPage } from "../../src/connectors/connector.ts";
import type { Contact, ExternalId } from "../../src/model/contact.ts";
import type { ConnectorHarness, MakeHarness } from "./harness.ts";
import { live, requested, sampleValues, using } from "./using-harness.ts";

interface Pulled {
  readonly pages: readonly PullPage[];
  /** The newest sighting of each contact. */
  readonly contacts: ReadonlyMap<ExternalId, Contact>;
  readonly members: ReadonlyMap<string, ReadonlySet<ExternalId>>;
  /** Whole memberships, of scans that came to their end. */
  readonly rosters: ReadonlyMap<string, ReadonlySet<ExternalId>>;
  readonly gone: readonly string[];
  readonly cursor: Cursor;
}

async function pull(
  harness: ConnectorHarness,
  cursor: Cursor | null,
  collections: readonly string[] = harness.lists,
): Promise<Pulled> {
  const pages: PullPage[] = [];
  const scope = { collections, properties: requested(harness) };
  for await (const page of harness.connector.contacts.pull(scope, cursor, live())) pages.push(page);
  return digest(pages);
}

function digest(pages: readonly PullPage[]): Pulled {
  const contacts = new Map<ExternalId, Contact>();
  const members = new Map<string, Set<ExternalId>>();
  const scans = new Map<string, Set<ExternalId>>();
  const rosters = new Map<string, Set<ExternalId>>();
  const gone: string[] = [];
  for (const page of pages) {
    switch (page.kind) {
      case "contacts":
        for (const contact of page.contacts) contacts.set(contact.id, contact);
        for (const [collection, ids] of page.members) {
          const known = members.get(collection) ?? new Set();
          for (const id of ids) known.add(id);
          members.set(collection, known);
        }
        break;
      case "roster": {
        const scan = scans.get(page.scan) ?? new Set();
        for (const id of page.ids) scan.add(id);
        scans.set(page.scan, scan);
        if (page.last) rosters.set(page.collection, scan);
        break;
      }
      case "collection_gone":
        gone.push(page.collection);
        break;
      case "properties_gone":
        throw new Error(`properties of this harness are gone: ${page.problem.title}`);
    }
  }
  return { pages, contacts, members, rosters, gone, cursor: pages.at(-1)?.cursor ?? "" };
}

async function populate(harness: ConnectorHarness, count: number): Promise<readonly ExternalId[]> {
  const ids: ExternalId[] = [];
  for (let index = 0; index < count; index += 1) {
    const lists = index % 3 === 0 ? harness.lists : [harness.lists[0]];
    ids.push(await harness.user.create(`person-${index}@example.com`, sampleValues(harness), lists));
  }
  await harness.pass();
  return ids;
}

export function pullContract(makeHarness: MakeHarness): void {
  describe("pull", () => {
    test(
      "from the start gives every member with its values, and nobody else as a member",
      using(makeHarness, async (harness) => {
        const ids = await populate(harness, 3);
        await harness.user.create("outsider@example.com", sampleValues(harness), []);
        await harness.pass();
        const { contacts, members, rosters } = await pull(harness, null);
        expect(members.get(harness.lists[0])).toEqual(new Set(ids));
        expect(members.get(harness.lists[1])).toEqual(new Set([ids[0]]));
        expect(rosters.size).toBe(0);
        for (const id of ids) {
          expect(contacts.get(id)?.values).toEqual(sampleValues(harness));
          expect(contacts.get(id)?.unreadable).toEqual({});
        }
        expect(contacts.get(ids[0] ?? "")?.email).toBe("person-0@example.com");
        expect(contacts.get(ids[0] ?? "")?.side).toBe(harness.connector.side);
      }),
    );

    test(
      "of an empty list gives a cursor and nobody",
      using(makeHarness, async (harness) => {
        const { contacts, cursor } = await pull(harness, null);
        expect(contacts.size).toBe(0);
        expect(cursor).not.toBe("");
      }),
    );

    test(
      "over many pages may repeat but loses nobody, and continues from any page's cursor",
      using(makeHarness, async (harness) => {
        const ids = await populate(harness, 260);
        const whole = await pull(harness, null);
        expect(whole.members.get(harness.lists[0])).toEqual(new Set(ids));
        expect(whole.pages.length).toBeGreaterThan(2);
        for (let cut = 1; cut < whole.pages.length; cut += 1) {
          const head = whole.pages.slice(0, cut);
          const tail = await pull(harness, head.at(-1)?.cursor ?? null);
          const both = digest([...head, ...tail.pages]);
          expect(both.members.get(harness.lists[0])).toEqual(new Set(ids));
          expect(both.members.get(harness.lists[1])).toEqual(whole.members.get(harness.lists[1]));
        }
      }),
    );

    test(
      "of what has changed gives edits, cleared values as empty, and who joined",
      using(makeHarness, async (harness) => {
        const [edited = "", cleared = ""] = await populate(harness, 2);
        const outsider = await harness.user.create("late@example.com", sampleValues(harness), []);
        await harness.pass();
        const before = await pull(harness, null);
        await harness.pass();
        const { text, number } = harness.properties;
        await harness.user.edit(edited, { [text]: "changed" });
        await harness.user.edit(cleared, { [text]: null, [number]: null });
        await harness.user.join(outsider, harness.lists[0]);
        await harness.pass();
        const { contacts, members } = await pull(harness, before.cursor);
        expect(contacts.get(edited)?.values).toEqual(sampleValues(harness, { text: "changed" }));
        expect(contacts.get(cleared)?.values).toEqual(sampleValues(harness, { text: null, number: null }));
        expect(members.get(harness.lists[0])?.has(outsider)).toBe(true);
        expect(contacts.get(outsider)?.values).toEqual(sampleValues(harness));
      }),
    );

    test(
      "shows nothing old again once time has passed, and no roster while nobody left",
      using(makeHarness, async (harness) => {
        await populate(harness, 2);
        const first = await pull(harness, null);
        await harness.pass();
        const second = await pull(harness, first.cursor);
        await harness.pass();
        const third = await pull(harness, second.cursor);
        expect([...third.contacts.keys()]).toEqual([]);
        expect([...third.rosters.keys()]).toEqual([]);
      }),
    );

    test(
      "after somebody left gives the whole roster, twice, and then no more",
      using(makeHarness, async (harness) => {
        const [left = "", ...others] = await populate(harness, 4);
        let { cursor } = await pull(harness, null);
        await harness.pass();
        await harness.user.leave(left, harness.lists[0]);
        const rosters: (readonly ExternalId[])[] = [];
        for (let cycle = 0; cycle < 4; cycle += 1) {
          await harness.pass();
          const pulled = await pull(harness, cursor);
          cursor = pulled.cursor;
          const roster = pulled.rosters.get(harness.lists[0]);
          if (roster !== undefined) rosters.push([...roster].sort());
        }
        expect(rosters).toEqual([others.toSorted(), others.toSorted()]);
      }),
    );

    test(
      "sees a leave behind a join of the same moment",
      using(makeHarness, async (harness) => {
        const [left = "", ...others] = await populate(harness, 3);
        const joiner = await harness.user.create("joiner@example.com", sampleValues(harness), []);
        await harness.pass();
        const { cursor } = await pull(harness, null);
        await harness.pass();
        await harness.user.leave(left, harness.lists[0]);
        await harness.user.join(joiner, harness.lists[0]);
        await harness.pass();
        const { rosters } = await pull(harness, cursor);
        expect(rosters.get(harness.lists[0])).toEqual(new Set([...others, joiner]));
      }),
    );

    test(
      "sees a deleted contact as one that left",
      using(makeHarness, async (harness) => {
        const [deleted = "", ...others] = await populate(harness, 3);
        const { cursor } = await pull(harness, null);
        await harness.pass();
        await harness.user.delete(deleted);
        await harness.pass();
        const { rosters } = await pull(harness, cursor);
        expect(rosters.get(harness.lists[0])).toEqual(new Set(others));
      }),
    );

    test(
      "says that a collection is gone instead of showing it empty, and still reads the others",
      using(makeHarness, async (harness) => {
        const ids = await populate(harness, 1);
        const { cursor } = await pull(harness, null);
        await harness.user.dropCollection(harness.lists[1]);
        await harness.pass();
        for (const from of [null, cursor]) {
          const pulled = await pull(harness, from);
          expect(pulled.gone).toEqual([harness.lists[1]]);
          expect(pulled.rosters.has(harness.lists[1])).toBe(false);
        }
        expect((await pull(harness, null)).members.get(harness.lists[0])).toEqual(new Set(ids));
        expect((await pull(harness, null, ["no-such-list-1"])).gone).toEqual(["no-such-list-1"]);
      }),
    );

    test(
      "of a collection new to the scope gives all of it",
      using(makeHarness, async (harness) => {
        const ids = await populate(harness, 2);
        const { cursor } = await pull(harness, null, [harness.lists[1]]);
        await harness.pass();
        const { members } = await pull(harness, cursor);
        expect(members.get(harness.lists[0])).toEqual(new Set(ids));
      }),
    );

    test(
      "shows a value that does not fit its type as unreadable, never as empty",
      using(makeHarness, async (harness) => {
        const [id = ""] = await populate(harness, 1);
        await harness.user.spoil(id);
        await harness.pass();
        const contact = (await pull(harness, null)).contacts.get(id);
        const { number, text } = harness.properties;
        expect(contact?.values).not.toHaveProperty([number]);
        expect(contact?.unreadable).toHaveProperty([number]);
        expect(contact?.values[text]).toBe(sampleValues(harness)[text]);
      }),
    );

    test(
      "stops when it is told to",
      using(makeHarness, async (harness) => {
        await populate(harness, 1);
        const scope = { collections: harness.lists, properties: requested(harness) };
        const stop = new AbortController();
        const pages = harness.connector.contacts.pull(scope, null, stop.signal)[Symbol.asyncIterator]();
        await pages.next();
        stop.abort(new Error("enough"));
        await expect(drain(pages)).rejects.toThrow("enough");
      }),
    );
  });
}

async function drain(pages: AsyncIterator<PullPage>): Promise<void> {
  for (let next = await pages.next(); next.done !== true; next = await pages.next());
}
