import { fork } from "node:child_process";
import { once } from "node:events";
import { nodeFlags } from "./node-flags.ts";

/** Result of one cycle. */
export interface CycleReport {
  readonly exitCode: number;
  readonly wallMs: number;
  /** User and system time of the engine's process while it synced; not what loading the program takes. */
  readonly cpuMs: number;
  /** The most memory the process ever held, loading included. */
  readonly peakBytes: number;
}

/** The engine in a fresh process: the product's own `tandem sync`, as often as it is asked. */
export interface Engine {
  /** @param command another command line than `sync` */
  cycle(command?: readonly string[]): Promise<CycleReport>;
  /** What it wrote to stdout and stderr, for when it failed. */
  said(): string;
  close(): Promise<void>;
}

export function startEngine(env: NodeJS.ProcessEnv, profile: string | null): Engine {
  const child = fork(new URL("engine-process.ts", import.meta.url), [], {
    env,
    silent: true,
    execArgv: [...nodeFlags(), ...(profile === null ? [] : ["--cpu-prof", `--cpu-prof-dir=${profile}`])],
  });
  let said = "";
  const listen = (chunk: unknown): void => void (said += String(chunk));
  child.stdout?.on("data", listen);
  child.stderr?.on("data", listen);
  return {
    async cycle(command = ["sync"]) {
      const ended = new AbortController();
      const failed = once(child, "exit", { signal: ended.signal }).then(() => {
        throw new Error(`The engine's process ended by itself:\n${said}`);
      });
      try {
        child.send(command);
        const [report] = (await Promise.race([once(child, "message"), failed])) as [CycleReport];
        return report;
      } finally {
        ended.abort();
        failed.catch(() => {});
      }
    },
    said: () => said,
    async close() {
      const ended = once(child, "exit");
      child.disconnect();
      await ended;
    },
  };
}
