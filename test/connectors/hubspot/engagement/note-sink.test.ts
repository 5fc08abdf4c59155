import { describe, expect, it, onTestFinished } from "vitest";
import type { EntryGroup, RecordResult } from "../../../../src/connectors/engagement-port.ts";
import { live } from "../rehearsal.ts";
import { entry, group, showing } from "./sinks.ts";
import type { ShowingGiven } from "./sinks.ts";
import { OPEN_GATE } from "../../../support/open-gate.ts";

const LINK = "https://shop.example.com/a?b=1&c=2";

async function ready(given: ShowingGiven = {}) {
  const shown = await showing("note", given);
  onTestFinished(() => shown.rehearsal.close());
  const record = (groups: readonly EntryGroup[], again = false) =>
    shown.sink.record(groups, null, again, OPEN_GATE, live());
  const notes = () => shown.rehearsal.portal.timelineCounts().byKind.note;
  return { ...shown, record, notes };
}

const referenceOf = (result: RecordResult | undefined): string | null =>
  result?.outcome === "done" ? result.reference : null;

/** As somebody reads it: without what does not show, a line for each item. */
function read(html: string | undefined): readonly string[] {
  return (html ?? "")
    .replace(/<span style="display:none">.*?<\/span>/, "")
    .split(/<\/?(?:p|li|ul|div)>/)
    .filter((line) => line !== "");
}

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
      "E-mail, campaign, subject: Everything must go",
      "2026-06-15 08:00 UTC – Received an e-mail",
      "2026-06-15 08:30 UTC – Opened an e-mail (2 times, last 2026-06-15 09:30 UTC)",
      '2026-06-16 10:00 UTC – Clicked a link in an e-mail: <a href="https://shop.example.com/a?b=1&amp;c=2">https://shop.example.com/a?b=1&amp;c=2</a>',
      "2026-06-16 11:00 UTC – E-mail bounced: Soft bounce",
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
    expect(rehearsal.calls().length).toBeLessThanOrEqual(12);
    expect(notes()).toBe(1_000);
  });
});
