import type { DestinationStream, Logger } from "pino";
import { pino } from "pino";

/** How an error is logged: its words and where it was thrown, never its properties. SDK errors carry keys and people. */
function plainError(error: unknown): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return { message: "not an Error" };
  return { type: error.name, message: error.message, stack: error.stack };
}

/** The daemon's log: JSON lines of this level (pino's names; `info` where none is given) and above. */
export function daemonLog(level: string | undefined, to: DestinationStream): Logger {
  return pino({ level: level ?? "info", base: null, serializers: { err: plainError } }, to);
}
