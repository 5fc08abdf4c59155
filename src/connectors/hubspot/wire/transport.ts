import type { ClientRequest } from "node:http";
import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { Socket } from "node:net";
import { SystemUnavailable } from "../../../model/problem.ts";
import { promptAgent } from "../../http/prompt-agent.ts";
import { TookTooLong, withinTotalTime } from "../../http/total-time.ts";
import { CallFailed } from "../problems/failure.ts";

/** An answer as it came, whatever it says. */
export interface RawAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** No socket left this machine, or nobody took it: these calls were certainly not done. */
const NOT_SENT =
  /^(ECONNREFUSED|ECONNECTLATE|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ERR_TLS|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|UND_ERR_CONNECT)/;

/** Carries the answer past the SDK's own reading of it. */
export class Arrived extends Error {
  readonly answer: RawAnswer;
  constructor(answer: RawAnswer) {
    super("an answer arrived");
    this.answer = answer;
  }
}

/**
 * Keeps connections, and ends one whose request takes longer than the call's own limit: the SDK itself would wait for
 * ever, and for a body that trickles in, so does a limit on silence. The whole request has that time.
 */
export function impatientAgent(origin: string, timeoutMs: number): HttpAgent {
  // A little later than the call's own limit, which is what the caller sees.
  const ends = new WeakMap<Socket, NodeJS.Timeout>();
  const begin = (socket: Socket): void => {
    clearTimeout(ends.get(socket));
    ends.set(socket, setTimeout(() => socket.destroy(), timeoutMs + 1_000).unref());
  };
  const agent = promptAgent(
    origin.startsWith("https:") ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true }),
  );
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) => {
    const socket = connect(options, callback) as Socket | undefined;
    if (socket !== undefined) {
      begin(socket);
      socket.once("close", () => clearTimeout(ends.get(socket)));
    }
    return socket;
  };
  const { keepSocketAlive, reuseSocket } = agent as unknown as Reuse;
  return Object.assign(agent, {
    keepSocketAlive(socket: Socket) {
      clearTimeout(ends.get(socket));
      return keepSocketAlive.call(agent, socket);
    },
    reuseSocket(socket: Socket, request: ClientRequest) {
      begin(socket);
      reuseSocket.call(agent, socket, request);
    },
  });
}

/** How an agent is told that a socket is free, and taken again (Node's documentation of http.Agent). */
interface Reuse {
  readonly keepSocketAlive: (this: HttpAgent, socket: Socket) => boolean;
  readonly reuseSocket: (this: HttpAgent, socket: Socket, request: ClientRequest) => void;
}

/** The token of the next call. Rejects with `CallFailed` where there is none and nobody says why. */
export async function freshToken(
  operation: string,
  token: () => Promise<string>,
  signal: AbortSignal,
): Promise<string> {
  try {
    return await untilAborted(token(), signal);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof SystemUnavailable) throw error;
    throw new CallFailed({ kind: "no_token", operation });
  }
}

/** Renewing a sign-in is shared by all calls, so that one that is aborted leaves it to the others. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason as Error);
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

/** The answer, the end of its total time, or the abort: whichever comes first. */
export async function answerOf(
  operation: string,
  run: (signal: AbortSignal) => Promise<unknown>,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<RawAnswer> {
  try {
    await withinTotalTime(timeoutMs, signal, run);
  } catch (error) {
    if (error instanceof Arrived) return error.answer;
    signal.throwIfAborted();
    if (error instanceof CallFailed) throw error;
    if (error instanceof TookTooLong)
      throw new CallFailed({ kind: "lost", operation, reason: error.message, late: true });
    throw new CallFailed(transportFailure(operation, error));
  }
  throw new CallFailed({ kind: "lost", operation, reason: "the SDK finished without an answer" });
}

/** Only the code survives: the error itself may hold the request, and with it the key. */
function transportFailure(operation: string, error: unknown): CallFailed["failure"] {
  const code = errorCode(error) ?? "network failure";
  return { kind: NOT_SENT.test(code) ? "not_sent" : "lost", operation, reason: code };
}

function errorCode(error: unknown): string | null {
  if (typeof error !== "object" || error === null) return null;
  if ("code" in error && typeof error.code === "string") return error.code;
  return "cause" in error ? errorCode(error.cause) : null;
}
