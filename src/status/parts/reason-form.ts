import { z } from "zod";

/** Why somebody does something, for the record. */
export const reasonWords = z
  .string("Say why, for the record.")
  .trim()
  .min(1, "Say why, for the record.")
  .max(500, "At most 500 characters.")
  .regex(/^\P{Cc}*$/u, "On one line, without control characters.");
