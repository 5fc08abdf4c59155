import { expect, test } from "vitest";
import type { Fragment } from "../../../src/status/frame/layout/html.ts";
import { html, render } from "../../../src/status/frame/layout/html.ts";

const PAYLOADS = [
  "<script>alert(1)</script>",
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  "</title><svg onload=alert(1)>",
  "<!--",
  "&lt;script&gt;",
  "` onclick=alert(1) `",
];

test.each(PAYLOADS)("what is put in is text, in content and in an attribute: %s", (payload) => {
  const page = render(html`<a title="${payload}">${payload}</a>`);
  const [attribute = "", content = ""] = /^<a title="([^"]*)">([^<]*)<\/a>$/.exec(page)?.slice(1) ?? [];
  expect(unescaped(attribute)).toBe(payload);
  expect(unescaped(content)).toBe(payload);
  expect(content).not.toMatch(/[<>"'`]/);
});

test("markup that html made goes in as it is, however deep", () => {
  const items = ["a", "<b>"].map((text) => html`<li>${text}</li>`);
  expect(render(html`${[items, [html`<li>c</li>`]]}`)).toBe("<li>a</li><li>&#60;b&#62;</li><li>c</li>");
});

test("strings of an array are escaped one by one, without commas", () => {
  expect(render(html`${["<", 1, ">"]}`)).toBe("&#60;1&#62;");
});

test("nothing is nothing, and zero is a number", () => {
  expect(render(html`[${null}${undefined}${false}${0}]`)).toBe("[0]");
});

test("an object that came from outside cannot pass for markup", () => {
  const forged = JSON.parse('{"markup":"<script>","__html":"<script>","toString":"<script>"}') as Fragment;
  expect(() => render(html`${forged}`)).toThrow(TypeError);
});

function unescaped(text: string): string {
  return text.replace(/&#(\d+);/g, (_all, code: string) => String.fromCharCode(Number(code)));
}
