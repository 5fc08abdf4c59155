import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { readSecret } from "../../src/mapping/read-secret.ts";

const folder = mkdtempSync(join(tmpdir(), "secret-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(content: string): { readonly file: string } {
  const path = join(folder, "key");
  writeFileSync(path, content);
  return { file: path };
}

describe("a secret", () => {
  test("is read from a file or a variable, without the white space round it", () => {
    expect(readSecret(file("pk_1\n"))).toEqual({ secret: "pk_1" });
    expect(readSecret(file("  pk_1\r\n\n"))).toEqual({ secret: "pk_1" });
    expect(readSecret({ env: "KEY" }, { KEY: " pk_1 " })).toEqual({ secret: "pk_1" });
  });

  test("that is missing or empty is a problem that names its place", () => {
    expect(readSecret({ env: "KEY" }, {})).toEqual({
      wrong: "environment variable KEY is not set",
      fix: "Set KEY, or KEY_FILE to a file that holds the key.",
    });
    expect(readSecret({ env: "toString" }, {})).toHaveProperty("wrong");
    expect(readSecret({ env: "KEY" }, { KEY: " " })).toMatchObject({
      wrong: "environment variable KEY is empty",
    });
    expect(readSecret(file("\n"))).toMatchObject({ wrong: `file ${join(folder, "key")} is empty` });
    expect(readSecret({ file: join(folder, "none") })).toMatchObject({
      wrong: `file ${join(folder, "none")} cannot be read: it does not exist`,
    });
  });

  test("is read from the file that a second variable names, and from one place only", () => {
    const path = file("pk_1\n").file;
    expect(readSecret({ env: "KEY" }, { KEY_FILE: path })).toEqual({ secret: "pk_1" });
    expect(readSecret({ env: "KEY" }, { KEY: "pk_2", KEY_FILE: path })).toEqual({
      wrong: "KEY and KEY_FILE are both set",
      fix: "Remove one of them.",
    });
    expect(readSecret({ env: "KEY" }, { KEY_FILE: join(folder, "none") })).toMatchObject({
      wrong: `file ${join(folder, "none")} cannot be read: it does not exist`,
    });
  });

  test("is one word that can be sent in a header, and is not told where it is not", () => {
    const read = readSecret(file("pk_1\npk_2\n"));
    expect(read).toMatchObject({ wrong: `file ${join(folder, "key")} holds more than one key` });
    expect(JSON.stringify(read)).not.toContain("pk_");
    expect(readSecret({ env: "KEY" }, { KEY: "pk_\u00e9" })).toHaveProperty("wrong");
  });
});
