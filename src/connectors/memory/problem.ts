import type { Problem } from "../../model/problem.ts";
import type { Side } from "../../model/side.ts";

/** What goes wrong without a quirk, in the codes of the side that is played. */
export function memoryProblem(side: Side, what: "GONE" | "LIST" | "EMAIL-TAKEN", id: string): Problem {
  const titles = {
    GONE: "The contact no longer exists",
    LIST: "The list no longer exists",
    "EMAIL-TAKEN": "Another contact has this email address",
  };
  return {
    code: `${side === "hubspot" ? "HS" : "KL"}-${what}`,
    level: what === "LIST" ? "mapping" : "contact",
    side,
    field: null,
    title: titles[what],
    explanation: what === "EMAIL-TAKEN" ? `Contact ${id} has it.` : `There is nothing with the id ${id}.`,
    fix: [],
    retry: "on_change",
    reference: null,
  };
}
