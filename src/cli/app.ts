import type { Connector } from "../connectors/connector.ts";
import type { Mapping } from "../model/mapping.ts";
import type { Secrets } from "../model/keys/secrets.ts";
import type { PerSide } from "../model/side.ts";
import type { Database } from "../store/database/database.ts";
import type { CallTap } from "../service/call-tap.ts";
import type { DatabasePatience } from "../store/database/timed-client.ts";
import type { Ask } from "./ask.ts";

/** What a command may touch of the world; made in `main.ts`, replaced in tests. */
export interface App {
  /** Data, and nothing else. What would steer a terminal is escaped, here and in `talk`. */
  readonly out: (text: string) => void;
  /** Talk: progress, warnings, errors. */
  readonly talk: (text: string) => void;
  /** The same two as they are: for our own colours and the progress line, with nothing of a contact in them. */
  readonly raw: { readonly out: (text: string) => void; readonly talk: (text: string) => void };
  /** Where the lines of the log go, one JSON document each. */
  readonly log: { readonly write: (line: string) => void };
  /** Is somebody watching the talk on a terminal? */
  readonly watched: boolean;
  /** Does the data go to a terminal too? */
  readonly outWatched: boolean;
  /** Asks the person at the terminal; `null` where nobody sits there. */
  readonly ask: Ask | null;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Adds the lines of an env file to `env`; what is set already stays. Throws where it cannot be read. */
  readonly loadEnv: (path: string) => void;
  /** Adds one setting to `env`. */
  readonly setEnv: (name: string, value: string) => void;
  /** The zone that times of the output are told in: the mapping's, once it is read. */
  readonly shown: { zone: string };
  /** How long the database may take, where not as long as usual. */
  readonly patience?: DatabasePatience;
  readonly now: () => Date;
  readonly newId: () => string;
  /** Calls the listener on SIGHUP, until the answer is called. */
  readonly onReload: (listener: () => void) => () => void;
  /** Aborted by the first Ctrl-C or SIGTERM: stop at the next page. */
  readonly stopping: AbortSignal;
  /** Aborted some time after: what has not stopped by then is ended. */
  readonly signal: AbortSignal;
  readonly connect: (
    mapping: Mapping,
    secrets: Secrets,
    /** Where the calls of a day are counted; `null`: in this process alone. */
    database: Database | null,
  ) => Promise<PerSide<Connector>>;
  /** Tells of every call that the connectors make. */
  readonly calls: CallTap;
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
