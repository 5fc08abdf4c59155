import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cleanUrl } from "../../../../src/connectors/klaviyo/engagement/clean-url.ts";
import { assertLaw } from "../../../support/law.ts";

describe("a clicked link, as people read it", () => {
  it.each([
    [
      "https://shop.example.com/a?utm_source=Klaviyo&utm_campaign=Spring&b=1&_kx=abc",
      "https://shop.example.com/a?b=1",
    ],
    [
      "https://shop.example.com/?gclid=1&fbclid=2&msclkid=3&_ke=4&nb_klid=5&mc_eid=6",
      "https://shop.example.com/",
    ],
    ["https://shop.example.com/a?UTM_Source=x&FBCLID=1&Size=XL", "https://shop.example.com/a?Size=XL"],
    ["https://shop.example.com/a?utm%5Fsource=x&c=2", "https://shop.example.com/a?c=2"],
    ["  https://shop.example.com/a  ", "https://shop.example.com/a"],
    ["HTTPS://Shop.Example.com:443/A/", "https://shop.example.com/A/"],
    ["https://user:secret@shop.example.com/a", "https://shop.example.com/a"],
    ["https://shop.example.com/a?b=c%20d&e=f+g", "https://shop.example.com/a?b=c%20d&e=f+g"],
    ["https://shop.example.com/a?b=1#prices", "https://shop.example.com/a?b=1"],
    ["https://shop.example.com/a#:~:text=prices", "https://shop.example.com/a"],
    ["https://shop.example.com/a#utm_source=Klaviyo", "https://shop.example.com/a"],
    ["https://app.example.com/#/orders/1?utm_source=Klaviyo", "https://app.example.com/#/orders/1"],
    ["https://app.example.com/#/orders?page=2&_kx=1", "https://app.example.com/#/orders?page=2"],
    ["https://app.example.com/#!/home", "https://app.example.com/#!/home"],
    ["https://shop.example.com/a?%E0%A4%A=1", "https://shop.example.com/a?%E0%A4%A=1"],
    ["https://shop.example.com/a?", "https://shop.example.com/a"],
  ])("%s becomes %s", (raw, clean) => {
    expect(cleanUrl(raw)).toBe(clean);
    expect(cleanUrl(clean)).toBe(clean);
  });

  it.each([
    "mailto:sales@example.com",
    "tel:+12125550123",
    "javascript:alert(1)",
    "data:text/html,hi",
    "ftp://example.com/a",
    "/relative",
    "https://",
    "",
  ])("%j is no link that people can follow", (raw) => {
    expect(cleanUrl(raw)).toBeNull();
  });

  it.each([
    ["https://shop.example.com/a", "https://shop.example.com/b"],
    ["https://shop.example.com/a", "https://shop.example.com/A"],
    ["https://shop.example.com/a", "https://shop.example.com/a/"],
    ["https://shop.example.com/a", "https://www.example.com/a"],
    ["https://shop.example.com/a", "http://shop.example.com/a"],
    ["https://shop.example.com/a?id=1", "https://shop.example.com/a?id=2"],
    ["https://shop.example.com/a?ref=1", "https://shop.example.com/a"],
    ["https://shop.example.com/a?id=1&id=2", "https://shop.example.com/a?id=2&id=1"],
    ["https://app.example.com/#/orders/1", "https://app.example.com/#/orders/2"],
    ["https://app.example.com/#item=5", "https://app.example.com/#item=6"],
    ["https://shop.example.com:8443/a", "https://shop.example.com/a"],
  ])("%s and %s lead to different pages, and stay different", (one, other) => {
    expect(cleanUrl(one)).not.toBe(cleanUrl(other));
  });

  it("is the same however it is tracked, and keeps every parameter that is not", () => {
    const word = fc.stringMatching(/^[a-z]{1,6}$/);
    const parameter = fc.tuple(word, word).map(([name, value]) => `p${name}=${value}`);
    const tracking = fc
      .tuple(fc.constantFrom("utm_medium", "utm_x", "_kx", "gclid", "fbclid", "_ga"), word)
      .map(([name, value]) => `${name}=${value}`);
    const mixed = fc
      .tuple(
        fc.array(parameter, { maxLength: 4 }),
        fc.array(tracking, { maxLength: 3 }),
        fc.infiniteStream(fc.nat()),
      )
      .map(([own, added, places]) => {
        const all = [...own];
        for (const each of added) all.splice((places.next().value ?? 0) % (all.length + 1), 0, each);
        return { own, all };
      });
    assertLaw(
      fc.property(word, mixed, (path, { own, all }) => {
        const query = (parts: readonly string[]): string => (parts.length === 0 ? "" : `?${parts.join("&")}`);
        const bare = `https://shop.example.com/${path}${query(own)}`;
        expect(cleanUrl(`https://shop.example.com/${path}${query(all)}`)).toBe(bare);
      }),
    );
  });
});
