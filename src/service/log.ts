import type { DestinationStream, Logger } from "pino";
import { pino } from "pino";

/** What `LOG_LEVEL` may be, the most talkative first. */
export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;

/** How an error is logged: its words and where it was thrown, never its properties. SDK errors carry keys and people. */
function plainError(error: unknown): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return { message: "not an Error" };
  return { type: error.name, message: error.message, stack: error.stack };
}

/**
 * The daemon's log: JSON lines of this level (`info` where none is given) and above, each with an ISO time in UTC and the
 * level as a word.
 *
 * @param connection the connection's name, for every line
 */
export function daemonLog(
  level: string | undefined,
  to: DestinationStream,
  connection: string | null = null,
): Logger {
  const options = {
    level: level ?? "info",
    base: connection === null ? null : { connection },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: plainError },
  };
  return pino(options, to);
}
