/** A way for a vendor to misbehave. `before` and `after` tell whether the change was applied when it did. */
export type FaultKind =
  | {
      readonly kind: "status";
      readonly status: number;
      readonly applied: "before" | "after";
      readonly body?: unknown;
      /** Beside the vendor's own, such as a `Retry-After`. */
      readonly headers?: Readonly<Record<string, string>>;
    }
  | { readonly kind: "html"; readonly status: number; readonly applied: "before" | "after" }
  | { readonly kind: "truncated-json" }
  | { readonly kind: "reset"; readonly applied: "before" | "after" }
  | { readonly kind: "hang"; readonly applied: "before" | "after" }
  | { readonly kind: "slow"; readonly milliseconds: number };

export interface Fault {
  /** Upper-case HTTP method, or any. */
  readonly method?: string;
  /** A part of the path, or of the operation's name, that must occur. */
  readonly match: string;
  /** Lets this many matching calls pass first. */
  readonly skip?: number;
  /** Then strikes this many times. */
  readonly times: number;
  readonly fault: FaultKind;
}

/** The faults waiting to strike, in the order they were given. */
export interface Faults {
  add(fault: Fault): void;
  clear(): void;
  pending(): readonly Fault[];
  /** The fault that strikes this call, if any; counting it. */
  strike(call: {
    readonly method: string;
    readonly path: string;
    readonly operation: string;
  }): FaultKind | null;
}

/** What of it is kept from one start to the next. */
export interface FaultData {
  waiting: { fault: Fault; skip: number; times: number }[];
}

export function faults(data: FaultData = { waiting: [] }): Faults {
  return {
    add: (fault) => void data.waiting.push({ fault, skip: fault.skip ?? 0, times: fault.times }),
    clear: () => void (data.waiting = []),
    pending: () => data.waiting.map(({ fault, skip, times }) => ({ ...fault, skip, times })),
    strike(call) {
      for (const entry of data.waiting) {
        const { method, match } = entry.fault;
        if (method !== undefined && method !== call.method) continue;
        if (!call.path.includes(match) && !call.operation.includes(match)) continue;
        if (entry.skip > 0) {
          entry.skip -= 1;
          continue;
        }
        entry.times -= 1;
        if (entry.times <= 0) data.waiting = data.waiting.filter((other) => other !== entry);
        return entry.fault.fault;
      }
      return null;
    },
  };
}
