import { once } from "node:events";
import type { Socket } from "node:net";
import { connect, createServer } from "node:net";
import type { Trap } from "./trap.ts";

/** Stands between the engine and PostgreSQL: passes everything on, until the trap says otherwise. */
export interface DatabaseGate {
  /** The database's address, through the gate. */
  readonly url: string;
  setTrap(trap: Trap | null): void;
  close(): Promise<void>;
}

export async function databaseGate(databaseUrl: string): Promise<DatabaseGate> {
  const real = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let trap: Trap | null = null;

  const server = createServer((engine) => {
    const database = connect(Number(real.port), real.hostname);
    const watching = trap;
    let committing = false;
    const end = (): void => {
      engine.destroy();
      database.destroy();
    };
    for (const socket of [engine, database]) {
      sockets.add(socket);
      // A killed engine's connection ends in an error as often as not; either way the other half ends with it.
      socket.on("error", end).on("close", () => {
        sockets.delete(socket);
        end();
      });
    }
    engine.on("data", (words) => {
      const fate = watching?.statement(words.includes("COMMIT")) ?? "goes_on";
      committing = fate === "after_commit";
      if (committing || fate === "goes_on") database.write(words);
      else end();
    });
    database.on("data", (words) => {
      if (committing) watching?.committed();
      if (watching?.sprung() === true) end();
      else engine.write(words);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the gate has no port");
  const url = new URL(databaseUrl);
  url.host = `127.0.0.1:${address.port}`;
  return {
    url: url.href,
    setTrap: (next) => void (trap = next),
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
