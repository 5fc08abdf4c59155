import { SystemUnavailable } from "../../../model/problem.ts";
import type { CallFailed, Failure } from "./failure.ts";
import type { VendorError } from "../wire/parse.ts";
import { problemOf } from "./problems.ts";

const PROBE_MS = 5 * 60_000;
const DOWN_MS = 60_000;

/** An error answer that says nothing. */
export const NO_WORDS: VendorError = { status: "error" };

/**
 * A 404 without a word of HubSpot's, as its front gives for an address that no service of it has: nothing is down, and
 * the next try has the same answer. Of a write it proves nothing.
 */
export function isNoSuchPath(failure: Failure): failure is Extract<Failure, { kind: "unreadable" }> {
  return failure.kind === "unreadable" && failure.status === 404;
}

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
    status: answered !== null || status >= 500 || isNoSuchPath(failure) ? status : 0,
    error: isNoSuchPath(failure) ? NO_WORDS : (answered?.error ?? null),
    about: "account",
    property: null,
    subject: "",
    value: "",
    signInLost: failure.kind === "no_token",
  });
  // An answer has said what it is; anything else is told by what broke.
  const down = answered === null && problem.code === "HS-DOWN" ? whyDown(failure) : null;
  const why = isNoSuchPath(failure)
    ? `HubSpot has no such address for "${failure.operation}": a web page came with status 404. Check the API version and the base URL of the mapping.`
    : down;
  const told = toldMs(failure);
  const waits: Readonly<Record<string, () => number>> = {
    "HS-QUOTA": toMidnightMs,
    "HS-DOWN": () => told ?? DOWN_MS,
  };
  const wait = waits[problem.code] ?? (() => told ?? PROBE_MS);
  const explained = { ...problem, level: "connection" as const, explanation: why ?? problem.explanation };
  return new SystemUnavailable("hubspot", explained, wait(), error);
}

/** What came instead of an answer, for the person who has to find out where it broke; `null` where nothing more is known. */
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
