import type { z } from "zod";
import type { Statements } from "./database.ts";

/** A statement answered with something else than this version of Tandem knows. It names columns, and no value. */
export class UnknownRow extends Error {
  constructor(issues: readonly z.core.$ZodIssue[]) {
    const [first] = issues;
    const column = first === undefined || first.path.length === 0 ? "a row" : first.path.join(".");
    super(
      `PostgreSQL answered with a row that this version does not know: ${column}: ${first?.message ?? ""}`,
    );
    this.name = "UnknownRow";
  }
}

/**
 * Runs a statement whose rows are checked, each against its shape: `` rowsOf(statements, SHAPE)`SELECT …` ``.
 *
 * @throws UnknownRow for a row of another shape
 */
export function rowsOf<T>(
  statements: Statements,
  shape: z.ZodType<T>,
): (query: TemplateStringsArray, ...values: unknown[]) => Promise<T[]> {
  return async (query, ...values) => {
    const answered = await statements.$queryRaw<unknown[]>(query, ...values);
    return answered.map((row) => {
      const read = shape.safeParse(row);
      if (!read.success) throw new UnknownRow(read.error.issues);
      return read.data;
    });
  };
}
