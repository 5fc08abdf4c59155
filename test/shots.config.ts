import { defineConfig } from "vitest/config";

const root = new URL("..", import.meta.url).pathname;

/** Takes pictures of the pages for a person to review: `npm run shots`. Nothing else runs them. */
export default defineConfig({
  root,
  test: {
    include: ["test/browser/shots.ts"],
    testTimeout: 180_000,
    hookTimeout: 180_000,
    globalSetup: ["test/support/database-server.ts", "test/browser/browser-broker.ts"],
  },
});
