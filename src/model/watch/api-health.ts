/** One of a system's limits as its answers told it. */
export interface Quota {
  /** For people: `per day`, `get_profiles, per minute`. */
  readonly name: string;
  readonly limit: number;
  readonly left: number;
  /** When that was told; milliseconds since 1970. */
  readonly at: number;
}

/** How calls to one system went in the last hour, and whether they may go now. It holds no URL and no contact. */
export interface ApiHealth {
  readonly endpoints: readonly EndpointHealth[];
  readonly paces: readonly PaceState[];
}

/** One endpoint in the last hour. */
export interface EndpointHealth {
  /** The connector's name of the operation, from a closed list. */
  readonly endpoint: string;
  readonly calls: number;
  /** Without a usable answer, or refused for a reason that is not about the request: 401, 403, 429, 5xx. */
  readonly failed: number;
  /** Within a tenth; `null` where nothing was answered. */
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly breaker: BreakerState;
}

/** `open`: nothing is sent until `nextTryAt`. `half_open`: that time is over, and no call has succeeded since. */
export type BreakerState =
  | { readonly state: "closed" }
  | {
      readonly state: "open" | "half_open";
      readonly code: string;
      readonly reason: string;
      /** Milliseconds since 1970. */
      readonly nextTryAt: number;
    };

/** A rate limiter: what it would let go now. */
export interface PaceState {
  /** The endpoint, or the group of endpoints that share a limit. */
  readonly name: string;
  readonly windows: readonly {
    readonly perMs: number;
    /** Tandem's share of the limit. */
    readonly allowed: number;
    readonly left: number;
  }[];
  /** Calls that wait for their turn. */
  readonly waiting: number;
  /** Nothing goes for so long, because the system said so. */
  readonly pausedMs: number;
}

/** How a call ended, for counting: the class of its HTTP status. */
export type CallStatus = "2xx" | "4xx" | "429" | "5xx" | "none";

/** One call that was made. */
export interface MadeCall {
  readonly endpoint: string;
  readonly status: CallStatus;
  readonly failed: boolean;
  readonly ms: number;
}
