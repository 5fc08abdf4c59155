import { connect, createServer } from "node:net";
import type { Socket } from "node:net";
import { once } from "node:events";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTandem } from "../cli/command-line.ts";
import type { Company } from "../cli/company.ts";
import { company } from "../cli/company.ts";
import { startDaemon } from "../cli/running-daemon.ts";

/** After `kill -9` of one of two daemons the other one's lanes run within so long. */
const TAKEOVER_MS = 30_000;
/** A process has ended so long after SIGTERM, whatever hangs. */
const STOP_MS = 30_000;

let it: Company;
beforeAll(async () => {
  it = await company(5);
  // A mapping that never ran is compared with both accounts before the page is there: no vendor that hangs may hold that.
  const { status, talk } = await it.run(["sync"]);
  // Some of the story's contacts fail.
  if (status !== 0 && status !== 1) throw new Error(talk);
});
afterAll(() => it.close());

const leaseLeftMs = async (): Promise<number> => {
  const [row] = await it.fresh.database.$queryRaw<{ ms: number }[]>`
    SELECT (extract(epoch FROM expires_at - now()) * 1000)::float8 AS ms FROM lease`;
  return row?.ms ?? 0;
};

const lastStart = async (): Promise<number> => {
  const [row] = await it.fresh.database.$queryRaw<{ at: Date | null }[]>`
    SELECT max(started_at) AS at FROM lane_start`;
  return row?.at?.getTime() ?? 0;
};

/** A database that answers until told not to any more; its sockets stay open, as a firewall leaves them. */
async function silentGate(
  url: string,
): Promise<{ readonly url: string; silence(): void; connections(): number; close(): void }> {
  const real = new URL(url);
  const sockets = new Set<Socket>();
  let silent = false;
  const server = createServer((engine) => {
    const database = connect(Number(real.port), real.hostname);
    for (const socket of [engine, database]) {
      sockets.add(socket);
      socket.on("error", () => {});
    }
    engine.on("data", (words) => void (silent || database.write(words)));
    database.on("data", (words) => void (silent || engine.write(words)));
    engine.on("close", () => database.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the gate has no port");
  const through = new URL(url);
  through.host = `127.0.0.1:${address.port}`;
  return {
    url: through.href,
    silence: () => void (silent = true),
    connections: () => sockets.size,
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

test("kill -9 of one of two daemons in the middle of a run: the other one's lanes run within half a minute (P16)", async () => {
  const { faults } = it.rehearsal.klaviyo.world;
  faults.add({ match: "/api/profiles", times: 1_000, fault: { kind: "hang", applied: "before" } });
  const first = startTandem(["start", "--no-web"], { env: it.env, cwd: it.folder.path });
  await expect.poll(leaseLeftMs, { interval: 50 }).toBeGreaterThan(0);
  const second = startDaemon(it);
  await second.says(/no run: The contacts of demo are being synced by another process/);
  faults.clear();
  const [{ at: killedAt }] = await it.fresh.database.$queryRaw<[{ at: Date }]>`SELECT now() AS at`;
  first.kill("SIGKILL");
  await expect
    .poll(lastStart, { interval: 250, timeout: 2 * TAKEOVER_MS })
    .toBeGreaterThan(killedAt.getTime());
  const took = (await lastStart()) - killedAt.getTime();
  console.log(`taken over after ${took} ms`);
  expect(took).toBeLessThan(TAKEOVER_MS);
  expect(await second.stop()).toMatchObject({ status: 0 });
});

test("SIGTERM ends a process within half a minute while a request hangs and the database is half open", async () => {
  const { faults } = it.rehearsal.klaviyo.world;
  faults.add({ match: "", times: 1_000, fault: { kind: "hang", applied: "before" } });
  const gate = await silentGate(it.fresh.url);
  const running = startDaemon(it, [], { DATABASE_URL: gate.url });
  await running.url();
  await expect.poll(leaseLeftMs, { interval: 50 }).toBeGreaterThan(0);
  gate.silence();
  const { ms } = await running.stop();
  console.log(`stopped after ${Math.round(ms)} ms`);
  expect(ms).toBeLessThan(STOP_MS);
  gate.close();
  faults.clear();
});

test("SIGTERM ends a process within half a minute that waits for its database before it has started", async () => {
  const gate = await silentGate(it.fresh.url);
  gate.silence();
  const child = startTandem(["start", "--no-web"], {
    env: { ...it.env, DATABASE_URL: gate.url },
    cwd: it.folder.path,
  });
  const closed = once(child, "close");
  await expect.poll(() => gate.connections()).toBeGreaterThan(0);
  const from = performance.now();
  child.kill("SIGTERM");
  await closed;
  console.log(`stopped before its start after ${Math.round(performance.now() - from)} ms`);
  expect(performance.now() - from).toBeLessThan(STOP_MS);
  gate.close();
});
