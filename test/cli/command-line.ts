import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { parseEnv } from "node:util";
import { expect } from "vitest";
import type { App } from "../../src/cli/app.ts";
import { plainText } from "../../src/cli/plain-text.ts";
import { runProgram } from "../../src/cli/program.ts";
import { callTap } from "../../src/service/call-tap.ts";
import { connect, connectorLog } from "../../src/main.ts";

/** Result of a command line. */
export interface Ended {
  readonly status: number | null;
  readonly out: string;
  readonly talk: string;
}

const BIN = new URL("../../src/cli/bin.js", import.meta.url).pathname;

/** Nothing of the person who runs the tests: no keys, no database, no colours. */
function bareEnvironment(): Record<string, string> {
  const { PATH = "", HOME = "" } = process.env;
  return { PATH, HOME };
}

/** Starts `tandem` as a user's shell would, without a terminal. */
export function startTandem(
  args: readonly string[],
  { env = {}, cwd }: { readonly env?: Readonly<Record<string, string>>; readonly cwd?: string } = {},
) {
  return spawn(process.execPath, [BIN, ...args], {
    env: { ...bareEnvironment(), ...env },
    stdio: ["ignore", "pipe", "pipe"],
    ...(cwd === undefined ? {} : { cwd }),
  });
}

/** Runs `tandem` to its end, as a process. */
export async function tandemProcess(
  args: readonly string[],
  options: Parameters<typeof startTandem>[1] = {},
): Promise<Ended> {
  const child = startTandem(args, options);
  const closed = new Promise<number | null>((resolve) => child.once("close", resolve));
  const [out, talk, status] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
  const ended = { status, out, talk };
  expectReadable(ended);
  return ended;
}

interface Typed {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Answers the questions of a command as somebody at a terminal; without it nobody sits there. */
  readonly answer?: (question: string) => string;
}

/** Runs the command line `tandem` to its end in this process, which spares the start of one for each. */
export async function tandem(args: readonly string[], typed: Typed = {}): Promise<Ended> {
  const said = { out: "", talk: "" };
  const app = appFor(said, typed);
  const status = await inFolder(typed.cwd, () => runProgram(app, args));
  const ended = { status, ...said };
  expectReadable(ended);
  return ended;
}

/** The world of one command: this environment and nothing of the one that runs the tests. */
export function appFor(said: { out: string; talk: string }, { env = {}, answer }: Typed = {}): App {
  const out = (words: string): void => void (said.out += words);
  const talk = (words: string): void => void (said.talk += words);
  const never = new AbortController().signal;
  const set: Record<string, string | undefined> = { ...bareEnvironment(), ...env };
  const calls = callTap();
  const app: App = {
    calls,
    out: (words) => out(plainText(words)),
    talk: (words) => talk(plainText(words)),
    raw: { out, talk },
    log: { write: talk },
    watched: false,
    outWatched: false,
    ask: answer === undefined ? null : async (question) => Promise.resolve(answer(question)),
    env: set,
    // As Node does: what is set already stays.
    setEnv: (name, value) => void (set[name] = value),
    loadEnv: (path) => void Object.assign(set, { ...parseEnv(readFileSync(path, "utf8")), ...set }),
    shown: { zone: "UTC" },
    onReload: () => () => {},
    now: () => new Date(),
    newId: randomUUID,
    stopping: never,
    signal: never,
    connect: async (mapping, secrets, database) =>
      connect(mapping, secrets, database, await connectorLog(app, mapping.name), {}, calls),
  };
  return app;
}

let commandsInFolder = 0;
const HOME_FOLDER = process.cwd();

/** A process has one working folder: commands that run at once have to share it. */
async function inFolder<T>(folder: string | undefined, command: () => Promise<T>): Promise<T> {
  if (folder === undefined) return command();
  process.chdir(folder);
  commandsInFolder += 1;
  try {
    return await command();
  } finally {
    commandsInFolder -= 1;
    if (commandsInFolder === 0) process.chdir(HOME_FOLDER);
  }
}

/** What no output may hold, whatever went wrong: traces, holes, keys, and what steers a terminal. */
function expectReadable({ out, talk }: Ended): void {
  for (const said of [out, talk]) {
    expect(said).not.toMatch(/\[object Object\]|\bundefined\b|\bNaN\b|^\s+at .+\(.+:\d+:\d+\)/m);
    expect(said).not.toMatch(/pat-eu1-|pk_sandbox/);
    // oxlint-disable-next-line no-control-regex -- these are what is looked for
    expect(said).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
  }
}

const SCREEN_LINES = 24;

/** One screen: anybody who reads a failure must not have to scroll for its cause. */
export function expectOneScreen(said: string): void {
  expect(said.trimEnd().split("\n").slice(SCREEN_LINES)).toEqual([]);
}

/** A folder of this test's own. */
export interface Folder {
  readonly path: string;
  write(name: string, content: string | Uint8Array): Promise<string>;
  remove(): Promise<void>;
}

export async function makeFolder(): Promise<Folder> {
  const path = await mkdtemp(join(tmpdir(), "tandem-cli-"));
  return {
    path,
    async write(name, content) {
      await writeFile(join(path, name), content);
      return join(path, name);
    },
    remove: () => rm(path, { recursive: true, force: true }),
  };
}
