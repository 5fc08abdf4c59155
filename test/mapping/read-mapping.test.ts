import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { formatDiagnostics } from "../../src/mapping/diagnostics/format-diagnostics.ts";
import { readMapping } from "../../src/mapping/read-mapping.ts";
import { mappingText } from "./mapping-text.ts";

const folder = mkdtempSync(join(tmpdir(), "mapping-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const codes = (path: string) => readMapping(path).diagnostics.map((each) => each.code);

test("a file that is right gives its mapping and its text", () => {
  const read = readMapping(file("right.yaml", mappingText()));
  expect(read.diagnostics).toEqual([]);
  expect(read.mapping?.name).toBe("test");
  expect(read.text).toBe(mappingText());
});

test("a file that is not there", () => {
  const path = join(folder, "nothing.yaml");
  expect(codes(path)).toEqual(["M001"]);
  expect(codes(join(file("a.yaml", ""), "below"))).toEqual(["M001"]);
  expect(formatDiagnostics(readMapping(path).diagnostics, "")).toBe(
    `${path}:1:1: error[M001]: there is no such file\n  = help: \`tandem init\` writes one, \`--config PATH\` names another\n\n1 error in ${path}\n`,
  );
});

test("a folder", () => {
  mkdirSync(join(folder, "folder"));
  expect(codes(join(folder, "folder"))).toEqual(["M002"]);
});

test("a path that no file can have", () => {
  expect(codes("a\0b")).toEqual(["M003"]);
  expect(codes(join(folder, "x".repeat(5_000)))).toEqual(["M003"]);
});

test.skipIf(process.platform === "win32")("a pipe that nobody writes to is not waited for", () => {
  const path = join(folder, "pipe");
  execFileSync("mkfifo", [path]);
  expect(codes(path)).toEqual(["M003"]);
});

test("a file that is not UTF-8", () => {
  expect(codes(file("latin1.yaml", Buffer.from("name: Müller\n", "latin1")))).toEqual(["M004"]);
  expect(codes(file("utf16.yaml", Buffer.from(`\ufeff${mappingText()}`, "utf16le")))).toEqual(["M004"]);
});

test("a byte order mark is seen, not swallowed", () => {
  expect(codes(file("bom.yaml", `\ufeff${mappingText()}`))).toEqual(["M008"]);
});

test("a file that is too large is not read", () => {
  expect(codes(file("large.yaml", "#".repeat(256 * 1024 + 1)))).toEqual(["M005"]);
  expect(codes(file("just.yaml", "#".repeat(256 * 1024)))).toEqual(["M007"]);
});
