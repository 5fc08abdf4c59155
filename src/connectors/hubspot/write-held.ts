import type { z } from "zod";
import type { LeaseGate, Permit } from "../permit.ts";
import type { Answer, Calls } from "./calls.ts";
import type { Mutation } from "./client.ts";
import { CallFailed } from "./failure.ts";

/** Changes something that rests on no contact's values. Rejects as `Calls.write` does. */
export async function writeHeld<T>(
  calls: Calls,
  gate: LeaseGate,
  build: (permit: Permit) => Mutation,
  schema: z.ZodType<T>,
  signal: AbortSignal,
): Promise<Answer<T>> {
  let operation = "";
  const answer = await calls.write(
    async () => {
      const mutation = build(await gate.permit());
      ({ operation } = mutation);
      return mutation;
    },
    schema,
    signal,
  );
  if (answer === null) throw new CallFailed({ kind: "not_sent", operation, reason: "no permit in time" });
  return answer;
}
