import type { Problem } from "../../model/problem.ts";
import type { Side } from "../../model/side.ts";

const TITLES = {
  GONE: "The contact no longer exists",
  LIST: "The list no longer exists",
  TAKEN: "Another contact has this email address",
};

/** The things that go wrong without a quirk, in the codes of the side that is played. */
export function memoryProblem(side: Side, what: "GONE" | "LIST" | "TAKEN", id: string): Problem {
  return {
    code: `${side === "hubspot" ? "HS" : "KL"}-${what}`,
    level: what === "LIST" ? "mapping" : "contact",
    side,
    field: null,
    title: TITLES[what],
    explanation: what === "TAKEN" ? `Another contact has ${id}.` : `There is nothing with the id ${id}.`,
    fix: [],
    retry: "on_change",
    reference: null,
  };
}
