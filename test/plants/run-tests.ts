import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Notice } from "./plant.ts";

/** How some tests ended. */
export interface TestEnds {
  readonly passed: readonly string[];
  readonly failed: readonly FailedTest[];
  /** Files that could not be loaded. */
  readonly broken: readonly string[];
}

export interface FailedTest {
  readonly name: string;
  /** The first line of the failure. */
  readonly failure: string;
}

/** What Vitest's reporter for JSON writes, as far as it is read here. */
export interface TestReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

/** A bug may make a test wait for ever, and a program work for ever. */
const LONGEST_TEST_MS = 60_000;
const LONGEST_RUN_MS = 30 * 60_000;

/**
 * Runs the tests of these files whose names contain one of the given parts.
 *
 * @param root of a checkout
 * @throws where the tests could not be run at all
 */
export async function runTests(
  root: string,
  notices: readonly Notice[],
  signal: AbortSignal,
): Promise<TestEnds> {
  const folder = await mkdtemp(join(tmpdir(), "tandem-plants-report-"));
  const output = join(folder, "report.json");
  const names = new Set(notices.map(({ test }) => literally(test)));
  try {
    const talk = await run(
      root,
      "vitest/vitest.mjs",
      [
        "run",
        "--config",
        "test/vitest.config.ts",
        "--maxWorkers=1",
        `--testTimeout=${LONGEST_TEST_MS}`,
        "--reporter=json",
        `--outputFile=${output}`,
        "--testNamePattern",
        [...names].join("|"),
        ...new Set(notices.map(({ file }) => file)),
      ],
      signal,
    );
    const report = await readFile(output, "utf8").catch(() => {
      throw new Error(`the tests could not be run:\n${talk}`);
    });
    return endsOf(JSON.parse(report) as TestReport);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @returns what the compiler says of a checkout; empty where it finds nothing wrong */
export function typeErrors(root: string, signal: AbortSignal): Promise<string> {
  // A bug may leave something unused.
  const mild = ["--noUnusedLocals", "false", "--noUnusedParameters", "false"];
  return run(root, "typescript/bin/tsc", ["--noEmit", ...mild], signal);
}

/** Runs a program of `node_modules`, but not for ever. @returns what it said */
async function run(
  root: string,
  program: string,
  args: readonly string[],
  stopped: AbortSignal,
): Promise<string> {
  const signal = AbortSignal.any([stopped, AbortSignal.timeout(LONGEST_RUN_MS)]);
  const path = join(root, "node_modules", program);
  const child = spawn(process.execPath, [path, ...args], { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  const stop = (): void => void child.kill("SIGTERM");
  signal.addEventListener("abort", stop, { once: true });
  let talk = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => void (talk += text));
  await once(child, "close");
  signal.removeEventListener("abort", stop);
  signal.throwIfAborted();
  return talk;
}

export function endsOf({ testResults }: TestReport): TestEnds {
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  return {
    passed: tests.filter(({ status }) => status === "passed").map(({ fullName }) => fullName),
    failed: tests
      .filter(({ status }) => status === "failed")
      .map(({ fullName, failureMessages: [message = ""] }) => ({
        name: fullName,
        failure: message.split("\n")[0] ?? "",
      })),
    broken: testResults
      .filter(({ assertionResults, message }) => assertionResults.length === 0 && message !== "")
      .map(({ name, message }) => `${name}: ${message}`),
  };
}

function literally(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
