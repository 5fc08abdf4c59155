import { SIDES } from "../../src/model/side.ts";
import { json } from "../../src/cli/json.ts";
import { startBenchDatabase } from "./bench-database.ts";
import type { BenchOptions } from "./options.ts";
import { USAGE, benchOptions } from "./options.ts";
import { reportDocument, reportText } from "./report.ts";
import { runEngagementScenario } from "./run-engagement.ts";
import { runScenarios } from "./run-scenarios.ts";
import type { Measured } from "./verdict.ts";
import { faultsOf } from "./verdict.ts";

/**
 * `npm run bench`: what Tandem spends in requests, time and memory, against rehearsal servers that count for themselves.
 * Exit code 1 where a scenario fails or spends more than is promised, 64 for wrong options.
 */
async function bench(options: BenchOptions): Promise<number> {
  const tell = (text: string): void => void process.stderr.write(text);
  const database = await startBenchDatabase();
  const measured: Measured[] = [];
  try {
    const sides = options.only === "engagement" ? [] : SIDES;
    for (const side of sides) measured.push(...(await runScenarios(side, options, database, tell)));
    measured.push(...(await runEngagementScenario(options, database, tell)));
  } finally {
    await database.stop();
  }
  process.stdout.write(options.json ? json(reportDocument(measured)) : reportText(measured));
  return measured.some((one) => faultsOf(one).length > 0) ? 1 : 0;
}

function optionsOrUsage(): BenchOptions | null {
  try {
    return benchOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}\n`);
    return null;
  }
}

const options = optionsOrUsage();
process.exitCode = options === null ? 64 : await bench(options);
