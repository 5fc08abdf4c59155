/** One request, taken apart. */
export interface Call {
  readonly method: string;
  /** With its query string, as it arrived. */
  readonly path: string;
  /** The places of the route's pattern, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Parsed JSON, or the fields of a form; undefined when there was none. */
  readonly body: unknown;
}

export interface Reply {
  readonly status: number;
  /** Sent as JSON; undefined is an empty body. */
  readonly body?: unknown;
  /** Sent as it is, in place of a body. */
  readonly html?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Route {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** A Fastify pattern: `/crm/v3/lists/:listId`. */
  readonly path: string;
  /** The vendor's name of the operation, as it is recorded and matched by faults. */
  readonly operation: string;
  /** True where it can change the vendor's data. */
  readonly mutating: boolean;
  handle(call: Call): Reply | Promise<Reply>;
}
