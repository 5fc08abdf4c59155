import { parseArgs } from "node:util";
import { figures } from "./figures.ts";
import { reportText } from "./report.ts";
import { measureTrips } from "./trips.ts";

/** `npm run house [-- --json] [-- --files]`: the figures of the house. Exit code 64 for wrong options. */
async function house(): Promise<void> {
  const { values } = parseArgs({
    options: { json: { type: "boolean", default: false }, files: { type: "boolean", default: false } },
  });
  const trips = await measureTrips();
  const found = figures(trips);
  const files = values.files ? { files: trips } : {};
  if (values.json || values.files)
    process.stdout.write(`${JSON.stringify({ ...found, ...files }, null, 2)}\n`);
  else process.stdout.write(reportText(found));
}

try {
  await house();
} catch (error) {
  if (!(error instanceof TypeError && "code" in error)) throw error;
  process.stderr.write(`${error.message}\nnpm run house -- [--json] [--files]\n`);
  process.exitCode = 64;
}
