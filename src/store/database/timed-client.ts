import type { Socket } from "node:net";
import { Client } from "pg";

/** How long the database may take. Milliseconds. */
export interface DatabasePatience {
  /** Opening a connection, or waiting for a free one. */
  readonly connectMs: number;
  /** One statement: the server ends it then. */
  readonly statementMs: number;
  /** One statement over everybody of a connection, marked with `LONG`. Below the two minutes of a lane's watchdog. */
  readonly longMs: number;
  /** The client gives up this long after the server should have. A server that did not answer by then is gone. */
  readonly graceMs: number;
}

/**
 * A page of a thousand rows settles in well under a second, so half a minute is a database in trouble. One half-open
 * connection is noticed after 33 seconds, which leaves room for the lane to run again within the minute.
 */
export const DATABASE_PATIENCE: DatabasePatience = {
  connectMs: 15_000,
  statementMs: 30_000,
  longMs: 105_000,
  graceMs: 3_000,
};

/** Stands in the text of a statement that reads or writes everybody's rows at once, and may take longer than others. */
const LONG = "/* long */";

const IDLE_IN_TRANSACTION_MS = 60_000;

/** What a socket says when nobody answers, so that Prisma and the command line know it as an outage. */
class NoAnswer extends Error {
  readonly code = "ETIMEDOUT";
  readonly errno = -110;
  readonly syscall = "read";
  constructor(ms: number) {
    super(`The database did not answer within ${ms / 1_000} s`);
  }
}

type Told = (error: unknown, result?: unknown) => void;

/** The connections of one pool. */
type Family = Set<{ readonly waiting: () => boolean; readonly end: (why: Error) => void }>;

/**
 * A class of connections whose every statement has an end. `statement_timeout` alone does not find a half-open
 * connection, because the server never gets to say so, and keepalive does not either where something on the way still
 * answers for it. A connection that did not answer is destroyed, so it never goes back to
 * the pool, and so are those that lie idle beside it: they are as old and went the same way.
 */
export function timedClient({ statementMs, longMs, graceMs }: DatabasePatience): typeof Client {
  const family: Family = new Set();
  class TimedClient extends Client {
    #waiting = 0;

    constructor(config?: ConstructorParameters<typeof Client>[0]) {
      super(config);
      const member = {
        waiting: () => this.#waiting > 0,
        end: (why: Error) => this.#end(why),
      };
      family.add(member);
      this.on("end", () => family.delete(member));
      // The query under way is told; an idle connection's end is nobody's.
      this.on("error", () => {});
    }

    #end(why: Error): void {
      // pg types its connection without the socket below it.
      const { connection } = this as unknown as { readonly connection: { readonly stream: Socket } };
      connection.stream.destroy(why);
    }

    override query(...given: unknown[]): never {
      const text = textOf(given[0]);
      if (text === null) return this.#send(given) as never;
      const [done] = given.slice(-1);
      // The pool asks with a callback, a transaction with a promise.
      const rest = typeof done === "function" ? given.slice(0, -1) : given;
      const work = text.includes(LONG) ? this.#long(rest) : this.#timed(rest, statementMs + graceMs);
      if (typeof done !== "function") return work as never;
      void this.#tell(work, done as Told);
      return undefined as never;
    }

    async #tell(work: Promise<unknown>, done: Told): Promise<void> {
      const [ended] = await Promise.allSettled([work]);
      if (ended.status === "fulfilled") done(null, ended.value);
      else done(ended.reason);
    }

    #send(given: unknown[]): unknown {
      return (Client.prototype.query as (...args: unknown[]) => unknown).apply(this, given);
    }

    /** The server is told of the longer time for this statement only; a transaction that failed takes it back itself. */
    async #long(given: unknown[]): Promise<unknown> {
      const set = (ms: number) => this.#timed([`SET statement_timeout = ${ms}`], statementMs + graceMs);
      await set(longMs);
      try {
        return await this.#timed(given, longMs + graceMs);
      } finally {
        await set(statementMs).catch(() => {});
      }
    }

    async #timed(given: unknown[], ms: number): Promise<unknown> {
      this.#waiting += 1;
      const timer = setTimeout(() => {
        const why = new NoAnswer(ms);
        this.#end(why);
        for (const { waiting, end } of family) if (!waiting()) end(why);
      }, ms);
      try {
        return await this.#send(given);
      } finally {
        clearTimeout(timer);
        this.#waiting -= 1;
      }
    }
  }
  return TimedClient;
}

function textOf(config: unknown): string | null {
  if (typeof config === "string") return config;
  if (typeof config !== "object" || config === null || "submit" in config) return null;
  return "text" in config && typeof config.text === "string" ? config.text : null;
}

/**
 * The times the server keeps, set on each new connection and not as startup parameters, which PgBouncer refuses. A
 * server that can (PostgreSQL on Linux) also ends what nobody waits for any more.
 */
export function sessionTimes({ statementMs }: DatabasePatience): string {
  return `SET statement_timeout = ${statementMs};
    SET idle_in_transaction_session_timeout = ${IDLE_IN_TRANSACTION_MS};
    DO $$ BEGIN
      PERFORM set_config('client_connection_check_interval', '5000', false);
    EXCEPTION WHEN OTHERS THEN NULL;
    END $$`;
}
