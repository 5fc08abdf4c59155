import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { EntryGroup } from "../../../../src/connectors/engagement-port.ts";
import { LINK, read, ready, referenceOf } from "./notes.ts";
import { entry, group } from "./sinks.ts";

describe("a note", () => {
  it.each(["2026-03", "2026-09"] as const)("is one for a contact and message (%s)", async (apiVersion) => {
    const { record, timeline, ids, notes } = await ready({ apiVersion });
    const first = [
      entry(1, { kind: "received", at: "2026-06-15T08:00:00.000Z" }),
      entry(3, { at: "2026-06-15T09:30:00.000Z" }),
      entry(2, { at: "2026-06-15T08:30:00.000Z", byMachine: true }),
    ];
    const [one, other] = await record([group(ids[0], first), group(ids[1], [entry(9)])]);
    const reference = referenceOf(one);
    expect(reference).toMatch(/^\d+$/);
    expect(referenceOf(other)).not.toBe(reference);
    const clicks = [
      entry(4, { kind: "clicked", url: LINK, at: "2026-06-16T10:00:00.000Z" }),
      entry(5, { kind: "bounced", detail: "Soft bounce", at: "2026-06-16T11:00:00.000Z" }),
    ];
    const more = await record([group(ids[0], clicks, { shown: first, reference })]);
    expect(more).toEqual([{ outcome: "done", reference }]);
    expect(notes()).toBe(2);
    expect(timeline(0)).toMatchObject([{ id: reference, at: "2026-06-16T11:00:00.000Z" }]);
    expect(read(timeline(0)[0]?.detail)).toEqual([
      "<strong>Klaviyo: Spring sale</strong>",
      "Email, campaign, subject: Everything must go",
      "2026-06-15 08:00 UTC – Received an email",
      "2026-06-15 08:30 UTC – Opened an email (2 times, last 2026-06-15 09:30 UTC)",
      '2026-06-16 10:00 UTC – Clicked a link in an email: <a href="https://shop.example.com/a?b=1&amp;c=2">https://shop.example.com/a?b=1&amp;c=2</a>',
      "2026-06-16 11:00 UTC – Email bounced: Soft bounce",
    ]);
  });

  it("shows what is written in it, and runs none of it", async () => {
    const { record, timeline, ids } = await ready();
    const evil = `<img src=x onerror="alert('1')">`;
    const messages = { messageName: evil, subject: evil, detail: evil, list: evil };
    await record([
      group(ids[0], [
        entry(1, { ...messages, kind: "unsubscribed", source: { kind: "flow", id: "F", name: evil } }),
        entry(2, { kind: "clicked", url: `https://shop.example.com/"onmouseover="x'` }),
      ]),
    ]);
    const html = timeline(0)[0]?.detail ?? "";
    expect(
      html
        .match(/<[a-z]+/g)
        ?.filter((tag) => !["<div", "<p", "<strong", "<ul", "<li", "<span", "<a"].includes(tag)),
    ).toEqual([]);
    expect(html).not.toMatch(/<a [^>]*onmouseover="/);
  });

  it("is not made twice where the answer was lost, for anybody and whatever is added meanwhile", async () => {
    const { record, ids, notes, rehearsal, timeline } = await ready();
    const groups = ids.map((id, at) => group(id, [entry(at)]));
    rehearsal.world.faults.add({
      match: "/notes/batch/create",
      times: 1,
      fault: { kind: "reset", applied: "after" },
    });
    expect((await record(groups)).map(({ outcome }) => outcome)).toEqual(["unknown", "unknown", "unknown"]);
    expect(notes()).toBe(3);
    const again = ids.map((id, at) => group(id, [entry(at), entry(10 + at, { kind: "clicked", url: LINK })]));
    const results = await record(again, true);
    expect(results.map(({ outcome }) => outcome)).toEqual(["done", "done", "done"]);
    expect(notes()).toBe(3);
    expect(results.map(referenceOf)).toEqual(ids.map((_, at) => timeline(at)[0]?.id));
    expect(timeline(0)[0]?.detail).toContain("Clicked a link");
  });

  it("that was never made is made when asked again, beside notes of other messages and of people", async () => {
    const { record, ids, notes, rehearsal, timeline } = await ready();
    const [id = ""] = ids;
    await record([group(id, [entry(1, { message: "OTHER" })])]);
    rehearsal.world.faults.add({
      match: "/notes/batch/create",
      times: 1,
      fault: { kind: "reset", applied: "before" },
    });
    expect(await record([group(id, [entry(2)])])).toEqual([{ outcome: "unknown" }]);
    expect(notes()).toBe(1);
    expect((await record([group(id, [entry(2)])], true))[0]?.outcome).toBe("done");
    expect(notes()).toBe(2);
    expect(timeline(0)).toHaveLength(2);
  });

  it("of somebody who is gone costs nobody else theirs", async () => {
    const { record, ids, notes, rehearsal } = await ready({ people: 20 });
    rehearsal.portal.archiveContact({ id: ids[7] ?? "" });
    const outcomes = (await record(ids.map((id, at) => group(id, [entry(at)])))).map(
      ({ outcome }) => outcome,
    );
    expect(outcomes.filter((outcome) => outcome === "done")).toHaveLength(19);
    expect(outcomes[7]).toBe("gone");
    expect(notes()).toBe(19);
  });

  it("that somebody deleted is not written again; what happens from then on gets a new one", async () => {
    const { record, ids, notes, timeline, rehearsal } = await ready();
    const [before] = await record([group(ids[0], [entry(1)])]);
    const reference = referenceOf(before);
    await fetch(`${rehearsal.url}/crm/v3/objects/notes/${reference}`, {
      method: "DELETE",
      headers: { authorization: "Bearer pat-eu1-showing" },
    });
    expect(notes()).toBe(0);
    const later = entry(2, { kind: "clicked", url: LINK });
    const [after] = await record([group(ids[0], [later], { shown: [entry(1)], reference })]);
    expect(after?.outcome).toBe("done");
    expect(referenceOf(after)).not.toBe(reference);
    expect(read(timeline(0)[0]?.detail)).toHaveLength(3);
    expect(timeline(0)[0]?.detail).not.toContain("Opened");
  });

  it("that HubSpot calls missing, though it is there, is not made a second time", async () => {
    const { record, ids, notes, rehearsal } = await ready();
    const before = await record(ids.map((id, at) => group(id, [entry(at)])));
    const body = { status: "error", category: "OBJECT_NOT_FOUND", message: "resource not found" };
    rehearsal.world.faults.add({
      match: "/notes/batch/update",
      times: 100,
      fault: { kind: "status", status: 404, applied: "before", body },
    });
    const later = ids.map((id, at) =>
      group(id, [entry(10 + at)], { shown: [entry(at)], reference: referenceOf(before[at]) }),
    );
    expect((await record(later)).map(({ outcome }) => outcome)).toEqual(["refused", "refused", "refused"]);
    expect(notes()).toBe(3);
  });

  it("is found where HubSpot answers 404 to a whole request for the notes of several contacts", async () => {
    const { record, find, rehearsal, ids } = await ready();
    const groups = ids.map((id, at) => group(id, [entry(at)]));
    await record(groups);
    const body = { status: "error", category: "OBJECT_NOT_FOUND", message: "resource not found" };
    rehearsal.world.faults.add({
      match: "/associations/",
      times: 1,
      fault: { kind: "status", status: 404, applied: "before", body },
    });
    expect((await find(groups)).references.size).toBe(3);
  });

  it("is found again without its styles, among other notes, and reads well", async () => {
    const { record, find, edit, timeline, ids } = await ready();
    const groups = ids.map((id, at) => group(id, [entry(at)]));
    await record(groups);
    await record([group(ids[0], [entry(8, { message: "OTHER", messageName: "Other" })])]);
    const own = timeline(0).find(({ detail }) => detail.includes("Spring sale"));
    await edit(own?.id, (body) => body.replaceAll(/ style="[^"]*"/g, ""));
    const { references, others } = await find(groups);
    expect(references.get(groups[0] as EntryGroup)).toBe(own?.id);
    expect(references.size).toBe(3);
    expect([...others.values()].flat()).toEqual([]);
    const text = timeline(0).map(({ detail }) => detail.replaceAll(/<[^>]*>/g, " "));
    expect(text.every((one) => /Synced from Klaviyo\. Ref [0-9a-f-]{29}/.test(one))).toBe(true);
    expect(text.join("")).not.toContain("tandem-note");
  });

  it.each(["A & B <3", "Up to <50%> off", "Q&A; part 2"])(
    "is found by its title and time where somebody took the reference out: %s",
    async (messageName) => {
      const { record, find, edit, timeline, ids } = await ready();
      const mine = group(ids[0], [entry(1, { messageName })]);
      await record([mine]);
      const [note] = timeline(0);
      await edit(note?.id, (body) => body.replace(/<p>Synced.*<\/p>/, ""));
      expect((await find([mine])).references.get(mine)).toBe(note?.id);
      const later = group(ids[0], [entry(2, { messageName, at: "2026-06-15T08:00:01.000Z" })]);
      expect((await find([later])).references.size).toBe(0);
    },
  );

  it("of an earlier version is found by the mark that it has", async () => {
    const { record, find, edit, timeline, ids } = await ready();
    const mine = group(ids[0], [entry(1)]);
    await record([mine]);
    const [note] = timeline(0);
    const mark = `tandem-note:${createHash("sha256").update("01CAMPAIGN").digest("hex").slice(0, 32)}`;
    await edit(note?.id, (body) => body.replace(/Ref [0-9a-f-]+/, `${mark}:${ids[0]}`).replace("Spring", ""));
    expect((await find([mine])).references.get(mine)).toBe(note?.id);
  });

  it("of a salesperson is read once, and never taken for ours", async () => {
    const { record, find, edit, timeline, ids, rehearsal } = await ready();
    const mine = group(ids[0], [entry(1)]);
    await record([mine]);
    const [note] = timeline(0);
    await edit(note?.id, () => "Called, wants the spring sale");
    const { references, others } = await find([mine]);
    expect(references.size).toBe(0);
    expect(others.get(ids[0] ?? "")).toEqual([note?.id]);
    rehearsal.calls();
    await find([mine], new Map([[ids[0] ?? "", new Set([note?.id ?? ""])]]));
    expect(rehearsal.calls()).toHaveLength(1);
  });

  it.each([
    ["plain", "x", "Spring"],
    ["of many bytes", "%F0%9F%90%9F", "🐟".repeat(200)],
    ["full of signs to be escaped", "'&", `"<&>'`.repeat(70)],
  ])("never exceeds what HubSpot takes: links that are %s", async (_name, sign, messageName) => {
    const { record, timeline, ids, notes } = await ready();
    const long = (number: number): string =>
      `https://shop.example.com/${String(number).padStart(3, "0")}?${sign.repeat(1_200 / sign.length)}`.slice(
        0,
        1_200,
      );
    const clicks = Array.from({ length: 70 }, (_, at) =>
      entry(at, {
        kind: "clicked",
        messageName,
        url: long(at),
        at: `2026-06-15T08:${String(at % 60).padStart(2, "0")}:00.000Z`,
      }),
    );
    const open = entry(99, { messageName, at: "2026-06-15T09:59:00.000Z" });
    expect((await record([group(ids[0], [...clicks, open])]))[0]?.outcome).toBe("done");
    expect(notes()).toBe(1);
    const body = timeline(0)[0]?.detail ?? "";
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(65_536);
    expect(body).toContain("Opened an email");
    const links = body.match(/<a href/g)?.length ?? 0;
    expect(links).toBeGreaterThan(5);
    expect(body).toContain(`and ${70 - links} more links</li>`);
    // One link more would not have fitted.
    expect(Buffer.byteLength(body) + body.length / (links + 1)).toBeGreaterThan(65_536 * 0.95);
    expect(body).toMatch(/Ref [0-9a-f]{16}-[0-9a-f]{12}<\/p><\/div>$/);
  });

  it("links to no address that is too long for a browser", async () => {
    const { record, timeline, ids } = await ready();
    await record([group(ids[0], [entry(1, { kind: "clicked", url: `${LINK}&d=${"x".repeat(3_000)}` })])]);
    expect(timeline(0)[0]?.detail).not.toContain("<a ");
    expect(timeline(0)[0]?.detail).toContain("shop.example.com");
  });

  it("needs hardly more calls than there are full batches", async () => {
    const { sink, record, ids, rehearsal, notes } = await ready({
      people: 1_000,
      settings: { burstLimit: 100_000 },
    });
    rehearsal.calls();
    const groups = ids.map((id, at) => group(id, [entry(2 * at), entry(2 * at + 1)]));
    const references: (string | null)[] = [];
    for (let start = 0; start < groups.length; start += sink.size)
      references.push(...(await record(groups.slice(start, start + sink.size))).map(referenceOf));
    expect(rehearsal.calls().length).toBeLessThanOrEqual(12);
    const more = groups.map((each, at) => ({ ...each, reference: references[at] ?? null }));
    for (let start = 0; start < more.length; start += sink.size)
      await record(more.slice(start, start + sink.size));
    // Each batch is read before it is changed.
    expect(rehearsal.calls().length).toBeLessThanOrEqual(24);
    expect(notes()).toBe(1_000);
  });
});
