import { describe, expect, test } from "vitest";
import type { FieldRule } from "../../src/model/mapping.ts";
import type { Value } from "../../src/model/value.ts";
import { replacedEdit, replacedValue } from "../../src/reconcile/replaced-edit.ts";
import { fieldRule } from "../support/rule.ts";

describe("what a write replaced that nobody had seen, by the values that a property had, the newest first", () => {
  const written = { before: "read", stored: "ours" };
  test.each<[string, readonly (Value | undefined)[], Value | undefined]>([
    ["nobody came before us", ["ours", "read"], undefined],
    ["somebody did", ["ours", "theirs", "read"], "theirs"],
    ["somebody did twice", ["ours", "later", "earlier", "read"], "later"],
    ["somebody emptied it", ["ours", null, "read"], null],
    ["somebody has set it again since", ["since", "ours", "theirs", "read"], "theirs"],
    ["it was sent twice", ["ours", "ours", "read"], undefined],
    ["it was sent twice, and somebody came before", ["ours", "ours", "theirs", "read"], "theirs"],
    ["the history ends with ours", ["ours"], undefined],
    ["ours is not to be found", ["theirs", "read"], undefined],
    ["it was never set before", [], undefined],
    ["what came before cannot be read", ["ours", undefined, "read"], undefined],
  ])("where %s", (_case, past, found) => {
    expect(replacedValue(past, written)).toBe(found);
  });
});

describe("an edit that was written over (P4)", () => {
  const became = (changes: Partial<FieldRule>, edit: Value, mayLead = true) => {
    const rule = fieldRule("title", "title", changes);
    const inScope = { hubspot: mayLead, klaviyo: true };
    const write = { side: "hubspot", before: "agreed", stored: "K", source: "K" } as const;
    return replacedEdit({ rule, ...write, agreed: { hubspot: "agreed", klaviyo: "agreed" }, inScope }, edit);
  };
  test.each<[string, Partial<FieldRule>, Value, boolean, boolean]>([
    ["comes back where its side wins", { winner: "hubspot" }, "H", true, true],
    ["stays away where the other side wins", { winner: "klaviyo" }, "H", true, false],
    ["is the newest there can be", { winner: "klaviyo", newest: true }, "H", true, true],
    ["stays away where its side may not lead", { direction: "to_hubspot" }, "H", true, false],
    ["stays away out of scope", { winner: "hubspot" }, "H", false, false],
    ["does not empty what is kept", { winner: "hubspot", onEmpty: "keep" }, null, true, false],
    ["empties where its side wins and may", { winner: "hubspot", onEmpty: "clear" }, null, true, true],
  ])("%s", (_case, changes, edit, mayLead, putBack) => {
    const { lost, putBack: back } = became(changes, edit, mayLead);
    expect(back).toBe(putBack);
    expect(lost).toEqual({ kind: "written_over", winner: "klaviyo", won: "K", lost: edit });
  });
});
