import { defineConfig } from "vitest/config";

export default defineConfig({
  root: new URL("..", import.meta.url).pathname,
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/support/database-server.ts", "test/browser/browser-broker.ts"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Most of the time goes by waiting for other processes: on two cores one worker would leave one of them idle.
    maxWorkers: 2,
  },
});
