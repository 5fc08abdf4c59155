import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ConnectionBusy, withConnection } from "../../src/daemon/connection-lease.ts";
import type { Engine } from "../support/engine.ts";
import { engine } from "../support/engine.ts";

let it: Engine;
beforeEach(async () => void (it = await engine()));
afterEach(async () => {
  vi.useRealTimers();
  await it.fresh.drop();
});

const left = async (): Promise<number> => {
  const [row] = await it.fresh.database.$queryRaw<{ ms: number }[]>`
    SELECT (extract(epoch FROM expires_at - now()) * 1000)::float8 AS ms FROM lease`;
  return row?.ms ?? 0;
};

test("work that lasts longer than a lease keeps it all the while, and gives it back", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  await withConnection(it.deps(), "test", async () => {
    await it.fresh.database.$executeRaw`UPDATE lease SET expires_at = now() + interval '1 second'`;
    vi.advanceTimersByTime(60_000);
    await expect.poll(left).toBeGreaterThan(100_000);
    await expect(withConnection(it.deps(), "test", async () => {})).rejects.toThrow(ConnectionBusy);
  });
  expect(vi.getTimerCount()).toBe(0);
  expect(await left()).toBeLessThan(0);
});

test("who has lost the lease does not take it back by prolonging it", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  await withConnection(it.deps(), "test", async () => {
    await it.fresh.database
      .$executeRaw`UPDATE lease SET token = token + 1, expires_at = now() + interval '1 second'`;
    vi.advanceTimersByTime(60_000);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await left()).toBeLessThan(1_000);
  });
});
