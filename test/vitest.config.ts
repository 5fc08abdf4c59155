import { defineConfig } from "vitest/config";

const PATIENCE_MS = 180_000;

export default defineConfig({
  root: new URL("..", import.meta.url).pathname,
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/support/database-server.ts", "test/browser/browser-broker.ts"],
    // No test asks how fast a machine is: how long one may take only says when nothing will come of it any more.
    testTimeout: PATIENCE_MS,
    hookTimeout: PATIENCE_MS,
    expect: { poll: { timeout: 60_000 } },
    // Much of the time goes by waiting for other processes: on two cores two workers leave a third of them idle.
    maxWorkers: 3,
  },
});
