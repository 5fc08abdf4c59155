import type { Call } from "./client.ts";

/** What was read longer ago is no reason to change what anybody is sent (contract P9). Milliseconds. */
const FRESH_FOR_MS = 60_000;

/** What the call rests on was read too long ago: it was not sent. */
export class TooLate extends Error {}

/**
 * The call, for as long as what it rests on is fresh: one that had to wait too long for its turn is not sent at all. Sending
 * it rejects with `TooLate` then.
 *
 * @param readAt when that was asked for. Milliseconds since 1970
 */
export function whileFresh(call: Call, readAt: number, now: () => number): Call {
  return {
    ...call,
    send(signal) {
      if (now() - readAt > FRESH_FOR_MS) throw new TooLate("what was read before is too old");
      return call.send(signal);
    },
  };
}
