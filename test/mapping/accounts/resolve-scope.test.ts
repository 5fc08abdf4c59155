import { describe, expect, test } from "vitest";
import type { Schema } from "../../../src/connectors/connector.ts";
import {
  NOTHING_ACCEPTED,
  listGone,
  referenceKey,
  resolveScope,
} from "../../../src/mapping/accounts/resolve-scope.ts";
import type { ScopeRule } from "../../../src/model/mapping.ts";

const ref = (nameOrId: string, line = 4) => ({ kind: "list", nameOrId, line, column: 1 }) as const;

const rule = (lists: readonly string[], addTo: readonly string[] = []): ScopeRule => ({
  id: "customers",
  from: "hubspot",
  collections: lists.map((name) => ref(name)),
  subscribe: false,
  onEnter: "link_or_create",
  addToLists: addTo.map((name) => ref(name)),
  onLeave: "remove_from_list",
  line: 1,
});

function schema(...lists: readonly (readonly [id: string, name: string])[]): Schema {
  const more = { kind: "list", writable: true, doubleOptIn: false, size: null } as const;
  return { fields: [], collections: lists.map(([id, name]) => ({ id, name, ...more })) };
}

const klaviyo = schema(["K1", "Newsletter"], ["K2", "Two"], ["K3", "Two"]);
const nothingFound = new Map<string, string>();

/** What the rules name now, where nobody has accepted a new list. */
function resolved(...given: Parameters<typeof resolveScope>) {
  const { rules, unresolved } = resolveScope(...given);
  return { rules: rules(NOTHING_ACCEPTED), unresolved };
}

describe("the lists that a rule names", () => {
  test("are found by name and by id", () => {
    const { rules, unresolved } = resolved(
      [rule(["All", "7"], ["Newsletter"])],
      { hubspot: schema(["5", "All"], ["7", "Others"]), klaviyo },
      nothingFound,
    );
    expect(rules).toMatchObject([{ collections: ["5", "7"], lists: ["K1"], onLeave: "remove_from_list" }]);
    expect(unresolved).toEqual([]);
  });

  test.each([[["Al"]], [["All", "Gone"]]])(
    "%j: with one that was never found, nobody is taken off a list: they may be in the one that is meant",
    (lists) => {
      const { rules, unresolved } = resolved(
        [rule(lists)],
        { hubspot: schema(["5", "All"]), klaviyo },
        nothingFound,
      );
      expect(rules[0]?.onLeave).toBe("stop");
      expect(unresolved.map(listGone)).toMatchObject([{ code: "HS-LIST", level: "mapping" }]);
    },
  );

  test("keep their id where they were found before: anybody who was in it still is", () => {
    const earlier = new Map([[referenceKey("hubspot", ref("All")), "5"]]);
    const { rules, unresolved } = resolved([rule(["All"])], { hubspot: schema(), klaviyo }, earlier);
    expect(rules).toMatchObject([{ collections: ["5"], onLeave: "remove_from_list" }]);
    expect(unresolved).toHaveLength(1);
  });

  test("of two with one name none is taken, and the problem names both ids", () => {
    const schemas = { hubspot: schema(["5", "All"]), klaviyo };
    const { rules, unresolved } = resolved([rule(["All"], ["Two"])], schemas, nothingFound);
    expect(rules[0]?.lists).toEqual([]);
    const [problem] = unresolved.map(listGone);
    expect(problem).toMatchObject({ code: "KL-LIST", title: "Klaviyo has 2 lists with one name" });
    expect(problem?.fix.join()).toContain("line 4 of the mapping: K2 or K3");
  });
});
