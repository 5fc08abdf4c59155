import { readFileSync } from "node:fs";
import { main } from "../../src/main.ts";
import type { CycleReport } from "./engine.ts";

/** Runs in its own process: one command for every message, measured from inside. */
process.on("message", (command: readonly string[]) => {
  void cycle(command).then((report) => process.send?.(report));
});

async function cycle(command: readonly string[]): Promise<CycleReport> {
  const before = process.cpuUsage();
  const begun = performance.now();
  const exitCode = await main([...command, "--json", "--quiet"]);
  const wallMs = performance.now() - begun;
  const { user, system } = process.cpuUsage(before);
  return { exitCode, wallMs, cpuMs: (user + system) / 1_000, peakBytes: peakBytes() };
}

/** Linux counts what the parent held when it forked into `maxRSS`; `VmHWM` begins with this program. */
function peakBytes(): number {
  if (process.platform !== "linux") return process.resourceUsage().maxRSS * 1_024;
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
  if (kilobytes === undefined) throw new Error("/proc/self/status does not tell the peak of memory");
  return Number(kilobytes) * 1_024;
}
