import { describe, expect, it } from "vitest";
import type { RejectedValues } from "../../src/model/rejected-value.ts";
import type { PlannedOperation } from "../../src/plan/planned.ts";
import { fieldsSent, rejectedKey, withoutRefused } from "../../src/plan/refused.ts";
import { problem } from "../support/known-link.ts";

const badPhone = problem({ code: "KL-PHONE", side: "klaviyo" });
const phone = "phone:phone_number:phone";

const update: PlannedOperation = {
  kind: "update",
  side: "klaviyo",
  id: "k1",
  fields: { city: "Bonn", [phone]: "+491" },
  pre: { city: "Ulm", [phone]: null },
};
const create: PlannedOperation = {
  kind: "create",
  side: "klaviyo",
  fields: { city: "Bonn", [phone]: "+491" },
  lists: [],
};
const phoneRefused: RejectedValues = {
  [rejectedKey("klaviyo", phone)]: { value: "+491", problem: badPhone },
};

describe("what a side refused before", () => {
  it("is not sent again while it is the same, and its problem stays; the other fields go", () => {
    const { operations, problems } = withoutRefused([update], phoneRefused);
    expect(operations).toEqual([{ ...update, fields: { city: "Bonn" } }]);
    expect(problems).toEqual([badPhone]);
  });

  it("leaves no empty operation behind", () => {
    const alone = { ...update, fields: { [phone]: "+491" } };
    expect(withoutRefused([alone], phoneRefused)).toEqual({ operations: [], problems: [badPhone] });
  });

  it("is sent once its value is another, and the problem goes", () => {
    const mended = { ...update, fields: { city: "Bonn", [phone]: "+4915112345678" } };
    expect(withoutRefused([mended], phoneRefused)).toEqual({ operations: [mended], problems: [] });
  });

  it("says nothing about the other side", () => {
    const other = { ...update, side: "hubspot" as const };
    expect(withoutRefused([other], phoneRefused)).toEqual({ operations: [other], problems: [] });
  });

  it("holds a whole contact that was refused as it is, whatever the order of its fields", () => {
    const turned = { [phone]: "+491", city: "Bonn" };
    const refused: RejectedValues = {
      [rejectedKey("klaviyo", null)]: { value: fieldsSent(turned), problem: badPhone },
    };
    expect(withoutRefused([create], refused)).toEqual({ operations: [], problems: [badPhone] });
    const changed = { ...create, fields: { ...create.fields, city: "Köln" } };
    expect(withoutRefused([changed], refused)).toEqual({ operations: [changed], problems: [] });
  });

  it("never stands in the way of a list: memberships have no value to mend", () => {
    const leaving: PlannedOperation = { kind: "remove_from_list", side: "klaviyo", id: "k1", list: "L" };
    expect(withoutRefused([leaving], phoneRefused).operations).toEqual([leaving]);
  });
});
