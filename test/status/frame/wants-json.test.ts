import { expect, test } from "vitest";
import { wantsJson } from "../../../src/status/frame/wants-json.ts";

test.each([
  ["application/json", true],
  ["application/json, text/plain, */*", true],
  ["Application/JSON;q=0.9", true],
  ["text/html;q=0.5, application/json", true],
  ["text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", false],
  ["text/html, application/json;q=0.5", false],
  ["application/json;q=0", false],
  ["*/*", false],
  [undefined, false],
])("%s: %s", (accept, json) => {
  expect(wantsJson(accept)).toBe(json);
});
