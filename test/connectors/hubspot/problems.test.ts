import { describe, expect, it } from "vitest";
import { readVendorError } from "../../../src/connectors/hubspot/wire/parse.ts";
import { CATALOGUE, problemOf } from "../../../src/connectors/hubspot/problems/problems.ts";
import { propertyErrors } from "../../../src/connectors/hubspot/problems/property-errors.ts";
import type { Problem } from "../../../src/model/problem.ts";
import { body, CASES, EXPECTED } from "./raw-errors.ts";
import type { Case } from "./raw-errors.ts";

function problem({ status, body, about = "contact", value = "", signInLost = false }: Case): Problem {
  const error = readVendorError(body);
  const property = error === null ? null : (propertyErrors(error)[0] ?? null);
  return problemOf({ status, error, about, property, value, signInLost, subject: "person@example.com" });
}

describe("the catalogue of HubSpot's problems", () => {
  it("has a raw body in this test for every row", () => {
    expect(Object.keys(CASES).sort()).toEqual(CATALOGUE.map(({ code }) => code).sort());
  });

  for (const [code, cases] of Object.entries(CASES)) {
    it.each(cases)(`knows ${code} by $status $body`, (each) => {
      const found = problem(each);
      expect(found).toMatchObject({ code, side: "hubspot" });
      expect([found.level, found.retry]).toEqual(EXPECTED[code]);
      const words = [found.title, found.explanation, ...found.fix].join("\n");
      for (const said of each.says) expect(words).toContain(said);
      expect(found.title.length).toBeLessThanOrEqual(60);
      expect(words).not.toMatch(/undefined|null|\[object|\{/);
      expect(found.reference).toBe(each.body.startsWith("{") ? "c-1" : null);
    });
  }

  it("shows an unknown answer in HubSpot's own words", () => {
    const found = problem({
      ...(CASES["HS-GONE"]?.[0] as Case),
      status: 418,
      body: body({ message: "I am a teapot" }),
    });
    expect(found).toMatchObject({ code: "HS-UNKNOWN", explanation: "HubSpot says: I am a teapot" });
  });

  it("names the item of a list that is no option, and not the whole list", () => {
    const message = "no such was not one of the allowed options: [news, offers]";
    const entries = [{ name: "interests", error: "INVALID_OPTION", message }];
    const said = body({ message: `Property values were not valid: ${JSON.stringify(entries)}` });
    const found = problem({ ...(CASES["HS-OPTION"]?.[0] as Case), body: said, value: "news;no such" });
    expect(found.title).toMatch(/^"no such" is not an option of /);
    expect(found.explanation).toContain('HubSpot does not take "no such" for');
  });

  it("keeps titles short however long the values are", () => {
    const long = "x".repeat(500);
    for (const each of Object.values(CASES).flat()) {
      const found = problem({
        ...each,
        body: each.body.replaceAll(/region|seats|hs_score|zip/g, long),
        value: long,
      });
      expect(found.title.length).toBeLessThanOrEqual(60);
    }
  });

  it("can be stored and read, whatever HubSpot quotes and however long it is", () => {
    const value = `\0${"🎉".repeat(2_000)}`;
    const message = `${value} was not one of the allowed options: [A]`;
    for (const shift of ["", "x"]) {
      const said = body({
        message: `Property values were not valid: ${JSON.stringify([
          { name: "persona", error: "INVALID_OPTION", message },
        ])}`,
      });
      const found = problem({ ...(CASES["HS-OPTION"]?.[0] as Case), body: said, value: shift + value });
      const words = found.title + found.explanation;
      expect([words.isWellFormed(), words.includes("\0"), words.includes("\ufffd")]).toEqual([
        true,
        false,
        false,
      ]);
    }
  });

  it.each(["", "null", "[]", "42", '"text"', "{}", '{"message":7}', "<html>", '{"status":'])(
    "takes %j for no answer of HubSpot's",
    (text) => {
      expect(readVendorError(text)).toBeNull();
    },
  );
});
