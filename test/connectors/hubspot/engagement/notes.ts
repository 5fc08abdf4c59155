import { onTestFinished } from "vitest";
import type { EntryGroup, RecordResult } from "../../../../src/connectors/engagement-port.ts";
import { OPEN_GATE } from "../../../support/open-gate.ts";
import { live } from "../rehearsal.ts";
import type { ShowingGiven } from "./sinks.ts";
import { showing } from "./sinks.ts";

export const LINK = "https://shop.example.com/a?b=1&c=2";

/** A portal with people whose notes are made, found, edited and read. */
export async function ready(given: ShowingGiven = {}) {
  const shown = await showing("note", given);
  onTestFinished(() => shown.rehearsal.close());
  const find = async (groups: readonly EntryGroup[], passed = new Map<string, ReadonlySet<string>>()) => {
    const found = await shown.sink.find?.(groups, passed, live());
    if (found === undefined) throw new Error("notes are looked for");
    return found;
  };
  const record = async (groups: readonly EntryGroup[], again = false) => {
    const found = again ? (await find(groups)).references : new Map<EntryGroup, string>();
    const known = groups.map((one) => ({ ...one, reference: one.reference ?? found.get(one) ?? null }));
    return shown.sink.record(known, null, OPEN_GATE, live());
  };
  /** As HubSpot and people may leave a note: `change` makes another text of it. */
  const edit = async (id: string | undefined, change: (body: string) => string) => {
    const url = `${shown.rehearsal.url}/crm/v3/objects/notes/${id}`;
    const headers = { authorization: "Bearer pat-eu1-showing", "content-type": "application/json" };
    const answer = await fetch(`${url}?properties=hs_note_body`, { headers });
    const { properties } = (await answer.json()) as { properties: { hs_note_body: string } };
    const body = JSON.stringify({ properties: { hs_note_body: change(properties.hs_note_body) } });
    await fetch(url, { method: "PATCH", headers, body });
  };
  const notes = () => shown.rehearsal.portal.timelineCounts().byKind.note;
  return { ...shown, record, find, edit, notes };
}

/** The note's id, as the sink answers it. */
export const referenceOf = (result: RecordResult | undefined): string | null =>
  result?.outcome === "done" ? result.reference : null;

/** As somebody reads it: a line for each item, without the reference. */
export function read(html: string | undefined): readonly string[] {
  return (html ?? "")
    .replace(/<p>Synced from Klaviyo. Ref [0-9a-f]{16}-[0-9a-f]{12}<\/p>/, "")
    .split(/<\/?(?:p|li|ul|div)>/)
    .filter((line) => line !== "");
}
