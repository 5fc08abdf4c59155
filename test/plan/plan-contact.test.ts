import { describe, expect, it } from "vitest";
import { NO_CONSENT_RULES } from "../../src/model/scope.ts";
import type { Sighting } from "../../src/model/contact.ts";
import type { KnownLink } from "../../src/model/link.ts";
import { EMAIL_FIELD } from "../../src/model/mapping.ts";
import type { PerSide, Side } from "../../src/model/side.ts";
import { SIDES, otherSide, withSide } from "../../src/model/side.ts";
import type { PlanRules } from "../../src/plan/planned.ts";
import { planContact } from "../../src/plan/plan-contact.ts";
import { baseAfter } from "../../src/reconcile/merge-contact.ts";
import { cityRule } from "../support/city-rule.ts";
import { ANN, FROM, known, problem, resolvedRule, sighting, NO_SHAPES } from "../support/known-link.ts";

const CITY = cityRule({ key: "city" });
const TAGS = cityRule({ key: "tags", type: "list", direction: "to_hubspot" });
const SCORE = cityRule({ key: "score", type: "number", direction: "to_klaviyo" });
const PHONE = cityRule({ key: "phone", type: "phone" });

const RULES: PlanRules = {
  fields: [EMAIL_FIELD, CITY, TAGS, SCORE, PHONE],
  scope: [FROM.hubspot, FROM.klaviyo],
  consent: NO_CONSENT_RULES,
  shapes: NO_SHAPES,
};
const OUT: Partial<Sighting> = { rules: [] };

function plan(link: KnownLink, rules: Partial<PlanRules> = {}) {
  return planContact({ ...RULES, ...rules }, structuredClone(link));
}

function seen(fields: PerSide<Sighting["fields"]>, parts: Partial<PerSide<Partial<Sighting>>> = {}) {
  const show = (side: Side) => sighting(side, { fields: { email: ANN, ...fields[side] }, ...parts[side] });
  return { hubspot: show("hubspot"), klaviyo: show("klaviyo") };
}

const agreedOnUlm = {
  base: { city: { hubspot: "Ulm", klaviyo: "Ulm" }, email: { hubspot: ANN, klaviyo: ANN } },
};

/** Seen on one side only; the other was asked and does not have her. */
function only(side: Side, parts: Partial<Sighting> = {}): PerSide<Sighting | null> {
  return withSide<Sighting | null>({ hubspot: null, klaviyo: null }, side, sighting(side, parts));
}

describe("a person on both sides", () => {
  it("is in step where both show the same", () => {
    const { operations, problems, state, reason } = plan(
      known(seen({ hubspot: { city: "Ulm" }, klaviyo: { city: "Ulm" } })),
    );
    expect({ operations, problems, state, reason }).toEqual({
      operations: [],
      problems: [],
      state: "in_sync",
      reason: "",
    });
  });

  it.each(SIDES)("is updated with what changed on %s, and remembers what the other side showed", (side) => {
    const other = otherSide(side);
    const before = { hubspot: { city: "Ulm" }, klaviyo: { city: "Ulm" } };
    const link = known(seen(withSide(before, side, { city: "Rom" })), { link: agreedOnUlm });
    expect(plan(link)).toMatchObject({
      operations: [
        { kind: "update", side: other, id: other[0] + "1", fields: { city: "Rom" }, pre: { city: "Ulm" } },
      ],
      state: "waiting",
    });
  });

  it.each(SIDES)("is led by no change on %s while that side matches no rule", (side) => {
    const before = { hubspot: { city: "Ulm" }, klaviyo: { city: "Ulm" } };
    const link = known(seen(withSide(before, side, { city: "Rom" }), { [side]: OUT }), { link: agreedOnUlm });
    expect(plan(link)).toMatchObject({ operations: [], state: "in_sync" });
  });

  it("is led by neither side where it matches no rule", () => {
    const values = seen({ hubspot: { city: "Ulm" }, klaviyo: {} }, { hubspot: OUT, klaviyo: OUT });
    expect(plan(known(values))).toMatchObject({
      operations: [],
      merged: [],
      state: "excluded",
      reason: "Matches no rule (any more)",
    });
  });

  it("takes each one-way field its own way only", () => {
    const values = { tags: ["A"], score: "1" };
    const empty = { tags: null, score: null };
    const fromHubspot = plan(known(seen({ hubspot: values, klaviyo: empty })));
    expect(fromHubspot.operations).toMatchObject([{ side: "klaviyo", fields: { score: "1" } }]);
    const fromKlaviyo = plan(known(seen({ hubspot: empty, klaviyo: values })));
    expect(fromKlaviyo.operations).toMatchObject([{ side: "hubspot", fields: { tags: ["A"] } }]);
  });

  it("has both sides written at once where each leads with another field", () => {
    const values = seen({ hubspot: { score: "1", tags: null }, klaviyo: { score: null, tags: ["A"] } });
    expect(plan(known(values)).operations).toEqual([
      { kind: "update", side: "hubspot", id: "h1", fields: { tags: ["A"] }, pre: { tags: null } },
      { kind: "update", side: "klaviyo", id: "k1", fields: { score: "1" }, pre: { score: null } },
    ]);
  });

  it("takes a changed address along like any other field", () => {
    const values = seen({ hubspot: { email: "bea@example.com" }, klaviyo: {} });
    const { operations } = plan(known(values, { link: agreedOnUlm }));
    expect(operations).toMatchObject([
      { side: "klaviyo", fields: { email: "bea@example.com" }, pre: { email: ANN } },
    ]);
  });

  it("is planned the same from the same sightings", () => {
    const link = known(seen({ hubspot: { city: "Ulm", score: "3" }, klaviyo: { tags: ["A", "B"] } }));
    expect(plan(link)).toEqual(plan(structuredClone(link)));
  });
});

describe("a person on one side only", () => {
  it.each(SIDES)(
    "is created from %s with the filled fields of its direction, and with the address",
    (side) => {
      const fields = { email: ANN, city: "Ulm", tags: ["A"], score: "1", phone: null };
      const oneWay = side === "hubspot" ? { score: "1" } : { tags: ["A"] };
      expect(plan(known(only(side, { fields })))).toMatchObject({
        operations: [
          {
            kind: "create",
            side: otherSide(side),
            fields: { email: ANN, city: "Ulm", ...oneWay },
            lists: [],
          },
        ],
        state: "waiting",
      });
    },
  );

  it.each(SIDES)("is created from %s without a field that it must not send, or that is empty", (side) => {
    const fields = { email: ANN, city: null, tags: ["A"], score: "1" };
    const [create] = plan(known(only(side, { fields }))).operations;
    expect(create?.kind === "create" ? Object.keys(create.fields).toSorted() : []).toEqual(
      ["email", side === "hubspot" ? "score" : "tags"].toSorted(),
    );
  });

  it("is agreed on as the system stored it, so that its own form is no conflict afterwards", () => {
    const first = plan(known(only("hubspot", { fields: { email: ANN, city: "Ulm " } })));
    const made = { fields: { email: ANN, city: "Ulm" }, settling: false };
    const base = baseAfter({}, first.merged, { hubspot: null, klaviyo: made });
    expect(base["city"]).toEqual({ hubspot: "Ulm ", klaviyo: "Ulm" });
    const values = seen({ hubspot: { city: "Ulm " }, klaviyo: { city: "Ulm" } });
    expect(plan(known(values, { link: { base } }))).toMatchObject({ operations: [], state: "in_sync" });
  });

  it("is agreed on in nothing where the create was refused", () => {
    const first = plan(known(only("hubspot", { fields: { email: ANN, city: "Ulm", score: null } })));
    expect(baseAfter({}, first.merged, { hubspot: null, klaviyo: null })).toEqual({});
  });

  it.each(SIDES)("is not created from %s before the other side was asked", (side) => {
    const sought = withSide({ hubspot: true, klaviyo: true }, otherSide(side), false);
    expect(plan(known(only(side), { sought }))).toMatchObject({ operations: [], state: "waiting" });
  });

  it.each(SIDES)("is not created from %s where the link knows a contact there that was not read", (side) => {
    const ids = withSide({ hubspot: "h1", klaviyo: "k1" }, side, "x1");
    expect(plan(known(only(side), { link: { ids } }))).toMatchObject({ operations: [], state: "waiting" });
  });

  it.each(SIDES)("is not created from %s out of scope", (side) => {
    expect(plan(known(only(side, OUT)))).toMatchObject({ operations: [], state: "excluded" });
  });

  it.each(SIDES)("is not created from %s where every rule that it matches only links", (side) => {
    const links = resolvedRule(side, { onEnter: "link_only" });
    expect(plan(known(only(side)), { scope: [links] })).toMatchObject({ operations: [], state: "excluded" });
    const creates = resolvedRule(side, { id: "more" });
    const both = plan(known(only(side, { rules: [links.id, creates.id] })), { scope: [links, creates] });
    expect(both.operations).toMatchObject([{ kind: "create" }]);
  });

  it.each(SIDES)("is never made again on %s once deleted there, nor is anything else done", (side) => {
    for (const there of SIDES) {
      const gone = plan(
        known(only(otherSide(side)), { link: { deletedOn: there, ids: { hubspot: null, klaviyo: null } } }),
      );
      expect(gone).toMatchObject({ operations: [], merged: [], state: "excluded" });
      expect(gone.reason).toContain(there === "hubspot" ? "HubSpot" : "Klaviyo");
    }
  });

  it.each(SIDES)("is never made again on %s where Tandem has made it once", (side) => {
    const made = withSide({ hubspot: false, klaviyo: false }, side, true);
    expect(plan(known(only(otherSide(side)), { made }))).toMatchObject({ operations: [], state: "excluded" });
  });

  it("is nobody's business where neither side shows anything", () => {
    expect(plan(known({ hubspot: null, klaviyo: null }))).toMatchObject({
      operations: [],
      state: "excluded",
    });
  });
});

describe("a value that could not be read", () => {
  const unreadable = { phone: problem() };
  const both = (parts: Partial<PerSide<Partial<Sighting>>>) =>
    known(seen({ hubspot: { city: "Ulm" }, klaviyo: { city: null, phone: "+4912345678" } }, parts));

  it("is reported, is not taken for empty, and does not stop the other fields", () => {
    const { operations, problems, state, reason } = plan(both({ hubspot: { unreadable } }));
    expect(operations).toMatchObject([{ side: "klaviyo", fields: { city: "Ulm" } }]);
    expect(problems).toEqual([problem()]);
    expect({ state, reason }).toEqual({ state: "failing", reason: "Phone number not understood" });
  });

  it("does not stop a new contact either", () => {
    const { operations, state } = plan(
      known(only("hubspot", { unreadable, fields: { email: ANN, city: "Ulm" } })),
    );
    expect(operations).toMatchObject([{ kind: "create", fields: { email: ANN, city: "Ulm" } }]);
    expect(state).toBe("failing");
  });

  it("holds the whole person where the rule says error, under the title of that problem", () => {
    const strict = { ...PHONE, onInvalid: "error" as const };
    const fields = [EMAIL_FIELD, CITY, strict];
    const two = { unreadable: { city: problem({ field: "city", title: "City" }), ...unreadable } };
    const held = { operations: [], merged: [], state: "failing", reason: "Phone number not understood" };
    expect(plan(both({ hubspot: two }), { fields })).toMatchObject(held);
    expect(plan(known(only("hubspot", two)), { fields })).toMatchObject(held);
    expect(plan(both({ hubspot: two }), { fields }).problems).toHaveLength(2);
  });

  it("stops nothing on a side that does not lead, by its scope or by its direction", () => {
    const outOfScope = plan(both({ hubspot: { unreadable, rules: [] } }));
    expect(outOfScope).toMatchObject({ problems: [] });
    const oneWay = [
      EMAIL_FIELD,
      CITY,
      { ...PHONE, direction: "to_hubspot" as const, onInvalid: "error" as const },
    ];
    expect(plan(both({ hubspot: { unreadable } }), { fields: oneWay })).toMatchObject({
      problems: [],
      operations: [{ side: "klaviyo", fields: { city: "Ulm" } }],
    });
  });
});

describe("several contacts with one address", () => {
  it("are told about (SK-TWO), and the linked one is kept in step", () => {
    const values = seen({ hubspot: { city: "Ulm" }, klaviyo: { city: null } });
    const { operations, problems, state } = plan(
      known(values, { duplicates: { hubspot: ["h2"], klaviyo: [] } }),
    );
    expect(operations).toMatchObject([{ kind: "update", id: "k1" }]);
    expect(problems).toMatchObject([{ code: "SK-TWO", side: "hubspot", level: "contact" }]);
    expect(problems[0]?.explanation).toContain("h1 and h2");
    expect(state).toBe("failing");
  });

  it("are told about with a title that fits, however many and wherever they are", () => {
    const duplicates = { hubspot: ["h2", "h3"], klaviyo: ["k2"] };
    const { problems } = plan(known(seen({ hubspot: {}, klaviyo: {} }), { duplicates }));
    expect(problems.map(({ side }) => side)).toEqual(SIDES);
    expect(problems.every(({ title }) => title.length <= 60)).toBe(true);
    expect(problems[0]?.explanation).toContain("leaves the others alone");
  });
});
