import { z } from "zod";
import type { Fault } from "./faults.ts";

const applied = z.enum(["before", "after"]);
/** A vendor may also say that all is well, and send something else. */
const status = z.int().min(200).max(599);

const kind = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("status"),
    status,
    applied,
    body: z.unknown().optional(),
    headers: z.record(z.string(), z.string()).optional(),
  }),
  z.strictObject({ kind: z.literal("html"), status, applied }),
  z.strictObject({ kind: z.literal("truncated-json") }),
  z.strictObject({ kind: z.literal("reset"), applied }),
  z.strictObject({ kind: z.literal("hang"), applied }),
  z.strictObject({ kind: z.literal("slow"), milliseconds: z.int().min(0).max(600_000) }),
]);

/** A fault as it is written in a file or sent to the control API. */
export const faultSchema = z.strictObject({
  method: z.enum(["GET", "POST", "PUT", "PATCH", "DELETE"]).optional(),
  match: z.string().min(1),
  skip: z.int().min(0).optional(),
  times: z.int().min(1).default(1),
  fault: kind,
}) as unknown as z.ZodType<Fault>;
