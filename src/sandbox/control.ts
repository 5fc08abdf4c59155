import { z } from "zod";
import { checkedInput } from "./checked-input.ts";
import { faultSchema } from "./fault-schema.ts";
import { queryNumber } from "./query-number.ts";
import type { Call, Reply, Route } from "./route.ts";
import type { World } from "./world.ts";

/** Further on, dates could no longer be written. */
const HUNDRED_YEARS_MS = 100 * 366 * 86_400_000;
const advance = z.strictObject({ advance_ms: z.number().min(0).max(HUNDRED_YEARS_MS) });

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
      // All of them are looked at before the first is taken.
      const wanted = checkedInput(z.array(faultSchema), Array.isArray(call.body) ? call.body : [call.body]);
      for (const fault of wanted) faults.add(fault);
      return { status: 200, body: { faults: faults.pending() } };
    }),
    route("DELETE", "faults", () => {
      faults.clear();
      return { status: 204 };
    }),
    route("POST", "time", (call) => {
      clock.advance(checkedInput(advance, call.body).advance_ms);
      return { status: 200, body: { now: new Date(clock.now()).toISOString() } };
    }),
  ];
}

function since<T extends { readonly sequence: number }>(entries: readonly T[], call: Call): readonly T[] {
  const sequence = queryNumber(call, "since", 0);
  return entries.filter((entry) => entry.sequence > sequence);
}
