import type { Fault, FaultKind } from "./faults.ts";
import type { Call, Reply, Route } from "./server.ts";
import type { World } from "./world.ts";

/** The control routes every rehearsal server has: what happened, what shall go wrong, and what time it is. */
export function commonControl(world: World): readonly Route[] {
  const { truth, faults, clock } = world;
  const route = (method: Route["method"], path: string, handle: (call: Call) => Reply): Route => ({
    method,
    path: `/_sandbox/${path}`,
    operation: `sandbox ${path}`,
    mutating: false,
    handle,
  });
  return [
    route("GET", "log", (call) => ({ status: 200, body: { changes: since(truth.changes, call) } })),
    route("GET", "calls", (call) => ({ status: 200, body: { calls: since(truth.calls, call) } })),
    route("GET", "faults", () => ({ status: 200, body: { faults: faults.pending() } })),
    route("POST", "faults", (call) => {
      const wanted = (Array.isArray(call.body) ? call.body : [call.body]).map(faultFrom);
      if (wanted.includes(null)) {
        return { status: 400, body: { message: "a fault has match, times, and fault {kind, …}" } };
      }
      for (const fault of wanted) if (fault !== null) faults.add(fault);
      return { status: 200, body: { faults: faults.pending() } };
    }),
    route("DELETE", "faults", () => {
      faults.clear();
      return { status: 204 };
    }),
    route("POST", "time", (call) => {
      const { advance_ms: milliseconds } = (call.body ?? {}) as { advance_ms?: unknown };
      if (typeof milliseconds !== "number" || !(milliseconds >= 0)) {
        return { status: 400, body: { message: "advance_ms is a number of milliseconds, zero or more" } };
      }
      clock.advance(milliseconds);
      return { status: 200, body: { now: new Date(clock.now()).toISOString() } };
    }),
  ];
}

function since<T extends { readonly sequence: number }>(entries: readonly T[], call: Call): readonly T[] {
  const sequence = Number(call.query.get("since") ?? 0);
  return entries.filter((entry) => entry.sequence > sequence);
}

function faultFrom(body: unknown): Fault | null {
  if (typeof body !== "object" || body === null) return null;
  const { method, match, skip, times, fault } = body as Record<string, unknown>;
  if (typeof match !== "string" || !isFaultKind(fault)) return null;
  return {
    ...(typeof method === "string" ? { method: method.toUpperCase() } : {}),
    ...(typeof skip === "number" ? { skip } : {}),
    match,
    times: typeof times === "number" ? times : 1,
    fault,
  };
}

function isFaultKind(value: unknown): value is FaultKind {
  if (typeof value !== "object" || value === null) return false;
  const { kind, status, applied, milliseconds } = value as Record<string, unknown>;
  const timed = applied === "before" || applied === "after";
  switch (kind) {
    case "status":
    case "html":
      return timed && typeof status === "number";
    case "reset":
    case "hang":
      return timed;
    case "truncated-json":
      return true;
    case "slow":
      return typeof milliseconds === "number";
    default:
      return false;
  }
}
