import { describe } from "vitest";
import { consentContract } from "./consent-contract.ts";
import type { MakeHarness } from "./harness.ts";
import { pullContract } from "./pull-contract.ts";
import { readContract } from "./read-contract.ts";
import { stoppedWriteContract } from "./stopped-write-contract.ts";
import { writeContract } from "./write-contract.ts";

/** What every connector must do, whatever the system: the one suite that runs over each of them. */
export function connectorContract(name: string, makeHarness: MakeHarness): void {
  describe(`${name} keeps the connector contract`, () => {
    pullContract(makeHarness);
    readContract(makeHarness);
    writeContract(makeHarness);
    stoppedWriteContract(makeHarness);
    consentContract(makeHarness);
  });
}
