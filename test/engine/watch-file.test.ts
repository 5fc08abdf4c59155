import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { watchFile } from "../../src/service/watch-file.ts";

let folder: string;
let end = (): void => {};
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "tandem-watch-"))));
afterEach(() => {
  end();
  rmSync(folder, { recursive: true });
});

const file = () => join(folder, "mapping.yaml");

/** Watches, and answers what was called: changes taken up, and failures told. */
function watched(changed: () => Promise<void> = async () => {}) {
  const calls = { changed: vi.fn<() => Promise<void>>(changed), failed: vi.fn<(error: unknown) => void>() };
  end = watchFile(file(), calls.changed, { failed: calls.failed, againMs: 10 });
  return calls;
}

test("a file that is replaced, as editors do, is one change", async () => {
  writeFileSync(file(), "a");
  const { changed } = watched();
  writeFileSync(`${file()}.new`, "b");
  renameSync(`${file()}.new`, file());
  await expect.poll(() => changed.mock.calls.length).toBe(1);
});

test("a link whose target is swapped, as in a mounted configuration, is a change", async () => {
  for (const version of ["one", "two"]) writeFileSync(join(folder, version), version);
  symlinkSync("one", join(folder, "..data"));
  symlinkSync("..data", file());
  const { changed } = watched();
  symlinkSync("two", join(folder, "..data_new"));
  renameSync(join(folder, "..data_new"), join(folder, "..data"));
  await expect.poll(() => changed.mock.calls.length).toBe(1);
});

test("what cannot be taken up now is told, and tried again until it is", async () => {
  writeFileSync(file(), "a");
  const answers = [new Error("the database is away"), new Error("still away"), null];
  const { changed, failed } = watched(async () => {
    const wrong = answers.shift() ?? null;
    if (wrong !== null) throw wrong;
  });
  writeFileSync(file(), "b");
  await expect.poll(() => changed.mock.calls.length).toBe(3);
  expect(failed.mock.calls.flat()).toEqual([new Error("the database is away"), new Error("still away")]);
});
