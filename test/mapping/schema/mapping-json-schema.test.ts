import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { mappingJsonSchema } from "../../../src/mapping/schema/mapping-json-schema.ts";
import { mappingText } from "../mapping-text.ts";

const read = (name: string) => readFileSync(new URL(`../../../config/${name}`, import.meta.url), "utf8");

test("config/mapping.schema.json is what the schema says now", () => {
  expect(JSON.parse(read("mapping.schema.json"))).toEqual(mappingJsonSchema());
});

describe("an editor with it", () => {
  const valid = new Ajv({ strict: false }).compile(mappingJsonSchema());

  test.each(["mapping.yaml", "mapping.example.yaml"])("accepts %s", (name) => {
    expect(valid(parse(read(name)))).toBe(true);
  });

  test("sees a typo in a key, and lets x- keys be", () => {
    expect(valid(parse(mappingText({ tail: "limts: {}" })))).toBe(false);
    expect(valid(parse(mappingText({ tail: "x-any: {}" })))).toBe(true);
    expect(valid(parse(mappingText({ fields: "{ hubspot: a, klaviyo: title, direcion: both }" })))).toBe(
      false,
    );
  });
});

test("every key has a description to show", () => {
  const without: string[] = [];
  const visit = (schema: unknown, path: string): void => {
    if (typeof schema !== "object" || schema === null) return;
    const { properties } = schema as { properties?: Record<string, { description?: string }> };
    for (const [key, value] of Object.entries(properties ?? {})) {
      if (value.description === undefined) without.push(`${path}.${key}`);
    }
    for (const [key, value] of Object.entries(schema)) visit(value, `${path}.${key}`);
  };
  visit(mappingJsonSchema(), "");
  expect(without).toEqual([]);
});

test("whatever has fixed keys takes no others", () => {
  const open: string[] = [];
  const visit = (schema: unknown, path: string): void => {
    if (typeof schema !== "object" || schema === null) return;
    if (Object.hasOwn(schema, "properties") && "type" in schema && !("additionalProperties" in schema))
      open.push(path);
    for (const [key, value] of Object.entries(schema)) visit(value, `${path}.${key}`);
  };
  visit(mappingJsonSchema(), "");
  expect(open).toEqual([]);
});
