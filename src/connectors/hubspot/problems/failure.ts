import type { VendorError } from "../wire/parse.ts";

/** Why one call brought no usable answer. Never holds a request, a header or an SDK error: those carry keys and people. */
export type Failure =
  /** HubSpot said no. */
  | {
      readonly kind: "answered";
      readonly operation: string;
      readonly status: number;
      readonly error: VendorError;
      readonly retryAfterMs: number | null;
    }
  /** It never left this machine: certainly not done. */
  | { readonly kind: "not_sent"; readonly operation: string; readonly reason: string }
  /** It left, and nothing came back: it may be done. */
  | {
      readonly kind: "lost";
      readonly operation: string;
      readonly reason: string;
      /** Its whole time was used up; to wait for that again and again holds up a lane for minutes. */
      readonly late?: true;
    }
  /** Something came back that HubSpot does not say: a proxy's page, half a body, the wrong shape. It may be done. */
  | {
      readonly kind: "unreadable";
      readonly operation: string;
      readonly status: number;
      readonly reason: string;
      readonly retryAfterMs: number | null;
    }
  /** There was no token to send: renewing an OAuth sign-in failed. */
  | { readonly kind: "no_token"; readonly operation: string };

/** A failed call on its way to the code that knows what it means: a problem of one contact, or of the whole side. */
export class CallFailed extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(`HubSpot ${failure.operation}: ${describe(failure)}`);
    this.name = "CallFailed";
    this.failure = failure;
  }
}

function describe(failure: Failure): string {
  switch (failure.kind) {
    case "answered":
      // The message stays out: it quotes addresses and values.
      return `status ${failure.status} ${failure.error.policyName ?? failure.error.category ?? ""}`.trim();
    case "unreadable":
      return `status ${failure.status}, ${failure.reason}`;
    case "not_sent":
    case "lost":
      return failure.reason;
    case "no_token":
      return "no token";
  }
}

/** The status HubSpot answered with, or null where the failure is not an answer of HubSpot's. */
export function answeredStatus(error: unknown): number | null {
  return error instanceof CallFailed && error.failure.kind === "answered" ? error.failure.status : null;
}
