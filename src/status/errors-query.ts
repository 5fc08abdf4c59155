import { z } from "zod";
import type { FailingQuery } from "../store/failing-contacts.ts";

/** A form sends its empty fields too. */
const orNull = <T extends z.ZodType>(schema: T): z.ZodPreprocess<z.ZodNullable<T>> =>
  z.preprocess((value) => (value === undefined || value === "" ? null : value), schema.nullable());

/** PostgreSQL keeps no NUL in text, and no address holds a control character. */
const words = z
  .string("give it once")
  .trim()
  .max(254, "at most 254 characters, the length of an address")
  .regex(/^\P{Cc}*$/u, "no control characters");

const parameters = z.object({
  q: orNull(words),
  cause: orNull(z.string("give it once").regex(/^[A-Z]{2}(-[A-Z0-9]+)+$/, "a code such as KL-PHONE")),
  page: orNull(
    z.coerce.number("a number from 1").int("a whole number").min(1, "a number from 1").max(1_000_000),
  ),
});

/** What the errors page was asked for, or what is wrong with the question, a sentence each. */
export type ErrorsQuery =
  | { readonly ok: true; readonly query: FailingQuery }
  | { readonly ok: false; readonly wrong: readonly string[] };

/** Reads `q`, `cause` and `page`; parameters of other names are nobody's. */
export function errorsQuery(query: unknown): ErrorsQuery {
  const read = parameters.safeParse(query);
  if (!read.success) {
    return {
      ok: false,
      wrong: read.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`),
    };
  }
  const { q, cause, page } = read.data;
  return { ok: true, query: { search: q === "" ? null : q, cause, page: page ?? 1 } };
}
