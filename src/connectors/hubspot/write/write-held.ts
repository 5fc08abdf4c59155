import type { z } from "zod";
import type { LeaseGate, Permit } from "../../permit.ts";
import type { Calls } from "../wire/calls.ts";
import type { Answer } from "../wire/understood.ts";
import type { Mutation } from "../wire/put-together.ts";
import { CallFailed } from "../problems/failure.ts";

/** Changes something that rests on no contact's values. Rejects as `Calls.write` does. */
export async function writeHeld<T>(
  calls: Calls,
  gate: LeaseGate,
  build: (permit: Permit) => Mutation,
  schema: z.ZodType<T>,
  signal: AbortSignal,
): Promise<Answer<T>> {
  return writeRead(calls, gate, () => Promise.resolve(null), build, schema, signal);
}

/**
 * Changes something of which `read` tells how it is now, whenever the request has its turn: not before it waits, and again
 * for each attempt. Rejects as `Calls.write` does.
 */
export async function writeRead<R, T>(
  calls: Calls,
  gate: LeaseGate,
  read: () => Promise<R>,
  build: (permit: Permit, present: R) => Mutation,
  schema: z.ZodType<T>,
  signal: AbortSignal,
): Promise<Answer<T>> {
  let operation = "";
  const answer = await calls.write(
    async () => {
      const present = await read();
      const mutation = build(await gate.permit(), present);
      ({ operation } = mutation);
      return mutation;
    },
    schema,
    signal,
  );
  if (answer === null) throw new CallFailed({ kind: "not_sent", operation, reason: "no permit in time" });
  return answer;
}
