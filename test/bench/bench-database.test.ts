import { Client } from "pg";
import { afterEach, expect, test, vi } from "vitest";
import { startBenchDatabase } from "./bench-database.ts";

afterEach(() => void vi.unstubAllEnvs());

test("without a server of somebody else's, a bench has one that makes databases", async () => {
  vi.stubEnv("DATABASE_URL", undefined);
  const bench = await startBenchDatabase();
  try {
    const made = await bench.withEmpty(async (url) => {
      const client = new Client({ connectionString: url });
      await client.connect();
      const { rows } = await client.query<{ name: string }>("SELECT current_database() AS name");
      await client.end();
      return rows[0]?.name;
    });
    expect(made).toMatch(/^tandem_bench_/);
  } finally {
    await bench.stop();
  }
});
