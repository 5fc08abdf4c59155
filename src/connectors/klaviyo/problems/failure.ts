import { z } from "zod";
import { retryAfterMs } from "../../http/retry.ts";

const text = z.string().optional().catch(undefined);

/** One entry of an error body, of which nothing can be relied on to be there. */
const apiError = z.object({
  id: text,
  code: text,
  title: text,
  detail: text,
  source: z.object({ pointer: text, parameter: text }).optional().catch(undefined),
  meta: z.object({ duplicate_profile_id: text }).optional().catch(undefined),
});

export type ApiError = z.infer<typeof apiError>;

const errorBody = z.object({ errors: z.array(apiError.catch({})) });

/** The errors of an error answer's body; none where it is no error body at all (HTML, nothing, cut off). */
export function apiErrors(body: unknown): readonly ApiError[] {
  const parsed = errorBody.safeParse(body);
  return parsed.success ? parsed.data.errors : [];
}

export interface FailureDetails {
  readonly operation: string;
  /**
   * `answered` with an error answer; `unanswered`; `malformed`: a success whose body is not what it should be; `unsendable`: the
   * SDK could not even put the request together.
   */
  readonly kind: "answered" | "unanswered" | "malformed" | "unsendable";
  /** HTTP status; `null` where there was no answer. */
  readonly status: number | null;
  readonly errors: readonly ApiError[];
  /** The answer was a web page, as firewalls and proxies send. */
  readonly html: boolean;
  readonly retryAfterMs: number | null;
  /** Certainly nothing reached Klaviyo. */
  readonly notSent: boolean;
  /** What the network said, where there was no answer: `ECONNRESET`, `ECONNABORTED`. */
  readonly code: string | null;
}

/**
 * A call that failed, with what may be known of it. It carries no trace of the SDK's own error: that one holds the key
 * and the people of the request, and must reach neither a log nor a cause.
 */
export class KlaviyoFailure extends Error implements FailureDetails {
  readonly operation: string;
  readonly kind: FailureDetails["kind"];
  readonly status: number | null;
  readonly errors: readonly ApiError[];
  readonly html: boolean;
  readonly retryAfterMs: number | null;
  readonly notSent: boolean;
  readonly code: string | null;

  constructor(details: FailureDetails) {
    const { operation, kind, status, code } = details;
    super(`${operation}: ${kind}${status === null ? "" : ` ${status}`}${code === null ? "" : ` ${code}`}`);
    this.name = "KlaviyoFailure";
    this.operation = operation;
    this.kind = kind;
    this.status = status;
    this.errors = details.errors;
    this.html = details.html;
    this.retryAfterMs = details.retryAfterMs;
    this.notSent = details.notSent;
    this.code = code;
  }

  /** May a write that failed so have been done all the same? */
  get ambiguous(): boolean {
    if (this.notSent) return false;
    // A 408 is of somebody on the way who gave up waiting, as a 504 is.
    return this.kind !== "answered" || this.status === 408 || (this.status ?? 0) >= 500;
  }
}

/** No socket left this machine, or nobody took it: these calls were certainly not done. */
const NOT_SENT =
  /^(ECONNREFUSED|ECONNECTLATE|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ERR_TLS|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|ERR_INVALID_URL|ERR_FR_|ERR_BAD_OPTION)/;

/** A reader of headers by their names in lower case. */
export function headerOf(headers: object | undefined): (name: string) => string | null {
  return (name) => {
    const value: unknown = headers === undefined ? undefined : Reflect.get(headers, name);
    return typeof value === "string" ? value : null;
  };
}

const sdkError = z.object({
  code: z.string().nullish().catch(null),
  isAxiosError: z.literal(true),
  response: z
    .object({
      status: z.number(),
      data: z.unknown(),
      headers: z.custom<object>((it) => it instanceof Object),
    })
    .nullish()
    .catch(null),
});

/** The SDK's error without what must not leave it: the key, and the people of the request. */
export function failureFrom(operation: string, error: unknown, now: number): KlaviyoFailure {
  const parsed = sdkError.safeParse(error);
  const response = parsed.success ? parsed.data.response : null;
  const code = parsed.success ? (parsed.data.code ?? null) : null;
  const header = headerOf(response?.headers);
  return new KlaviyoFailure({
    operation,
    kind: response ? "answered" : parsed.success ? "unanswered" : "unsendable",
    status: response?.status ?? null,
    errors: apiErrors(response?.data),
    html: looksLikeHtml(response?.data),
    retryAfterMs: retryAfterMs(header("retry-after"), now),
    notSent: !response && (!parsed.success || NOT_SENT.test(code ?? "")),
    code: response ? null : code,
  });
}

/** The whole time of a request was used up: it may be done. */
export function tooLate(operation: string): KlaviyoFailure {
  return new KlaviyoFailure({
    operation,
    kind: "unanswered",
    status: null,
    errors: [],
    html: false,
    retryAfterMs: null,
    notSent: false,
    code: TOO_LATE,
  });
}

export const TOO_LATE = "ETIMEDOUT";

/** A success whose body is not what it should be: nothing of it may be used. */
export function malformed(operation: string, body?: unknown): KlaviyoFailure {
  return new KlaviyoFailure({
    operation,
    kind: "malformed",
    status: null,
    errors: [],
    html: looksLikeHtml(body),
    retryAfterMs: null,
    notSent: false,
    code: null,
  });
}

function looksLikeHtml(body: unknown): boolean {
  return typeof body === "string" && /^\s*</.test(body);
}
