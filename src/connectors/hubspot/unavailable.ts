import { SystemUnavailable } from "../../model/problem.ts";
import type { CallFailed, Failure } from "./failure.ts";
import { problemOf } from "./problems.ts";

const PROBE_MS = 5 * 60_000;
const DOWN_MS = 60_000;

/** What a Retry-After asked for, whatever it came with. */
export function toldMs(failure: Failure): number | null {
  return "retryAfterMs" in failure ? failure.retryAfterMs : null;
}

/** The failure as one of the whole account. */
export function unavailable(error: CallFailed, toMidnightMs: () => number): SystemUnavailable {
  const { failure } = error;
  const answered = failure.kind === "answered" ? failure : null;
  const status = "status" in failure ? failure.status : 0;
  const problem = problemOf({
    // A proxy's 403 says nothing of our permissions; only a 5xx means the same from anybody.
    status: answered !== null || status >= 500 ? status : 0,
    error: answered?.error ?? null,
    about: "account",
    property: null,
    subject: "",
    value: "",
    signInLost: failure.kind === "no_token",
  });
  // An answer has said what it is; anything else is told by what broke.
  const why = answered === null && problem.code === "HS-DOWN" ? whyDown(failure) : null;
  const told = toldMs(failure);
  const waits: Readonly<Record<string, () => number>> = {
    "HS-QUOTA": toMidnightMs,
    "HS-DOWN": () => told ?? DOWN_MS,
  };
  const wait = waits[problem.code] ?? (() => told ?? PROBE_MS);
  const explained = { ...problem, level: "connection" as const, explanation: why ?? problem.explanation };
  return new SystemUnavailable("hubspot", explained, wait(), error);
}

/** What came instead of an answer, for whoever has to find out where it broke; `null` where nothing more is known. */
function whyDown(failure: Failure): string | null {
  const passes = "This is usually over in minutes.";
  switch (failure.kind) {
    case "not_sent":
      return `There is no connection to HubSpot (${failure.reason}). ${passes}`;
    case "lost":
      return `The connection to HubSpot broke off (${failure.reason}). ${passes}`;
    case "unreadable":
      return `What came with status ${failure.status} was not HubSpot's to read: perhaps a web page of something on the way. ${passes}`;
    case "answered":
    case "no_token":
      return null;
  }
}
