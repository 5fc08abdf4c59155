import { once } from "node:events";
import type { AddressInfo, Socket } from "node:net";
import { connect, createServer } from "node:net";

/**
 * What a gate does with what it is given: passes it on; passes answers on a byte every few seconds; or passes nothing on
 * and keeps the sockets open, as a firewall does that forgot a connection.
 */
export type Passage = "whole" | "trickling" | "silent";

export interface TcpGate {
  /** The address that was given, through the gate. */
  readonly url: string;
  /** From now on, for all connections, for those that are open, or for those that are made later. */
  set(passage: Passage, which?: "all" | "open" | "later"): void;
  close(): void;
}

/** A slow line: one byte every so often. */
const BETWEEN_BYTES_MS = 5_000;

/** Stands between the daemon and a server, and knows nothing of what is said. */
export async function tcpGate(address: string): Promise<TcpGate> {
  const real = new URL(address);
  const sockets = new Set<Socket>();
  const pairs = new Set<{ passage: Passage }>();
  let passage: Passage = "whole";
  const server = createServer((near) => {
    const far = connect(Number(real.port), real.hostname);
    const pair = { passage };
    const drops: Buffer[] = [];
    let dripping: NodeJS.Timeout | null = null;
    pairs.add(pair);
    const end = (): void => {
      clearInterval(dripping ?? undefined);
      pairs.delete(pair);
      near.destroy();
      far.destroy();
    };
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => sockets.delete(socket));
    }
    near.on("data", (words) => void (pair.passage === "silent" || far.write(words)));
    far.on("data", (words) => {
      if (pair.passage === "silent") return;
      if (pair.passage === "whole" && dripping === null) return void near.write(words);
      drops.push(words);
      dripping ??= setInterval(() => {
        const [first] = drops;
        if (first === undefined) return;
        near.write(first.subarray(0, 1));
        if (first.length === 1) drops.shift();
        else drops[0] = first.subarray(1);
      }, BETWEEN_BYTES_MS);
    });
    near.on("close", end);
    far.on("close", () => pair.passage === "silent" || end());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const through = new URL(address);
  through.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: through.href.replace(/\/$/, ""),
    set(next, which = "all") {
      if (which !== "open") passage = next;
      if (which !== "later") for (const pair of pairs) pair.passage = next;
    },
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
