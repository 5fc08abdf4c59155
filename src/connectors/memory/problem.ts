import type { Problem } from "../../model/problem.ts";
import type { Side } from "../../model/side.ts";

/** The three things that go wrong without a quirk, in the codes of the side that is played. */
export function memoryProblem(side: Side, what: "GONE" | "LIST", id: string): Problem {
  return {
    code: `${side === "hubspot" ? "HS" : "KL"}-${what}`,
    level: what === "GONE" ? "contact" : "mapping",
    side,
    field: null,
    title: what === "GONE" ? "The contact no longer exists" : "The list no longer exists",
    explanation: `There is nothing with the id ${id}.`,
    fix: [],
    retry: "on_change",
    reference: null,
  };
}
