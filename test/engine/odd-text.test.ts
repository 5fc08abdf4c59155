import { afterEach, beforeEach, expect, test } from "vitest";
import type { Engine } from "../support/engine.ts";
import { engine } from "../support/engine.ts";
import { fieldRule, mapping } from "../support/rule.ts";

let it: Engine;
beforeEach(async () => void (it = await engine()));
afterEach(() => it.fresh.drop());

/** PostgreSQL stores neither a NUL nor half of a surrogate pair: one such text would refuse a whole page of people. */
const ODD = ["a\0b", "half \ud83d of a pair"];

const numbers = mapping({
  fields: [fieldRule("firstname", "first_name"), fieldRule("seats", "properties.Seats", { type: "number" })],
});

for (const side of ["hubspot", "klaviyo"] as const) {
  const list = side === "hubspot" ? "all" : "engaged";

  test(`an address in ${side} that nobody could store holds up nobody else`, async () => {
    for (const text of ODD) it[side].user.create(`${text}@example.com`, {}, [list]);
    it[side].user.create("jo@example.com", {}, [list]);
    const run = await it.sync(mapping());
    expect(run.result).toBe("finished");
    expect(await it.fresh.database.link.findMany()).toMatchObject([
      { emailKey: "jo@example.com", state: "in_sync" },
    ]);
  });

  test(`a value in ${side} that fits no type and that nobody could store is one field's problem`, async () => {
    const property = side === "hubspot" ? "seats" : "properties.Seats";
    for (const [place, text] of ODD.entries())
      it[side].user.create(`odd${place}@example.com`, { [property]: text }, [list]);
    it[side].user.create("jo@example.com", { [property]: "7" }, [list]);
    await it.sync(numbers);
    const links = await it.fresh.database.link.findMany({
      orderBy: { emailKey: "asc" },
      include: { problems: true },
    });
    expect(links.map(({ emailKey, problems }) => [emailKey, problems.map(({ code }) => code)])).toEqual([
      ["jo@example.com", []],
      ["odd0@example.com", ["SK-TRANSFORM"]],
      ["odd1@example.com", ["SK-TRANSFORM"]],
    ]);
  });
}
