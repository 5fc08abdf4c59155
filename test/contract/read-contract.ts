import { describe, expect, test } from "vitest";
import type { Contact } from "../../src/model/contact.ts";
import type { MakeHarness } from "./harness.ts";
import { live, requested, sampleValues, using } from "./using-harness.ts";
import { key } from "../support/email.ts";

const idsOf = (contacts: readonly Contact[]): readonly string[] => contacts.map(({ id }) => id).sort();

export function readContract(makeHarness: MakeHarness): void {
  describe("read, find and everyone", () => {
    test(
      "find by address whatever its case, each once, and leave out those who do not exist",
      using(makeHarness, async (harness) => {
        const { connector, user } = harness;
        const one = await user.create("One@Example.com", sampleValues(harness), []);
        const two = await user.create("two+tag@example.com", sampleValues(harness), []);
        await user.create("three@example.com", sampleValues(harness), []);
        await harness.pass();
        const wanted = ["one@example.com", "two+tag@example.com", "nobody@example.com"].map(key);
        const { contacts: found } = await connector.contacts.find(wanted, requested(harness), live());
        expect(idsOf(found)).toEqual([one, two].sort());
        expect(found.find(({ id }) => id === one)?.email).toBe("one@example.com");
        expect(found.find(({ id }) => id === two)?.values).toEqual(sampleValues(harness));
      }),
    );

    test(
      "find many addresses at once",
      using(makeHarness, async (harness) => {
        const made: string[] = [];
        for (let index = 0; index < 130; index += 1) {
          made.push(await harness.user.create(`a-rather-long-address-${index}@example.com`, {}, []));
        }
        await harness.pass();
        const wanted = made.map((_, index) => key(`a-rather-long-address-${index}@example.com`));
        const { contacts: found } = await harness.connector.contacts.find(wanted, [], live());
        expect(idsOf(found)).toEqual(made.sort());
        expect(await harness.connector.contacts.find([], [], live())).toEqual({
          from: "index",
          contacts: [],
          unreadable: [],
        });
      }),
    );

    test(
      "read by id what exists, and leave out the deleted and the unknown",
      using(makeHarness, async (harness) => {
        const { connector, user } = harness;
        const kept = await user.create("kept@example.com", sampleValues(harness), []);
        const deleted = await user.create("deleted@example.com", sampleValues(harness), []);
        await user.delete(deleted);
        await harness.pass();
        const { contacts: found } = await connector.contacts.read(
          [deleted, kept],
          requested(harness),
          live(),
        );
        expect(idsOf(found)).toEqual([kept]);
        expect(found[0]?.values).toEqual(sampleValues(harness));
        expect(found[0]?.unreadable).toEqual({});
        expect(Date.parse(found[0]?.createdAt ?? "")).not.toBeNaN();
        expect(await connector.contacts.read([], requested(harness), live())).toEqual({
          from: "records",
          contacts: [],
          unreadable: [],
        });
      }),
    );

    test(
      "read a merged contact under its new id, or not at all",
      using(makeHarness, async (harness) => {
        const { connector, user } = harness;
        const winner = await user.create("winner@example.com", sampleValues(harness), []);
        const loser = await user.create("loser@example.com", sampleValues(harness), []);
        await user.merge(winner, loser);
        await harness.pass();
        const { contacts: found } = await connector.contacts.read([loser], requested(harness), live());
        expect(found.length).toBe(harness.followsMerges ? 1 : 0);
        for (const contact of found) expect(contact.mergedIds).toContain(loser);
        expect(found.some(({ id }) => id === loser)).toBe(false);
      }),
    );

    test(
      "give only the properties that were asked for, and say empty where nothing is",
      using(makeHarness, async (harness) => {
        const { connector, user } = harness;
        const { text, number } = harness.properties;
        const id = await user.create("sparse@example.com", { [text]: "here" }, []);
        await harness.pass();
        const properties = requested(harness).filter(({ property }) => [text, number].includes(property));
        const {
          contacts: [contact],
        } = await connector.contacts.read([id], properties, live());
        expect(contact?.values).toEqual({ [text]: "here", [number]: null });
      }),
    );

    test(
      "give everyone, in a list or not",
      using(makeHarness, async (harness) => {
        const made: string[] = [];
        for (let index = 0; index < 120; index += 1) {
          const lists = index === 0 ? [harness.lists[0]] : [];
          made.push(await harness.user.create(`any-${index}@example.com`, {}, lists));
        }
        await harness.pass();
        const seen = new Set<string>();
        for await (const page of harness.connector.contacts.everyone(requested(harness), live())) {
          for (const { id } of page.contacts) seen.add(id);
        }
        expect([...seen].sort()).toEqual(made.sort());
      }),
    );

    test(
      "tell what each property held and when it was set, where the system keeps that, of many contacts at once",
      using(makeHarness, async (harness) => {
        const { connector, user } = harness;
        const { readHistory } = connector.contacts;
        if (readHistory === null) return;
        const { text, number } = harness.properties;
        const made: string[] = [];
        for (let index = 0; index < 60; index += 1) {
          made.push(await user.create(`timed-${index}@example.com`, sampleValues(harness), []));
        }
        const [edited = "", same = ""] = made;
        await harness.pass();
        const ask = () => readHistory([...made, "0"], requested(harness), [text, number], live());
        const before = new Map((await ask()).histories.map((each) => [each.contact.id, each]));
        expect([...before.keys()].sort()).toEqual(made.sort());
        await user.edit(edited, { [text]: "edited" });
        await harness.pass();
        const after = new Map((await ask()).histories.map((each) => [each.contact.id, each]));
        const {
          contacts: [now],
        } = await connector.contacts.read([edited], requested(harness), live());
        expect(after.get(edited)?.contact).toEqual(now);
        expect(after.get(same)?.past).toEqual(before.get(same)?.past);
        const [was, is] = [before.get(edited)?.past ?? {}, after.get(edited)?.past ?? {}];
        expect(Object.keys(is).sort()).toEqual([text, number].sort());
        expect(is[number]).toEqual(was[number]);
        expect(is[text]?.slice(1)).toEqual(was[text]);
        expect(is[text]?.map(({ value }) => value)).toEqual(["edited", sampleValues(harness)[text]]);
        const [latest, first] = (is[text] ?? []).map(({ at }) => Date.parse(at));
        expect(latest).toBeGreaterThan(first ?? Infinity);
        expect(latest).toBeLessThanOrEqual(Date.parse(now?.updatedAt ?? ""));
      }),
    );

    test(
      "hand out copies: what a caller does to an answer changes nothing",
      using(makeHarness, async (harness) => {
        const id = await harness.user.create("copy@example.com", sampleValues(harness), []);
        await harness.pass();
        const read = () => harness.connector.contacts.read([id], requested(harness), live());
        const [first] = (await read()).contacts;
        const list = first?.values[harness.properties.list] as string[];
        list.push("smuggled");
        expect((await read()).contacts[0]?.values).toEqual(sampleValues(harness));
      }),
    );

    test(
      "do nothing for a signal that is aborted",
      using(makeHarness, async ({ connector, lists }) => {
        const { contacts } = connector;
        const stopped = AbortSignal.abort(new Error("stopped"));
        await expect(connector.account(stopped)).rejects.toThrow("stopped");
        await expect(connector.discover(stopped)).rejects.toThrow("stopped");
        await expect(connector.outline(stopped)).rejects.toThrow("stopped");
        await expect(contacts.read(["1"], [], stopped)).rejects.toThrow("stopped");
        await expect(contacts.find([key("a@example.com")], [], stopped)).rejects.toThrow("stopped");
        const everyone = contacts.everyone([], stopped)[Symbol.asyncIterator]();
        await expect(everyone.next()).rejects.toThrow("stopped");
        const pulled = contacts.pull({ collections: lists, properties: [] }, null, stopped);
        await expect(pulled[Symbol.asyncIterator]().next()).rejects.toThrow("stopped");
        expect(connector.requests()).toEqual(new Map());
      }),
    );

    test(
      "tell whose account it is and what can be mapped, and count the requests",
      using(makeHarness, async (harness) => {
        const { connector, lists, properties } = harness;
        await harness.user.create("known@example.com", sampleValues(harness), []);
        await harness.pass();
        const account = await connector.account(live());
        expect(account.id).not.toBe("");
        expect(account.contactUrl).toContain("{id}");
        const schema = await connector.discover(live());
        const named = new Map(schema.fields.map((field) => [field.property, field]));
        expect(named.get(properties.text)).toMatchObject({ type: "text", readOnly: false });
        expect(new Set(schema.fields.map(({ property }) => property)).size).toBe(schema.fields.length);
        const found = schema.collections.filter(({ id }) => lists.includes(id));
        expect(found.map(({ kind, writable }) => ({ kind, writable }))).toEqual([
          { kind: "list", writable: true },
          { kind: "list", writable: true },
        ]);
        const outline = await connector.outline(live());
        expect(outline.collections).toEqual(schema.collections);
        for (const field of outline.fields) expect(named.get(field.property)).toEqual(field);
        const total = [...connector.requests().values()].reduce((sum, count) => sum + count, 0);
        expect(total).toBeGreaterThanOrEqual(2);
      }),
    );
  });
}
