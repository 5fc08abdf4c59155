import { afterEach, beforeEach, expect, test } from "vitest";
import { startStatusServer } from "../../../src/status/frame/server.ts";
import type { FreshDatabase } from "../../support/fresh-database.ts";
import { freshDatabase } from "../../support/fresh-database.ts";
import { statusDeps } from "../app.ts";
import { seed } from "../seed.ts";

let fresh: FreshDatabase;
beforeEach(async () => void (fresh = await freshDatabase()));
afterEach(() => fresh.drop());

test("it listens on this machine until it is closed", async () => {
  const { connectionId } = await seed(fresh, "acme-main");
  const server = await startStatusServer({ ...statusDeps(fresh, connectionId), port: 0 });
  expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  const answer = await fetch(server.url);
  expect(answer.status).toBe(200);
  expect(await answer.text()).toContain("Nothing has synced yet");
  await server.close();
  await expect(fetch(server.url)).rejects.toThrow("fetch failed");
});

test.each(["0.0.0.0", "::", "192.168.1.5", "example.com"])(
  "it refuses to listen on %s without a password",
  async (host) => {
    await expect(startStatusServer({ ...statusDeps(fresh, 1), port: 0, host })).rejects.toThrow(/password/);
  },
);
