import type { Agent } from "node:http";
import type { Socket } from "node:net";
import { buildConnector, Agent as Dispatcher } from "undici";

/** A connection that took longer to be made is not used. Shorter than a lease, longer than any connection needs. */
const LONGEST_CONNECT_MS = 5_000;

/** A connection came so late that the request waiting for it must not go. Certainly nothing was sent. */
class ConnectedTooLate extends Error {
  readonly code = "ECONNECTLATE";
  constructor(ms: number) {
    super(`the connection took ${Math.round(ms)} ms`);
    this.name = "ConnectedTooLate";
  }
}

/**
 * Makes an agent's connections usable at once or not at all. Node keeps a request until its connection is made, and then
 * writes it, whatever has happened since: a process that was suspended meanwhile would write under a lease that another
 * one has by now (P16). A timer is too late for that, because connections are looked at before timers.
 *
 * @param elapsed milliseconds by a clock that nobody sets
 */
export function promptAgent<A extends Agent>(agent: A, elapsed = (): number => performance.now()): A {
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) => {
    const begun = elapsed();
    const socket = connect(options, callback) as Socket | null | undefined;
    const check = (): void => {
      const ms = elapsed() - begun;
      if (ms > LONGEST_CONNECT_MS) socket?.destroy(new ConnectedTooLate(ms));
    };
    // Before the request that waits for the connection to write: it was asked for later.
    socket?.prependOnceListener("connect", check);
    socket?.prependOnceListener("secureConnect", check);
    return socket;
  };
  return agent;
}

/**
 * The same for requests through `undici`.
 *
 * @param elapsed milliseconds by a clock that nobody sets
 */
export function promptDispatcher(elapsed = (): number => performance.now()): Dispatcher {
  const connect = buildConnector({});
  return new Dispatcher({
    connect(options, callback) {
      const begun = elapsed();
      connect(options, (...[error, socket]) => {
        const ms = elapsed() - begun;
        if (error !== null) return callback(error, null);
        if (ms <= LONGEST_CONNECT_MS) return callback(null, socket);
        socket.destroy();
        callback(new ConnectedTooLate(ms), null);
      });
    },
  });
}
