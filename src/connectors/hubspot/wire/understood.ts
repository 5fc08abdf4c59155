import type { z } from "zod";
import type { clockSkew } from "../../http/clock-skew.ts";
import { retryAfterMs } from "../../http/retry.ts";
import { CallFailed } from "../problems/failure.ts";
import { readJson, readVendorError } from "./parse.ts";
import type { RawAnswer } from "./transport.ts";

/** An answer that was understood. */
export interface Answer<T> {
  readonly body: T;
  /** The server's clock when it answered, milliseconds since 1970. */
  readonly at: number;
}

export const isUsable = (status: number): boolean => status >= 200 && status <= 299;

/** What of a call counts: an answer's status; of a failure, whether anything was sent at all. */
export function statusOf(end: { readonly answer: RawAnswer } | { readonly error: unknown }): number | null {
  if ("answer" in end) return end.answer.status;
  if (!(end.error instanceof CallFailed) || end.error.failure.kind === "no_token") return null;
  return 0;
}

/** Reads an answer, or throws what is wrong with it as `CallFailed`. */
export function understood<T>(
  operation: string,
  raw: RawAnswer,
  schema: z.ZodType<T>,
  now: number,
  skew: ReturnType<typeof clockSkew>,
): Answer<T> {
  const { status, headers, text } = raw;
  const retryAfter = retryAfterMs(headers["retry-after"], now);
  if (!isUsable(status)) {
    const error = readVendorError(text);
    if (error !== null) {
      throw new CallFailed({ kind: "answered", operation, status, error, retryAfterMs: retryAfter });
    }
    const reason = "not an answer of HubSpot's";
    throw new CallFailed({ kind: "unreadable", operation, status, reason, retryAfterMs: retryAfter });
  }
  const parsed = schema.safeParse(readJson(text));
  if (parsed.success) {
    return { body: parsed.data, at: skew.at(headers["date"], now) };
  }
  // Only where the shape broke, never what stood there: that may be a person.
  const reason = `unexpected answer at ${parsed.error.issues[0]?.path.join(".") || "its beginning"}`;
  throw new CallFailed({ kind: "unreadable", operation, status, reason, retryAfterMs: null });
}
