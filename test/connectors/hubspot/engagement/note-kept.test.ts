import { describe, expect, it } from "vitest";
import { LINK, read, ready, referenceOf } from "./notes.ts";
import { entry, group } from "./sinks.ts";

describe("a note that is changed", () => {
  it("keeps what it says and nobody knows any more, and joins what both know", async () => {
    const { record, timeline, ids, notes } = await ready();
    const clicked = { kind: "clicked", url: LINK } as const;
    const day = (time: string) => `2026-06-15T${time}:00.000Z`;
    await record([
      group(ids[0], [
        entry(1, { at: day("08:00") }),
        entry(2, { at: day("08:30") }),
        entry(3, { ...clicked, at: day("09:00") }),
        entry(4, { kind: "bounced", detail: "Soft bounce", at: day("09:10") }),
      ]),
    ]);
    // The database was lost: of all that only the last is read again.
    const left = [entry(4, { kind: "bounced", detail: "Soft bounce", at: day("09:10") })];
    const news = [
      entry(5, { at: day("10:00") }),
      entry(6, { ...clicked, at: day("11:00") }),
      entry(7, { kind: "clicked", url: "https://shop.example.com/b", at: day("11:30") }),
    ];
    const lines = [
      "<strong>Klaviyo: Spring sale</strong>",
      "Email, campaign, subject: Everything must go",
      "2026-06-15 08:00 UTC – Opened an email (3 times, last 2026-06-15 10:00 UTC)",
      '2026-06-15 09:00 UTC – Clicked a link in an email: <a href="https://shop.example.com/a?b=1&amp;c=2">https://shop.example.com/a?b=1&amp;c=2</a> (2 times, last 2026-06-15 11:00 UTC)',
      "2026-06-15 09:10 UTC – Email bounced: Soft bounce",
      '2026-06-15 11:30 UTC – Clicked a link in an email: <a href="https://shop.example.com/b">https://shop.example.com/b</a>',
    ];
    await record([group(ids[0], [...left, ...news])], true);
    expect(notes()).toBe(1);
    expect(read(timeline(0)[0]?.detail)).toEqual(lines);
    expect(timeline(0)[0]?.at).toBe("2026-06-15T11:30:00.000Z");
    // Sent again it says the same, and what is older does not turn its time back.
    await record([group(ids[0], [...left, ...news])], true);
    await record([group(ids[0], left)], true);
    expect(read(timeline(0)[0]?.detail)).toEqual(lines);
    expect(timeline(0)[0]?.at).toBe("2026-06-15T11:30:00.000Z");
  });

  it("takes the query strings out of links that an earlier version wrote, and tells no click again", async () => {
    const { record, timeline, ids } = await ready();
    const click = (number: number, url: string, time: string) =>
      entry(number, { kind: "clicked", url, at: `2026-06-15T${time}:00.000Z` });
    const base = "https://shop.example.com/a";
    const other = click(3, "https://shop.example.com/b", "09:20");
    const [made] = await record([
      group(ids[0], [click(1, LINK, "09:00"), click(2, `${base}?email=jo%40example.com`, "09:10"), other]),
    ]);
    const shown = [click(1, base, "09:00"), click(2, base, "09:10"), other];
    const reference = referenceOf(made);
    const opened = entry(4, { at: "2026-06-15T10:00:00.000Z" });
    await record([group(ids[0], [opened], { shown, reference })]);
    const link = (to: string) => `<a href="${to}">${to}</a>`;
    expect(read(timeline(0)[0]?.detail).slice(2)).toEqual([
      `2026-06-15 09:00 UTC – Clicked a link in an email: ${link(base)} (2 times, last 2026-06-15 09:10 UTC)`,
      `2026-06-15 09:20 UTC – Clicked a link in an email: ${link("https://shop.example.com/b")}`,
      "2026-06-15 10:00 UTC – Opened an email",
    ]);
  });

  it("keeps what people wrote in it, also where HubSpot writes its HTML in another way", async () => {
    const { record, edit, timeline, ids } = await ready();
    const [made] = await record([group(ids[0], [entry(1, { kind: "clicked", url: LINK })])]);
    const reference = referenceOf(made);
    await edit(reference ?? "", (body) =>
      body
        .replace("<ul>", '<p>Call her!</p><ul class="list">\n')
        .replace("</li></ul>", "</li>\n<li>wants <b>blue</b></li></ul>")
        .replace(/<a href="([^"]*)">/, '<a target="_blank" href="$1" rel="noopener">')
        .replaceAll("&amp;", "&#38;"),
    );
    const later = entry(2, { at: "2026-06-16T08:00:00.000Z" });
    await record([group(ids[0], [later], { shown: [entry(1, { kind: "clicked", url: LINK })], reference })]);
    const [note] = timeline(0);
    expect(note?.detail).toContain("<p>Call her!</p>");
    expect(note?.detail).toContain("<li>wants <b>blue</b></li>");
    expect(note?.detail.match(/Clicked a link/g)).toHaveLength(1);
    expect(note?.detail).toContain("2026-06-16 08:00 UTC – Opened an email");
    await edit(reference ?? "", () => "All of it is written by me");
    await record([group(ids[0], [later], { reference })]);
    expect(timeline(0)[0]?.detail).toMatch(
      /^All of it is written by me<ul><li>2026-06-16 08:00 UTC – Opened an email<\/li><\/ul><p>.*Ref [0-9a-f-]{29}<\/p>$/,
    );
  });

  it("counts what it left out before, whether that is known or not", async () => {
    const { record, timeline, ids } = await ready();
    const click = (number: number) =>
      entry(number, {
        kind: "clicked",
        url: `https://shop.example.com/${number}`,
        at: new Date(Date.parse("2026-06-15T08:00:00Z") + number * 60_000).toISOString(),
      });
    const all = Array.from({ length: 70 }, (_, number) => click(number));
    const [made] = await record([group(ids[0], all)]);
    const reference = referenceOf(made);
    expect(timeline(0)[0]?.detail).toContain("and 10 more links");
    await record([group(ids[0], [click(80)], { reference })]);
    expect(timeline(0)[0]?.detail).toContain("and 11 more links");
    await record([group(ids[0], [click(81)], { shown: [...all, click(80)], reference })]);
    expect(timeline(0)[0]?.detail).toContain("and 12 more links");
  });
});
