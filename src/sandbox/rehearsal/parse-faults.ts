import { z } from "zod";
import { checkedInput } from "../checked-input.ts";
import { faultSchema } from "../fault-schema.ts";
import type { Fault } from "../faults.ts";

const faults = z.strictObject({
  hubspot: z.array(faultSchema).default([]),
  klaviyo: z.array(faultSchema).default([]),
});

/**
 * The faults of a `--faults` file.
 *
 * @throws WrongInput that names everything that is wrong with it
 */
export function parseFaults(content: unknown): {
  readonly hubspot: readonly Fault[];
  readonly klaviyo: readonly Fault[];
} {
  return checkedInput(faults, content);
}
