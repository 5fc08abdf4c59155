/** What PostgreSQL, its driver or Prisma says when it is not there, not any more, or full: codes, and the adapter's kinds. */
const AWAY =
  /^(?:ConnectionClosed|DatabaseNotReachable|SocketTimeout|TooManyConnections|DatabaseDoesNotExist|ECONNREFUSED|ECONNRESET|EPIPE|ENOTFOUND|ETIMEDOUT|EHOSTUNREACH|08\w{3}|53\w{3}|57014|25P03|57P0\d|P10(?:01|02|08|11|17)|P2024|P2028|P2037)$/;

/** How deep causes are followed; Prisma wraps the driver's error twice. */
const DEEPEST = 6;

/**
 * The message for an error that says that the database went away in the middle of the work, or `null` where it says
 * something else. Only its code is read: the error may hold addresses and values.
 */
export function databaseFailure(error: unknown): string | null {
  const code = codesOf(error, DEEPEST).find((each) => AWAY.test(each));
  if (code === undefined) return null;
  return [
    `The database does not answer any more (${code}).`,
    "What was under way is looked up by the next run; nothing is lost.",
    "  fix: See that PostgreSQL runs and DATABASE_URL names it, then run again.",
  ].join("\n");
}

function codesOf(error: unknown, depth: number): readonly string[] {
  if (depth === 0 || typeof error !== "object" || error === null) return [];
  const own = ["code", "originalCode", "kind"].flatMap((key) => {
    const value: unknown = Reflect.get(error, key);
    return typeof value === "string" ? [value] : [];
  });
  const deeper = ["cause", "meta", "driverAdapterError", "errors"].flatMap((key) => {
    const value: unknown = Reflect.get(error, key);
    return Array.isArray(value)
      ? value.flatMap((each) => codesOf(each, depth - 1))
      : codesOf(value, depth - 1);
  });
  return [...own, ...deeper];
}
