import { z } from "zod";
import type { Fault } from "../faults.ts";

const applied = z.enum(["before", "after"]);

const kind = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("status"),
    status: z.int().min(400).max(599),
    applied,
    body: z.unknown().optional(),
  }),
  z.strictObject({ kind: z.literal("html"), status: z.int().min(200).max(599), applied }),
  z.strictObject({ kind: z.literal("truncated-json") }),
  z.strictObject({ kind: z.literal("reset"), applied }),
  z.strictObject({ kind: z.literal("hang"), applied }),
  z.strictObject({ kind: z.literal("slow"), milliseconds: z.int().min(0).max(600_000) }),
]);

const fault = z.strictObject({
  method: z.enum(["GET", "POST", "PUT", "PATCH", "DELETE"]).optional(),
  match: z.string(),
  skip: z.int().min(0).optional(),
  times: z.int().min(1),
  fault: kind,
});

const faults = z.strictObject({ hubspot: z.array(fault).default([]), klaviyo: z.array(fault).default([]) });

/** The faults of a `--faults` file. Throws ZodError where it is none. */
export function parseFaults(content: unknown): {
  readonly hubspot: readonly Fault[];
  readonly klaviyo: readonly Fault[];
} {
  return faults.parse(content) as { hubspot: Fault[]; klaviyo: Fault[] };
}
