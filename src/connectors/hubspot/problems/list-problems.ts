import { clip } from "../../../model/clip.ts";
import type { Problem } from "../../../model/problem.ts";
import type { EndlessPages } from "../../http/page-guard.ts";
import type { Expected } from "../wire/calls.ts";
import { CallFailed } from "./failure.ts";
import { problemOf } from "./problems.ts";

/** An error answer that is about one list, not about the key: what needs a scope names it (`MISSING_SCOPES`). */
export const aboutOneList: Expected = (status, { category }) =>
  status === 400 || status === 404 || (status === 403 && category !== "MISSING_SCOPES");

/** Why a list cannot be followed now: the others can, so it stops nothing else. */
export function listProblem(list: string, error: unknown): Problem {
  const failure = error instanceof CallFailed && error.failure.kind === "answered" ? error.failure : null;
  const problem = problemOf({
    status: failure?.status ?? 404,
    error: failure?.error ?? { status: "error" },
    about: "list",
    property: null,
    subject: list,
    value: "",
    signInLost: false,
  });
  return { ...problem, level: "mapping", field: list };
}

/** The pages of one list do not end. */
export function endlessList(list: string, { problem }: EndlessPages): Problem {
  return { ...problem, level: "mapping", field: list };
}

/** SK-MEMBERS: so many members of the list are shown in a form that nobody can read. */
export function unreadList(list: string, unread: number): Problem {
  return {
    code: "SK-MEMBERS",
    level: "mapping",
    side: "hubspot",
    field: list,
    title: clip(`${unread} members of HubSpot list ${list} could not be read`, 60),
    explanation: `HubSpot showed ${unread} of the members of list ${list} without a readable id or time. Until all can be read, nobody counts as removed from it.`,
    fix: ["Tandem retries automatically in every sync."],
    retry: "soon",
    reference: null,
  };
}
