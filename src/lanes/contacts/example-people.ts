import type { ContactPlan, PlannedOperation } from "../../plan/planned.ts";

/** The weightiest thing that is done to somebody; what cannot be taken back, or takes away, comes first. */
const KINDS = ["consent", "emptied", "off_list", "changed", "created", "on_list"] as const;
type Kind = (typeof KINDS)[number];

/** People of a plan to show in full. */
export interface ExamplePeople {
  add(plan: ContactPlan): void;
  /** At most so many as were wanted, the weightiest kind first. */
  picked(): readonly ContactPlan[];
}

/**
 * Some people of each kind of change, up to `most` in all: nobody reads a thousand new people to find the one whose phone
 * number would be emptied.
 */
export function examplePeople(most: number): ExamplePeople {
  const byKind = new Map<Kind, ContactPlan[]>(KINDS.map((kind) => [kind, []]));
  return {
    add(plan) {
      const same = byKind.get(kindOf(plan));
      if (same !== undefined && same.length < most) same.push(plan);
    },
    picked() {
      const shares = sharesOf([...byKind.values()], most);
      return [...byKind.values()].flatMap((same, at) => same.slice(0, shares[at]));
    },
  };
}

/** Takes one of each in turns, up to the number that was asked for. */
function sharesOf(kinds: readonly (readonly ContactPlan[])[], most: number): readonly number[] {
  const shares = kinds.map(() => 0);
  for (let left = most, given = true; given && left > 0;) {
    given = false;
    for (const [at, same] of kinds.entries()) {
      const share = shares[at] ?? 0;
      if (left === 0 || share === same.length) continue;
      shares[at] = share + 1;
      left -= 1;
      given = true;
    }
  }
  return shares;
}

function kindOf({ operations }: ContactPlan): Kind {
  const kinds = operations.map(kindOfOne);
  return KINDS.find((kind) => kinds.includes(kind)) ?? "on_list";
}

function kindOfOne(operation: PlannedOperation): Kind {
  switch (operation.kind) {
    case "opt_out":
    case "subscribe":
      return "consent";
    case "update":
    case "stamp":
      return Object.values(operation.fields).includes(null) ? "emptied" : "changed";
    case "remove_from_list":
      return "off_list";
    case "create":
      return "created";
    case "add_to_list":
      return "on_list";
  }
}
