import { once } from "node:events";
import type { Socket } from "node:net";
import { connect, createServer } from "node:net";

/** A way to a database that can go silent, as a firewall does that forgot a connection. */
export interface SilentProxy {
  readonly url: string;
  /** From now on nothing that is said on the connections there are arrives; their sockets stay open. */
  readonly swallow: (what: "there are" | "all") => void;
  readonly close: () => void;
}

/** @param url of the database itself */
export async function silentProxy(url: string): Promise<SilentProxy> {
  const real = new URL(url);
  const pairs = new Set<{ silent: boolean }>();
  const sockets = new Set<Socket>();
  let all = false;
  const server = createServer((engine) => {
    const pair = { silent: all };
    pairs.add(pair);
    const postgres = connect(Number(real.port), real.hostname);
    for (const socket of [engine, postgres]) {
      sockets.add(socket);
      socket.on("error", () => {});
    }
    engine.on("data", (words) => void (pair.silent || postgres.write(words)));
    postgres.on("data", (words) => void (pair.silent || engine.write(words)));
    engine.on("close", () => postgres.destroy());
    postgres.on("close", () => pair.silent || engine.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the proxy has no port");
  const own = new URL(url);
  own.host = `127.0.0.1:${address.port}`;
  return {
    url: own.href,
    swallow(what) {
      all = what === "all";
      for (const pair of pairs) pair.silent = true;
    },
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
