import { once } from "node:events";
import { expect } from "vitest";
import { startTandem } from "./command-line.ts";
import type { Company } from "./company.ts";

/** As long as work under way may take after a first signal; nothing here has that much to do. */
export const GRACE_MS = 25_000;

/** A daemon under test: what it said so far, and how to wait for more. */
export interface RunningDaemon {
  /** Waits until it said this; answers the first group. */
  says(words: RegExp): Promise<string>;
  url(): Promise<string>;
  /** All that it said: talk, and with it the log. */
  talk(): string;
  out(): string;
  signal(name: NodeJS.Signals): void;
  stop(): Promise<{ readonly status: unknown; readonly ms: number }>;
}

export function startDaemon(
  { env, folder }: Company,
  args: readonly string[] = [],
  more: Readonly<Record<string, string>> = {},
): RunningDaemon {
  const child = startTandem(["start", "--port", "0", ...args], {
    env: { ...env, ...more },
    cwd: folder.path,
  });
  let talk = "";
  let out = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => void (talk += text));
  child.stdout.setEncoding("utf8").on("data", (text: string) => void (out += text));
  const closed = once(child, "close");
  const says = async (words: RegExp): Promise<string> => {
    await expect.poll(() => talk + out, { interval: 50 }).toMatch(words);
    return words.exec(talk + out)?.[1] ?? "";
  };
  return {
    says,
    url: () => says(/status page: (http:\S+)/),
    talk: () => talk + out,
    out: () => out,
    signal: (name) => void child.kill(name),
    async stop() {
      const from = performance.now();
      child.kill("SIGTERM");
      const [status] = (await closed) as readonly unknown[];
      return { status, ms: performance.now() - from };
    },
  };
}
