import type { Connector } from "../connectors/connector.ts";
import type { Mapping } from "../model/mapping.ts";
import type { PerSide } from "../model/side.ts";

/** What a command may touch of the world; made in `main.ts`, replaced in tests. */
export interface App {
  /** Data, and nothing else. */
  readonly out: (text: string) => void;
  /** Talk: progress, warnings, errors. */
  readonly talk: (text: string) => void;
  /** Is somebody watching the talk on a terminal? */
  readonly watched: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => Date;
  readonly newId: () => string;
  /** Aborted by the first Ctrl-C or SIGTERM: stop at the next page. */
  readonly stopping: AbortSignal;
  /** Aborted some time after: what has not stopped by then is ended. */
  readonly signal: AbortSignal;
  readonly connect: (mapping: Mapping, secrets: PerSide<string>) => PerSide<Connector>;
}

/** The options that every command takes. */
export interface CommonOptions {
  readonly config?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  /** False with `--no-color`. */
  readonly color?: boolean;
}
