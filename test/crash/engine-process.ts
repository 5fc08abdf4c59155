import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";

/** One `tandem sync` as its own process, that has loaded its code and waits. */
export interface EngineProcess {
  start(): void;
  /** SIGKILL: no handler runs, nothing is flushed. */
  kill(): void;
  /** When it is over. `code` is null where it was killed. */
  readonly ended: Promise<{ readonly code: number | null; readonly words: string }>;
}

const ROOT = new URL("../..", import.meta.url).pathname;
const WAIT = new URL("wait-for-start.ts", import.meta.url).href;

export function engineProcess(
  config: string,
  environment: Readonly<Record<string, string>>,
  cache: string,
): EngineProcess {
  const child = spawn(
    process.execPath,
    ["--import", WAIT, "src/cli/bin.js", "sync", "--config", config, "--json"],
    {
      cwd: ROOT,
      env: { ...process.env, ...environment, NODE_COMPILE_CACHE: cache },
      stdio: ["pipe", "pipe", "pipe"],
    },
  );
  // Ending the input of a process that was killed meanwhile fails, and nobody has to know.
  child.stdin.on("error", () => {});
  const over = async () => {
    const [[code], out, talk] = await Promise.all([
      once(child, "close"),
      text(child.stdout),
      text(child.stderr),
    ]);
    return { code: code as number | null, words: `${talk}\n${out}` };
  };
  return { start: () => child.stdin.end(), kill: () => void child.kill("SIGKILL"), ended: over() };
}
