import type { FieldSpec } from "../../src/connectors/connector.ts";
import type { FieldRule, OptionTable } from "../../src/model/mapping.ts";
import type { PerSide, Side } from "../../src/model/side.ts";
import { perSide } from "../../src/model/side.ts";
import type { FieldType, Value } from "../../src/model/value.ts";

/** A pair of properties that may be mapped, and the words in which each side says the same. */
export interface Slot {
  readonly property: PerSide<string>;
  readonly type: FieldType;
  readonly options: OptionTable | null;
  readonly transforms: FieldRule["transforms"];
  /** A letter as a side writes it, when somebody means this person. */
  say(side: Side, who: string, letters: readonly string[]): Value;
  /** What the other side must be written for a value of this one. Knows nothing of the engine's own turning. */
  across(to: Side, value: Value): Value;
}

const AS_IT_IS = { hubspot: [], klaviyo: [] };

function plain(hubspot: string, klaviyo: string, type: FieldType, say: Slot["say"]): Slot {
  return {
    property: { hubspot, klaviyo },
    type,
    options: null,
    transforms: AS_IT_IS,
    say,
    across: (_to, value) => value,
  };
}

const word =
  (field: string): Slot["say"] =>
  (_side, who, letters) =>
    letters[0] === undefined ? null : `${who} ${field} ${letters[0]}`;

const TIERS = { a: ["gold", "Gold"], b: ["silver", "Silver"] } as const;
const MARK = "HS-";

/** A value names its owner and its field: one that lands with somebody else, or in another field, is seen. */
export const SLOTS: readonly Slot[] = [
  plain("firstname", "first_name", "text", word("name")),
  plain("jobtitle", "title", "text", word("title")),
  plain("tags", "properties.tags", "list", (_side, who, letters) =>
    letters.length === 0 ? null : [...new Set(letters)].sort().map((letter) => `${who} tag ${letter}`),
  ),
  plain("score", "properties.score", "number", (_side, _who, [letter]) =>
    letter === undefined ? null : String(letter.charCodeAt(0)),
  ),
  {
    ...plain("tier", "properties.tier", "option", (side, _who, [letter]) => {
      if (letter === undefined) return null;
      return TIERS[letter === "a" ? "a" : "b"][side === "hubspot" ? 0 : 1];
    }),
    options: { pairs: Object.values(TIERS), others: "error" },
    across(to, value) {
      const pair = Object.values(TIERS).find((each) => each.some((word) => word === value));
      return pair === undefined ? value : pair[to === "hubspot" ? 0 : 1];
    },
  },
  {
    ...plain("notes", "properties.notes", "text", (side, who, letters) => {
      const said = word("note")(side, who, letters);
      // A Klaviyo note without its mark cannot be read: that is not the same as none.
      return said === null || side === "hubspot" || letters[0] === "d" ? said : `${MARK}${String(said)}`;
    }),
    transforms: {
      klaviyo: [{ kind: "prefix", text: MARK }],
      hubspot: [{ kind: "remove_prefix", text: MARK }],
    },
    across(to, value) {
      if (typeof value !== "string") return value;
      return to === "klaviyo" ? MARK + value : value.startsWith(MARK) ? value.slice(MARK.length) : value;
    },
  },
];

/** What each system tells of the slots' properties at first. */
export function schemaOfSlots(): PerSide<FieldSpec[]> {
  return perSide((side) => [
    ...SLOTS.map(({ property, type }): FieldSpec => spec(property[side], type)),
    ...ELSEWHERE[side].map((property) => spec(property, "text")),
  ]);
}

/** Properties that a mapping may be pointed to later. */
export const ELSEWHERE: PerSide<readonly string[]> = {
  hubspot: ["nickname", "role"],
  klaviyo: ["properties.nickname", "properties.role"],
};

function spec(property: string, type: FieldType): FieldSpec {
  return { property, label: property, type, readOnly: false, options: null };
}
