#!/usr/bin/env -S node --max-semi-space-size=4 --heap-growing-percent=30
// On a machine with much memory V8 collects late, and a sync of 40,000 people grew to a gigabyte; these two bound it.
// Plain JavaScript, so that an old Node can still read it: it hands over to the Node that Tandem brings.
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { constants } from "node:os";
import { dirname, join } from "node:path";

const NEEDED = 24;
const FLAGS = ["--max-semi-space-size=4", "--heap-growing-percent=30"];

if (Number(process.versions.node.split(".")[0]) < NEEDED) handOver();
else await run();

async function run() {
  // The vendors' SDKs are some thousand files: compiled once, a command starts in half the time.
  const { enableCompileCache } = await import("node:module");
  enableCompileCache();
  const { main } = await import("../main.ts");
  const status = await main(process.argv.slice(2));
  // Once everything is said, it is over: neither a connection that nobody waits for any more nor what a package does
  // when the process runs out of work may hold it, or change its status.
  process.stderr.write("", () => process.stdout.write("", () => process.exit(status)));
}

function handOver() {
  const own = ownNode();
  if (own === null) {
    process.stderr.write(
      `tandem needs Node ${NEEDED} or newer, this is ${process.version}.\n` +
        "It brings its own where npm installs optional packages: install it again without --omit=optional.\n",
    );
    process.exit(64);
  }
  const child = spawn(own, [...FLAGS, ...process.argv.slice(1)], { stdio: "inherit" });
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  // A terminal gives Ctrl-C to both of us; sent by a program, it reaches only this one.
  process.on("SIGINT", () => void (process.stdin.isTTY || child.kill("SIGINT")));
  child.on("error", (error) => {
    process.stderr.write(`tandem could not start its own Node: ${error.message}\n`);
    process.exit(70);
  });
  child.on("exit", (code, signal) => {
    process.exit(code === null ? 128 + (constants.signals[signal] || 0) : code);
  });
}

/** The Node of the optional package for this system; `null` where it was not installed. */
function ownNode() {
  const windows = process.platform === "win32";
  try {
    const name = `node-${windows ? "win" : process.platform}-${process.arch}/package.json`;
    const folder = dirname(createRequire(import.meta.url).resolve(name));
    return join(folder, "bin", windows ? "node.exe" : "node");
  } catch {
    return null;
  }
}
