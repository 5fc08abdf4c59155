import type { Problem } from "../../../model/problem.ts";
import { SystemUnavailable } from "../../../model/problem.ts";
import { CallFailed } from "../problems/failure.ts";
import { problemOf } from "../problems/problems.ts";

const PROBE_MS = 5 * 60_000;

/**
 * Setting up is done or it is not: a refusal, and an answer that was lost, are told as what keeps the sink from being
 * used. Done again, it finds what was made.
 */
export async function settingUp<T>(doing: Promise<T>): Promise<T> {
  try {
    return await doing;
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error;
    throw new SystemUnavailable("hubspot", problemIn(error), PROBE_MS, error);
  }
}

function problemIn({ failure }: CallFailed): Problem {
  const answered = failure.kind === "answered" ? failure : null;
  const problem = problemOf({
    status: answered?.status ?? 0,
    error: answered?.error ?? null,
    about: "event",
    property: null,
    subject: "",
    value: "",
    signInLost: false,
  });
  return { ...problem, level: "connection" };
}
