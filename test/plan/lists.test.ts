import { describe, expect, it } from "vitest";
import { NO_CONSENT_RULES } from "../../src/model/scope.ts";
import type { Sighting } from "../../src/model/contact.ts";
import type { KnownLink } from "../../src/model/link.ts";
import { EMAIL_FIELD } from "../../src/model/mapping.ts";
import type { ResolvedRule } from "../../src/model/scope.ts";
import type { PerSide } from "../../src/model/side.ts";
import { planContact } from "../../src/plan/plan-contact.ts";
import { ANN, known, problem, resolvedRule, sighting, NO_SHAPES } from "../support/known-link.ts";

const NEWS = resolvedRule("hubspot", { id: "news", lists: ["L1"], onLeave: "remove_from_list" });
const VIPS = resolvedRule("hubspot", { id: "vips", lists: ["L1", "L2"], onLeave: "remove_from_list" });
const STAYS = resolvedRule("hubspot", { id: "stays", lists: ["L3"], onLeave: "stop" });
const BACK = resolvedRule("klaviyo", { id: "back", lists: ["L4"], onLeave: "remove_from_list" });
const SCOPE = [NEWS, VIPS, STAYS, BACK];

function operations(link: KnownLink, scope: readonly ResolvedRule[] = SCOPE): readonly unknown[] {
  return planContact(
    { fields: [EMAIL_FIELD], scope, consent: NO_CONSENT_RULES, shapes: NO_SHAPES },
    structuredClone(link),
  ).operations;
}

function matching(hubspot: readonly string[], klaviyo: readonly string[] = []): PerSide<Sighting> {
  return {
    hubspot: sighting("hubspot", { rules: hubspot }),
    klaviyo: sighting("klaviyo", { rules: klaviyo }),
  };
}

const add = (list: string) => ({ kind: "add_to_list", side: "klaviyo", id: "k1", list });
const remove = (list: string) => ({ kind: "remove_from_list", side: "klaviyo", id: "k1", list });

describe("Klaviyo lists", () => {
  it("gain the people of every rule that names them, once", () => {
    expect(operations(known(matching(["news", "vips"], ["back"])))).toEqual([
      add("L1"),
      add("L2"),
      add("L4"),
    ]);
  });

  it("are not asked again for somebody whom Tandem put there", () => {
    expect(operations(known(matching(["news"]), { link: { lists: ["L1"] } }))).toEqual([]);
  });

  it("take a new profile as it is created", () => {
    const link = known({ hubspot: sighting("hubspot", { rules: ["vips", "stays"] }), klaviyo: null });
    expect(operations(link)).toEqual([
      { kind: "create", side: "klaviyo", fields: { email: ANN }, lists: ["L1", "L2", "L3"] },
    ]);
  });

  it("gain a profile whose HubSpot contact is only being created", () => {
    const link = known({ hubspot: null, klaviyo: sighting("klaviyo", { rules: ["back"] }) });
    expect(operations(link)).toEqual([
      { kind: "create", side: "hubspot", fields: { email: ANN }, lists: [] },
      add("L4"),
    ]);
  });

  it("lose those who left their rule, whether another rule still matches or none", () => {
    expect(operations(known(matching(["stays"]), { link: { lists: ["L1", "L2", "L3"] } }))).toEqual([
      remove("L1"),
      remove("L2"),
    ]);
    expect(operations(known(matching([]), { link: { lists: ["L1", "L2"] } }))).toEqual([
      remove("L1"),
      remove("L2"),
    ]);
  });

  it("keep those whom another rule still puts there", () => {
    expect(operations(known(matching(["news"]), { link: { lists: ["L1", "L2"] } }))).toEqual([remove("L2")]);
  });

  it("keep those whom Tandem did not put there", () => {
    expect(operations(known(matching([])))).toEqual([]);
  });

  it("keep those whose rule says stop", () => {
    expect(operations(known(matching([]), { link: { lists: ["L3"] } }))).toEqual([]);
  });

  it("keep everybody when a rule is gone from the mapping, or names another list now", () => {
    const link = known(matching([]), { link: { lists: ["L1", "L2"] } });
    expect(operations(link, [])).toEqual([]);
    expect(operations(link, [{ ...NEWS, lists: ["L9"] }])).toEqual([]);
  });

  it("keep those of whom the rule's side shows nothing: not seen is not left", () => {
    const link = known(
      { hubspot: null, klaviyo: sighting("klaviyo", { rules: ["back"] }) },
      { link: { lists: ["L1", "L4"], ids: { hubspot: "h1", klaviyo: "k1" } } },
    );
    expect(operations(link)).toEqual([]);
    const unseen = known(
      { hubspot: null, klaviyo: sighting("klaviyo", { rules: [] }) },
      { link: { lists: ["L1"] } },
    );
    expect(operations(unseen)).toEqual([]);
  });

  it("are left alone for the deleted and the held", () => {
    expect(operations(known(matching(["news"]), { link: { deletedOn: "hubspot" } }))).toEqual([]);
    const held = { ...matching(["news"]) };
    const unreadable = { email: problem({ field: "email" }) };
    const strict = { ...EMAIL_FIELD, onInvalid: "error" as const };
    const link = known({ ...held, hubspot: sighting("hubspot", { rules: ["news"], unreadable }) });
    expect(
      planContact({ fields: [strict], scope: SCOPE, consent: NO_CONSENT_RULES, shapes: NO_SHAPES }, link)
        .operations,
    ).toEqual([]);
  });
});
