import type { z } from "zod";

/** The rehearsal was given something that it does not take; the message says what and where, a line each. */
export class WrongInput extends Error {
  constructor(message: string) {
    super(message);
    this.name = "WrongInput";
  }
}

/**
 * What somebody gave, as a schema has it.
 *
 * @throws WrongInput that names everything that is wrong with it
 */
export function checkedInput<T>(schema: z.ZodType<T>, given: unknown): T {
  const { success, data, error } = schema.safeParse(given);
  if (success) return data;
  throw new WrongInput(error.issues.map(({ path, message }) => told(path, message)).join("\n"));
}

/** `hubspot[0].fault.status: Too small…` */
function told(path: readonly PropertyKey[], message: string): string {
  const place = path.reduce<string>((before, part) => {
    if (typeof part === "number") return `${before}[${part}]`;
    return before === "" ? String(part) : `${before}.${String(part)}`;
  }, "");
  return place === "" ? message : `${place}: ${message}`;
}
