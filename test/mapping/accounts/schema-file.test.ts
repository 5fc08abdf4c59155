import { describe, expect, test } from "vitest";
import { checkAgainst } from "../../../src/mapping/accounts/check-against.ts";
import { parseMapping } from "../../../src/mapping/parse-mapping.ts";
import type { SavedSchema } from "../../../src/mapping/accounts/schema-file.ts";
import { foreignSchema, readSchemaFile, writeSchemaFile } from "../../../src/mapping/accounts/schema-file.ts";
import { mappingText } from "../mapping-text.ts";
import { portal, shop } from "./schemas.ts";

const saved: SavedSchema = {
  accounts: { hubspot: "1234567", klaviyo: "AbC123" },
  schemas: { hubspot: portal, klaviyo: shop },
};
const text = writeSchemaFile(saved);

function reread(): SavedSchema {
  const read = readSchemaFile(text);
  if ("wrong" in read) throw new Error(read.wrong);
  return read;
}

test("a saved schema says of a mapping what the accounts say", () => {
  const fields = "{ hubspot: lastnme, klaviyo: last_name }\n{ hubspot: score, klaviyo: location.city }";
  const { mapping } = parseMapping(mappingText({ fields }), "test.yaml");
  if (mapping === null) throw new Error("the mapping is right in itself");
  const told = (schemas: SavedSchema["schemas"]) =>
    checkAgainst(mapping, schemas).map(({ code, line, message }) => [code, line, message]);
  expect(told(saved.schemas).length).toBeGreaterThan(1);
  expect(told(reread().schemas)).toEqual(told(saved.schemas));
});

test("it is the same text whatever order the accounts answered in, and however many people are on a list", () => {
  const shuffled = {
    fields: portal.fields.toReversed(),
    collections: portal.collections.toReversed().map((each) => ({ ...each, size: 99 })),
  };
  expect(writeSchemaFile({ ...saved, schemas: { ...saved.schemas, hubspot: shuffled } })).toBe(text);
  expect(writeSchemaFile(reread())).toBe(text);
});

describe("a file that cannot be used says why", () => {
  test.each([
    ["no JSON", "version: 1", /not JSON/],
    ["another JSON", '{ "name": "tandem" }', /no schema that Tandem saved/],
    ["an older one", text.replace('"version": 1', '"version": 0'), /an older Tandem saved it, in format 0/],
    ["a newer one", text.replace('"version": 1', '"version": 2'), /a newer Tandem/],
    [
      "a damaged one",
      text.replace('"type": "text"', '"type": "txt"'),
      /damaged at `hubspot\.fields\.\d+\.type`/,
    ],
  ])("%s", (_name, content, words) => {
    expect(readSchemaFile(content)).toMatchObject({
      wrong: expect.stringMatching(words) as string,
      fix: expect.stringContaining("--save-schema") as string,
    });
  });

  test("another account's", () => {
    const of = (parts: Parameters<typeof mappingText>[0]) => {
      const { mapping } = parseMapping(mappingText(parts), "test.yaml");
      if (mapping === null) throw new Error("the mapping is right in itself");
      return foreignSchema(mapping, saved);
    };
    expect(of({})).toBe(null);
    expect(of({ hubspot: "portal_id: 7" })).toBe("it is of HubSpot portal 1234567, and the mapping of 7");
    expect(of({ klaviyo: "account_id: XXXXX1\n    token: { env: K }" })).toBe(
      "it is of Klaviyo account AbC123, and the mapping of XXXXX1",
    );
  });
});
