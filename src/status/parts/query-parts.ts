import { z } from "zod";
import type { Answer } from "../frame/layout/page.ts";

/** A parameter of an address. A form sends its empty fields too: those are not given. */
export function given<T extends z.ZodType>(schema: T): z.ZodPreprocess<z.ZodOptional<T>> {
  return z.preprocess((value) => (value === "" ? undefined : value), schema.optional());
}

/** The number of a page, from 1. */
export const pageNumber = z.coerce
  .number("a number from 1")
  .int("a whole number")
  .min(1, "a number from 1")
  .max(1_000_000);

export const within = z.enum(["day", "week", "month"], "day, week or month");

/** A word of ours, such as a lane's name. */
export const ownWord = z.string("give it once").regex(/^[\w-]{1,40}$/, "a word");

/** The number of something in our own tables. */
export const rowId = z
  .string("give it once")
  .regex(/^\d{1,18}$/, "a number")
  .transform(BigInt);

/** An address with only what is not as usual. */
export function addressOf(
  path: string,
  parameters: Readonly<Record<string, string | number | null | undefined>>,
): string {
  const set = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters))
    if (value !== null && value !== undefined && value !== "") set.set(name, String(value));
  return set.size === 0 ? path : `${path}?${set.toString()}`;
}

/** What is wrong with a question, a sentence each. */
export function notUnderstood({ issues }: z.ZodError): Answer {
  const words = issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  return { kind: "told", status: 400, message: { title: "There is a problem with this search", words } };
}
