import { describe, expect, test } from "vitest";
import type { Contact, ExternalId } from "../../src/model/contact.ts";
import type { WriteResult } from "../../src/connectors/connector.ts";
import type { Values } from "../../src/model/value.ts";
import type { ConnectorHarness, MakeHarness } from "./harness.ts";
import { live, requested, sampleValues, using } from "./using-harness.ts";
import { contactOf, operationsFor, write } from "./writing.ts";
import { key } from "../support/email.ts";

/** What a result says is stored of these values; where it says nothing, the values themselves. */
function stored(result: WriteResult | undefined, values: Values): Values {
  if (result?.outcome !== "done") throw new Error(`not done: ${JSON.stringify(result)}`);
  const { stored: said } = result;
  if (said === null) return values;
  return Object.fromEntries(
    Object.keys(values).flatMap((name) => (name in said ? [[name, said[name] ?? null]] : [])),
  );
}

function expectDone(result: WriteResult | undefined, values: Values = {}): void {
  expect(stored(result, values)).toEqual(values);
}

const idOf = (result: WriteResult | undefined): ExternalId | null =>
  result !== undefined && "id" in result ? result.id : null;

const texts = (harness: ConnectorHarness, contacts: readonly Contact[]): readonly string[] =>
  contacts.map(({ values }) => String(values[harness.properties.text])).sort();

export function writeContract(makeHarness: MakeHarness): void {
  describe("write", () => {
    test(
      "creates a contact with its values, on its lists, and says what is stored",
      using(makeHarness, async (harness) => {
        const operations = operationsFor(harness);
        const create = operations.create("new@example.com", sampleValues(harness), harness.lists);
        const [result] = await write(harness, [create]);
        expectDone(result, sampleValues(harness));
        const contact = await contactOf(harness, "new@example.com");
        expect(contact?.values).toEqual(sampleValues(harness));
        expect([contact?.id, null]).toContain(idOf(result));
        for (const list of harness.lists) expect(await harness.user.members(list)).toEqual([contact?.id]);
        // Membership is no consent: nobody becomes subscribed by a write (promise 1).
        expect(contact?.consent?.status ?? "never_subscribed").toBe("never_subscribed");
      }),
    );

    test(
      "of a contact that exists says so, and changes nothing of it",
      using(makeHarness, async (harness) => {
        const { text } = harness.properties;
        const id = await harness.user.create("Old@example.com", sampleValues(harness), []);
        await harness.pass();
        const [result] = await write(harness, [
          operationsFor(harness).create("old@example.com", { [text]: "other" }),
        ]);
        expect(result).toEqual({ outcome: "exists", id });
        expect((await contactOf(harness, "old@example.com"))?.values).toEqual(sampleValues(harness));
        expect(await harness.user.count("old@example.com")).toBe(1);
      }),
    );

    test(
      "updates and empties only what it is told to",
      using(makeHarness, async (harness) => {
        const { text, number, list } = harness.properties;
        const id = await harness.user.create("update@example.com", sampleValues(harness), []);
        await harness.pass();
        const operations = operationsFor(harness);
        const [edited] = await write(harness, [
          operations.update(id, "update@example.com", { [text]: "new", [list]: ["red"] }),
        ]);
        expectDone(edited, { [text]: "new", [list]: ["red"] });
        const afterEdit = sampleValues(harness, { text: "new", list: ["red"] });
        expect((await contactOf(harness, "update@example.com"))?.values).toEqual(afterEdit);

        const [cleared] = await write(harness, [
          operations.update(id, "update@example.com", { [text]: null, [number]: "7" }),
        ]);
        expectDone(cleared, { [text]: null, [number]: "7" });
        const afterClear = sampleValues(harness, { text: null, list: ["red"], number: "7" });
        expect((await contactOf(harness, "update@example.com"))?.values).toEqual(afterClear);
      }),
    );

    test(
      "empties a value of every type",
      using(makeHarness, async (harness) => {
        const nothing = Object.fromEntries(Object.values(harness.properties).map((name) => [name, null]));
        const id = await harness.user.create("empty@example.com", sampleValues(harness), []);
        await harness.pass();
        const [result] = await write(harness, [
          operationsFor(harness).update(id, "empty@example.com", nothing),
        ]);
        expectDone(result, nothing);
        expect((await contactOf(harness, "empty@example.com"))?.values).toEqual(nothing);
      }),
    );

    test(
      "of one bad operation among many spoils no other, and answers in order",
      using(makeHarness, async (harness) => {
        const { properties } = harness;
        const { text } = properties;
        const operations = operationsFor(harness);
        const existing = await harness.user.create("exists@example.com", sampleValues(harness), []);
        const deleted = await harness.user.create("deleted@example.com", sampleValues(harness), []);
        const victim = await harness.user.create("victim@example.com", sampleValues(harness), []);
        await harness.user.delete(deleted);
        await harness.pass();
        const poison = { [harness.refused.property]: harness.refused.value };
        const results = await write(harness, [
          operations.create("good-1@example.com", { [text]: "good 1" }),
          operations.create("poison@example.com", { [text]: "kept", ...poison }),
          operations.update(deleted, "deleted@example.com", { [text]: "gone" }),
          operations.update(existing, "exists@example.com", { [text]: "good 2" }),
          operations.update(victim, "victim@example.com", { [text]: "kept too", ...poison }),
          operations.create("exists@example.com", { [text]: "double" }),
          operations.create("good-3@example.com", { [text]: "good 3" }),
        ]);
        expect(results.length).toBe(7);
        for (const index of [0, 3, 6]) expectDone(results[index]);
        expect((await contactOf(harness, "good-1@example.com"))?.values[text]).toBe("good 1");
        expect((await contactOf(harness, "exists@example.com"))?.values[text]).toBe("good 2");
        expect((await contactOf(harness, "good-3@example.com"))?.values[text]).toBe("good 3");
        expect(results[2]?.outcome).toBe("gone");
        expect(results[5]?.outcome).toBe("exists");
        expect(await contactOf(harness, "deleted@example.com")).toBeUndefined();
        for (const [index, email] of [
          [1, "poison@example.com"],
          [4, "victim@example.com"],
        ] as const) {
          const result = results[index];
          const refused = result?.outcome === "done" ? result.refused.map(({ field }) => field) : null;
          const text = (await contactOf(harness, email))?.values[properties.text];
          const kept = text === "kept" || text === "kept too";
          // Either the field alone was left out, or all of the operation; never a part without a word.
          expect([
            { outcome: "done", refused: [harness.refused.property], kept: true },
            { outcome: "refused", refused: null, kept: false },
          ]).toContainEqual({ outcome: result?.outcome, refused, kept });
        }
      }),
    );

    test(
      "writes more than one batch at once",
      using(makeHarness, async (harness) => {
        const operations = operationsFor(harness);
        const { text } = harness.properties;
        const addresses = Array.from({ length: 230 }, (_, index) => `many-${index}@example.com`);
        const creates = addresses.map((email) =>
          operations.create(email, { [text]: email }, [harness.lists[0]]),
        );
        const results = await write(harness, creates);
        for (const [index, result] of results.entries())
          expectDone(result, { [text]: addresses[index] ?? "" });
        await harness.pass();
        const { contacts: made } = await harness.connector.contacts.find(
          addresses.map(key),
          requested(harness),
          live(),
        );
        expect(texts(harness, made)).toEqual(addresses.toSorted());
        expect([...(await harness.user.members(harness.lists[0]))].sort()).toEqual(
          made.map(({ id }) => id).sort(),
        );

        const updates = made.map(({ id, email }) =>
          operations.update(id, email ?? "", { [text]: `${email}!` }),
        );
        for (const result of await write(harness, updates)) expectDone(result);
        await harness.pass();
        const { contacts: read } = await harness.connector.contacts.read(
          made.map(({ id }) => id),
          requested(harness),
          live(),
        );
        expect(texts(harness, read)).toEqual(addresses.map((email) => `${email}!`).toSorted());
      }),
    );

    test(
      "puts on lists and takes off them, again and again to no harm",
      using(makeHarness, async (harness) => {
        const operations = operationsFor(harness);
        const [list] = harness.lists;
        const one = await harness.user.create("one@example.com", {}, []);
        const two = await harness.user.create("two@example.com", {}, [list]);
        await harness.pass();
        const add = [
          operations.member("add_to_list", one, list),
          operations.member("add_to_list", two, list),
        ];
        for (const result of await write(harness, add)) expectDone(result);
        expect([...(await harness.user.members(list))].sort()).toEqual([one, two].sort());
        for (let round = 0; round < 2; round += 1) {
          const [removed] = await write(harness, [operations.member("remove_from_list", one, list)]);
          expectDone(removed);
          expect(await harness.user.members(list)).toEqual([two]);
        }
        expect(await contactOf(harness, "one@example.com")).toBeDefined();
      }),
    );

    test(
      "to a list that does not exist is refused, and the rest is done",
      using(makeHarness, async (harness) => {
        const operations = operationsFor(harness);
        const id = await harness.user.create("one@example.com", {}, []);
        await harness.pass();
        await harness.user.dropCollection(harness.lists[1]);
        const [lost, good] = await write(harness, [
          operations.member("add_to_list", id, harness.lists[1]),
          operations.member("add_to_list", id, harness.lists[0]),
        ]);
        expect(lost?.outcome).toBe("refused");
        expectDone(good);
        expect(await harness.user.members(harness.lists[0])).toEqual([id]);
      }),
    );
  });
}
