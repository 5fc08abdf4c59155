/** What a command's exit status says (those of sysexits where they exist). */
export const EXIT = {
  done: 0,
  /** Done, some contacts failing. */
  failing: 1,
  /** `plan --detailed-exitcode` found changes. */
  changes: 2,
  usage: 64,
  /** A service is unavailable. */
  unavailable: 69,
  /** A fault of Tandem. */
  bug: 70,
  /** Try again later: limits, or another process at work. */
  tryLater: 75,
  /** Credentials or permission. */
  credentials: 77,
  /** The configuration is invalid. */
  config: 78,
  /** Held by a safety limit; a person must approve. */
  held: 79,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends a command with a message for people and a status for scripts. */
export class CommandFailure extends Error {
  readonly code: ExitCode;
  /** For `--json`. */
  readonly details: unknown;
  /** The message with our own colours in it, where it has any; it holds nothing that steers a terminal. */
  readonly painted: string | null;

  constructor(code: ExitCode, message: string, details: unknown = null, painted: string | null = null) {
    super(message);
    this.name = "CommandFailure";
    this.code = code;
    this.details = details;
    this.painted = painted;
  }
}
