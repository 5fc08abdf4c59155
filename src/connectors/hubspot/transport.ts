import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { Socket } from "node:net";
import { SystemUnavailable } from "../../model/problem.ts";
import { CallFailed } from "./failure.ts";

/** An answer as it came, whatever it says. */
export interface RawAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** No socket left this machine, or nobody took it: these calls were certainly not done. */
const NOT_SENT =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ERR_TLS|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|UND_ERR_CONNECT)/;

/** Carries the answer past the SDK's own reading of it. */
export class Arrived extends Error {
  readonly answer: RawAnswer;
  constructor(answer: RawAnswer) {
    super("an answer arrived");
    this.answer = answer;
  }
}

/** Keeps connections, and ends one that has been silent too long: the SDK itself would wait for ever. */
export function impatientAgent(origin: string, timeoutMs: number): HttpAgent {
  // A little later than the call's own limit, which is what the caller sees. As an option too: Node sets a connection
  // that is used again back to it.
  const timeout = timeoutMs + 1_000;
  const agent = origin.startsWith("https:")
    ? new HttpsAgent({ keepAlive: true, timeout })
    : new HttpAgent({ keepAlive: true, timeout });
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) => {
    const socket = connect(options, callback) as Socket | undefined;
    socket?.setTimeout(timeout, () => socket.destroy());
    return socket;
  };
  return agent;
}

/** The token of the next call. Rejects with `CallFailed` where there is none and nobody says why. */
export async function freshToken(operation: string, token: () => Promise<string>): Promise<string> {
  try {
    return await token();
  } catch (error) {
    if (error instanceof SystemUnavailable) throw error;
    throw new CallFailed({ kind: "no_token", operation });
  }
}

/** The answer, the end of patience, or the abort: whichever comes first. */
export async function answerOf(
  operation: string,
  sent: Promise<unknown>,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<RawAnswer> {
  let stop = (): void => undefined;
  const patience = new Promise<never>((_resolve, reject) => {
    const late = new CallFailed({ kind: "lost", operation, reason: `no answer in ${timeoutMs} ms` });
    const timer = setTimeout(() => reject(late), timeoutMs);
    const abort = (): void => reject(signal.reason as Error);
    signal.addEventListener("abort", abort, { once: true });
    stop = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
    };
  });
  try {
    await Promise.race([sent, patience]);
  } catch (error) {
    if (error instanceof Arrived) return error.answer;
    signal.throwIfAborted();
    if (error instanceof CallFailed) throw error;
    throw new CallFailed(transportFailure(operation, error));
  } finally {
    stop();
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
