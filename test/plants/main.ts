import { parseArgs } from "node:util";
import type { Checkout } from "./checkout.ts";
import { copyOfCheckout } from "./checkout.ts";
import type { Notice, Plant } from "./plant.ts";
import { PLANTS } from "./plants.ts";
import { runTests, typeErrors } from "./run-tests.ts";

const USAGE = "npm run plants -- [NAME...] [--with TEST_FILE]\n";

/** A bug with the test that is to notice it. */
interface Sown {
  readonly plant: Plant;
  readonly notice: Notice;
}

/** What the command line asks for. @throws TypeError for options that there are not */
function requested(): readonly Sown[] {
  const options = { with: { type: "string" } } as const;
  const { values, positionals: names } = parseArgs({ allowPositionals: true, options });
  const unknown = names.filter((name) => PLANTS.every((plant) => plant.name !== name));
  if (unknown.length > 0) throw new TypeError(`No plant is called ${unknown.join(", ")}.`);
  return PLANTS.filter(({ name }) => names.length === 0 || names.includes(name)).map((plant): Sown => {
    const notice = values.with === undefined ? plant.noticedBy : { file: values.with, test: "" };
    return { plant, notice };
  });
}

async function plantEach(sown: readonly Sown[]): Promise<void> {
  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort(new Error("stopped by a person")));
  const begun = performance.now();
  const checkout = await copyOfCheckout();
  try {
    await mustBeSound(checkout, sown, stop.signal);
    let unnoticed = 0;
    for (const one of sown) if (!(await isNoticed(checkout, one, stop.signal))) unnoticed += 1;
    const seconds = Math.round((performance.now() - begun) / 1_000);
    say(`${sown.length - unnoticed} of ${sown.length} bugs were noticed, in ${seconds} s`);
    if (unnoticed > 0) process.exitCode = 1;
  } finally {
    await checkout.remove();
  }
}

/** A test that fails without a bug notices none, nor does one that is not there; and what does not compile is no bug. */
async function mustBeSound(checkout: Checkout, sown: readonly Sown[], signal: AbortSignal): Promise<void> {
  const changes = sown.flatMap(({ plant }) => plant.changes);
  const wrongTypes = await checkout.with(changes, () => typeErrors(checkout.root, signal));
  if (wrongTypes !== "") throw new Error(`these bugs do not compile:\n${wrongTypes}`);
  const notices = sown.map(({ notice }) => notice);
  const { passed, failed, broken } = await runTests(checkout.root, notices, signal);
  const wrong = [...broken, ...failed.map(({ name, failure }) => `${name}: ${failure}`)];
  if (wrong.length > 0) throw new Error(`without any bug these fail:\n${wrong.join("\n")}`);
  for (const { plant, notice } of sown)
    if (!passed.some((name) => name.includes(notice.test)))
      throw new Error(`${plant.name}: ${notice.file} ran no test whose name has: ${notice.test}`);
}

async function isNoticed(checkout: Checkout, { plant, notice }: Sown, signal: AbortSignal): Promise<boolean> {
  const { failed, broken } = await checkout.with(plant.changes, () =>
    runTests(checkout.root, [notice], signal),
  );
  if (broken.length > 0) throw new Error(`${plant.name}: ${broken.join("\n")}`);
  const [first] = failed;
  say(`${first === undefined ? "NOT NOTICED" : "noticed"}: ${plant.name}: ${plant.bug}`);
  if (first !== undefined) say(`  ${notice.file}: ${first.name}\n  ${first.failure}`);
  return first !== undefined;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/**
 * `npm run plants [-- NAME...] [-- --with TEST_FILE]`: plants each bug in a copy of the checkout and runs the test that has
 * to notice it, or all of another file. Exit code 1 where a bug was not noticed, 64 for wrong options.
 */
function plants(): Promise<void> {
  let sown: readonly Sown[];
  try {
    sown = requested();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    process.stderr.write(`${error.message}\n${USAGE}`);
    process.exitCode = 64;
    return Promise.resolve();
  }
  return plantEach(sown);
}

await plants();
