import { request } from "undici";
import { z } from "zod";
import type { Timing } from "../http/rate-limiter.ts";
import { backoffMs, callWithRetry, retryAfterMs } from "../http/retry.ts";
import type { RetryDecision } from "../http/retry.ts";
import { LONGEST_WAIT_MS } from "../http/circuit-breaker.ts";
import { TookTooLong, withinTotalTime } from "../http/total-time.ts";
import { acceptedOrigin } from "./wire/client.ts";
import { signInRefused, signInUnanswered } from "./problems/oauth-problems.ts";
import { readJson } from "./wire/parse.ts";

export interface OAuthDeps extends Timing {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly refreshToken: string;
  /** `null`: https://api.hubapi.com. Otherwise that, or plain HTTP on loopback. */
  readonly baseUrl: string | null;
  /** When a request without an answer is given up. Default 30 s. */
  readonly timeoutMs?: number;
}

/** The numbered endpoints end in February 2027 (facts 0.2), so this path is dated whatever the mapping says. */
const PATH = "/oauth/2026-03/token";
const TIMEOUT_MS = 30_000;
/** HubSpot's advice: by time, and never because of a 401. */
const RENEW_AT = 0.8;
const ATTEMPTS = 5;
/** Each costs its whole time, and every call waits for it. */
const LATE_ATTEMPTS = 3;
/** A renewal that failed while the old token is good is not tried again with every call. */
const BETWEEN_RENEWALS_MS = 60_000;

const granted = z.object({
  access_token: z.string().min(1),
  expires_in: z.number().positive(),
  refresh_token: z.string().min(1).optional().catch(undefined),
});

const answered = z.object({
  status: z.string().optional().catch(undefined),
  error: z.string().optional().catch(undefined),
});

/** What is known of the access token. Times are of the steady clock. */
interface Access {
  readonly token: string;
  readonly renewAt: number;
  readonly expiresAt: number;
}

/** Why one request gave no token. Holds no secret: neither the form nor the answer is kept. */
class NotGranted extends Error {
  readonly status: number;
  readonly refused: z.infer<typeof answered> | null;
  readonly waitMs: number | null;
  /** The request's whole time was used up. */
  readonly late: boolean;

  constructor(
    status: number,
    refused: z.infer<typeof answered> | null,
    waitMs: number | null,
    late: boolean = false,
  ) {
    super(`HubSpot gave no access token (status ${status})`);
    this.name = "NotGranted";
    this.status = status;
    this.refused = refused;
    this.waitMs = waitMs;
    this.late = late;
  }
}

/**
 * The access token of an installed app, for `HubSpotDeps.token`: renewed at 80 % of its life, once however many calls ask
 * at the same time. Rejects with `SystemUnavailable` where HubSpot gives none and the last one is over.
 * Throws RangeError for a base URL that is neither HubSpot nor loopback.
 */
export function oauthToken(deps: OAuthDeps): () => Promise<string> {
  const { steady: now = deps.now, sleep } = deps;
  const origin = acceptedOrigin(deps.baseUrl);
  const never = new AbortController().signal;
  // HubSpot may give another one with any answer; the first stays good, so it need not be kept anywhere.
  let refreshToken = deps.refreshToken;
  let access: Access | null = null;
  let renewing: Promise<string> | null = null;

  async function renew(): Promise<string> {
    const begun = now();
    try {
      const answer = await callWithRetry(() => ask(origin, deps, refreshToken), {
        classify,
        sleep,
        signal: never,
      });
      refreshToken = answer.refresh_token ?? refreshToken;
      const lifeMs = answer.expires_in * 1_000;
      access = {
        token: answer.access_token,
        renewAt: begun + lifeMs * RENEW_AT,
        expiresAt: begun + lifeMs,
      };
      return access.token;
    } catch (error) {
      if (!(error instanceof NotGranted)) throw error;
      if (access === null || error.refused !== null || now() >= access.expiresAt) throw outOf(error);
      access = { ...access, renewAt: now() + BETWEEN_RENEWALS_MS };
      return access.token;
    }
  }

  return () => {
    if (access !== null && now() < Math.min(access.renewAt, access.expiresAt)) {
      return Promise.resolve(access.token);
    }
    renewing ??= renew().finally(() => (renewing = null));
    return renewing;
  };
}

async function ask(
  origin: string,
  { clientId, clientSecret, now, timeoutMs = TIMEOUT_MS }: OAuthDeps,
  refreshToken: string,
): Promise<z.infer<typeof granted>> {
  const form = new URLSearchParams({
    grant_type: "refresh_token",
    client_id: clientId,
    client_secret: clientSecret,
    refresh_token: refreshToken,
  });
  let status = 0;
  try {
    const answer = await withinTotalTime(timeoutMs, null, async (signal) => {
      const answer = await request(`${origin}${PATH}`, {
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded", accept: "application/json" },
        body: form.toString(),
        signal,
      });
      status = answer.statusCode;
      return { headers: answer.headers, text: await answer.body.text() };
    });
    const body = readJson(answer.text);
    const good = granted.safeParse(body);
    if (status >= 200 && status <= 299 && good.success) return good.data;
    const refused = status >= 400 && status < 429 ? answered.safeParse(body) : null;
    const waitMs = retryAfterMs(String(answer.headers["retry-after"] ?? ""), now());
    throw new NotGranted(status, refused?.success === true ? refused.data : null, waitMs);
  } catch (error) {
    if (error instanceof NotGranted) throw error;
    // The error of the client holds the request, and with it the secrets: it goes no further.
    throw new NotGranted(status, null, null, error instanceof TookTooLong);
  }
}

/** Asking again grants no more than asking once, so whatever may pass is repeated. */
function classify(error: unknown, attempt: number): RetryDecision {
  if (!(error instanceof NotGranted) || error.refused !== null) return { retry: false };
  const waitMs = error.waitMs ?? backoffMs(attempt, { first: 1_000, longest: 60_000 });
  if (waitMs > LONGEST_WAIT_MS) return { retry: false };
  return { retry: true, waitMs, attempts: error.late ? LATE_ATTEMPTS : ATTEMPTS };
}

function outOf({ status, refused }: NotGranted) {
  if (refused === null) return signInUnanswered(status);
  const { error = "", status: named = "" } = refused;
  if (error === "invalid_grant" || /REFRESH_TOKEN|AUTH_CODE/.test(named)) return signInRefused("revoked");
  if (error === "invalid_client" || named.startsWith("BAD_CLIENT")) return signInRefused("unknown_client");
  return signInRefused("refused");
}
