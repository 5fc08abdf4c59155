import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { removeEmbeddedDatabase } from "../../src/store/database/embedded.ts";
import type { Folder } from "./command-line.ts";
import { makeFolder, startTandem, tandemProcess } from "./command-line.ts";

const ARGS = ["demo", "--contacts", "60", "--port", "0"];
/** As a user of Tandem may well have it; the demo has no business with it. */
const A_REAL_DATABASE = { DATABASE_URL: "postgresql://nobody@127.0.0.1:1/real" };

let folder: Folder;
let kept: string;
const children = new Set<ReturnType<typeof startTandem>>();

beforeAll(async () => {
  folder = await makeFolder();
  kept = join(folder.path, ".tandem", "demo");
});
afterAll(async () => {
  for (const child of children) child.kill("SIGKILL");
  await removeEmbeddedDatabase(kept);
  await folder.remove();
});

interface Demo {
  /** Resolves when it has said this. */
  said(words: string): Promise<void>;
  /** Ends it as Ctrl-C through npm does: the terminal's signal, and npm's own right after. */
  stop(): Promise<{ readonly status: number | null; readonly text: string }>;
}

function startDemo(): Demo {
  const child = startTandem(ARGS, { cwd: folder.path, env: A_REAL_DATABASE });
  children.add(child);
  let text = "";
  const listening = new Set<() => void>();
  const hear = (part: Buffer): void => {
    text += part.toString();
    for (const listen of listening) listen();
  };
  child.stdout.on("data", hear);
  child.stderr.on("data", hear);
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  return {
    said: (words) =>
      new Promise((resolve, reject) => {
        const listen = (): void => (text.includes(words) ? resolve() : undefined);
        listening.add(listen);
        listen();
        child.once("close", () => reject(new Error(`it ended and never said "${words}":\n${text}`)));
      }),
    async stop() {
      child.kill("SIGINT");
      child.kill("SIGINT");
      const status = await ended;
      children.delete(child);
      return { status, text };
    },
  };
}

test("the demo ends in order with Ctrl-C, and continues with the same people when it is run again", async () => {
  const first = startDemo();
  await first.said("A made-up edit on each side follows");
  const second = await tandemProcess([...ARGS, "--fresh"], { cwd: folder.path });
  expect(second).toMatchObject({ status: 75, talk: expect.stringContaining("is running from") });
  const begun = await first.stop();
  expect(begun.status).toBe(0);
  // Sixty and the twelve that are broken, with the three who own somebody's number.
  expect(begun.text).toContain("Starts with 75 people");
  expect(begun.text).toMatch(/First sync, \d+ seconds?: \d+ contacts read; \d+ created, \d+ updated/);
  expect(existsSync(join(kept, "postgres", "postmaster.pid"))).toBe(false);

  const again = startDemo();
  await again.said("A made-up edit on each side follows");
  const continued = await again.stop();
  expect(continued.status).toBe(0);
  expect(continued.text).toMatch(/Continues from \d+ \w+ \d+, [\d:]+: 75 people\.\n/);
  expect(continued.text).toContain("nothing to write, because nothing was edited meanwhile");
  expect(addresses(continued.text)).toEqual(addresses(begun.text));
  expect(existsSync(join(kept, "postgres", "postmaster.pid"))).toBe(false);
  // Nobody watches on a terminal here: nothing of what was said steers one.
  expect(begun.text + continued.text).not.toMatch(/[^\n\P{Cc}]/u);
});

function addresses(text: string): readonly string[] {
  return ["HubSpot", "Klaviyo"].map((name) => new RegExp(`${name} +(http://\\S+)`).exec(text)?.[1] ?? "");
}
