import { defineConfig } from "vitest/config";

const PATIENCE_MS = 180_000;

const root = new URL("..", import.meta.url).pathname;

/** Rooms whose tests need no database and leave nothing behind in their process: they share one, and start in seconds. */
const PURE = [
  "values",
  "mapping",
  "model",
  "plan",
  "reconcile",
  "sandbox",
  "connectors",
  "contract",
  "plants",
  "words",
].map((room) => `test/${room}/**/*.test.ts`);

/** No test asks how fast a machine is: how long one may take only says when nothing will come of it any more. */
const patience = {
  testTimeout: PATIENCE_MS,
  hookTimeout: PATIENCE_MS,
  expect: { poll: { timeout: 60_000 } },
};

export default defineConfig({
  root,
  test: {
    // Much of the time goes by waiting for other processes: on two cores two workers leave a third of them idle.
    maxWorkers: 3,
    projects: [
      { root, test: { ...patience, name: "pure", include: PURE, isolate: false } },
      {
        root,
        test: {
          ...patience,
          name: "whole",
          include: ["test/**/*.test.ts"],
          exclude: PURE,
          globalSetup: ["test/support/database-server.ts", "test/browser/browser-broker.ts"],
        },
      },
    ],
  },
});
