import { z } from "zod";

/** What is typed into a search. PostgreSQL keeps no NUL in text, and no address holds a control character. */
export const searchWords = z
  .string("give it once")
  .trim()
  .max(254, "at most 254 characters, the length of an address")
  .regex(/^\P{Cc}*$/u, "no control characters");
