import type { StoredProblem } from "../../store/pages/overview.ts";
import type { FailingContact, FailingQuery } from "../../store/pages/failing-contacts.ts";

/** Failing contacts of one page with the same problem, which is told once for all of them. */
export interface ErrorGroup {
  /** `null` of contacts without a problem, as somebody has who was ignored and is in order again. */
  readonly problem: StoredProblem | null;
  readonly contacts: readonly FailingContact[];
}

/** The problem that a contact is listed under: the one that is filtered by, else the first. */
function listedProblem(
  { problems }: Pick<FailingContact, "problems">,
  { cause, field }: Pick<FailingQuery, "cause" | "field">,
): StoredProblem | null {
  const wanted = problems.find(
    (one) => (cause === null || one.code === cause) && (field === null || one.field === field),
  );
  return wanted ?? problems[0] ?? null;
}

/** The contacts of a page by problem, in the order in which the first of each comes. */
export function groupedErrors(
  contacts: readonly FailingContact[],
  query: Pick<FailingQuery, "cause" | "field">,
): readonly ErrorGroup[] {
  const groups = new Map<string, { problem: StoredProblem | null; contacts: FailingContact[] }>();
  for (const contact of contacts) {
    const problem = listedProblem(contact, query);
    const key = problem === null ? "" : [problem.code, problem.field ?? "", problem.title].join("\n");
    const group = groups.get(key) ?? { problem, contacts: [] };
    group.contacts.push(contact);
    groups.set(key, group);
  }
  return [...groups.values()];
}
