import type { SubscribeGate } from "../../src/connectors/consent-port.ts";
import type { Operation } from "../../src/model/operation.ts";
import type { Permit, WriteGate, WriteMode } from "../../src/connectors/permit.ts";

const permit = { use: () => {} } as Permit;

/** A gate that lets everything through: for what a connector does with what it is let do. */
export const OPEN_GATE: WriteGate & SubscribeGate = {
  permit: () => Promise.resolve(permit),
  admit: (given: readonly unknown[]) =>
    Promise.resolve({ permit, operations: given as never, clearances: given as never }),
  accepted: () => Promise.resolve(),
};

/** A gate that asks a test each time. */
export function watchedGate(
  admits: (operations: readonly Operation[], mode: WriteMode) => readonly Operation[],
  accepted: (job: string) => void = () => {},
): WriteGate {
  return {
    permit: () => Promise.resolve(permit),
    admit(operations, mode) {
      const going = admits(operations, mode);
      return Promise.resolve(going.length === 0 ? null : { permit, operations: going });
    },
    accepted: async (_operations, job) => accepted(job),
  };
}
