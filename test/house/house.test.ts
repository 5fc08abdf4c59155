import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { circles } from "./circles.ts";
import type { Figures } from "./figures.ts";
import { importGraph } from "./imports.ts";
import { folderSizes, mean, median, rooms } from "./rooms.ts";
import type { Trips } from "./trips.ts";
import { unwantedWords } from "./unwanted-words.ts";

const run = promisify(execFile);

describe("the figures of the house", () => {
  it("tell imports at run time from imports of types", () => {
    const graph = importGraph([
      {
        path: "a/one.ts",
        text: `import type { Two } from "./two.ts";\nimport { three } from "../three.ts";\nimport "node:fs";`,
      },
      { path: "a/two.ts", text: `export type { One } from "./one.ts";\nexport { four } from "./four.ts";` },
      { path: "three.ts", text: `const four = await import("./a/four.ts");` },
      { path: "a/four.ts", text: `import { type Two } from "./two.ts";\nimport type { X } from "./two.ts";` },
    ]);
    expect(Object.fromEntries(graph)).toEqual({
      "a/one.ts": [
        { path: "a/two.ts", typeOnly: true },
        { path: "three.ts", typeOnly: false },
      ],
      "a/two.ts": [
        { path: "a/one.ts", typeOnly: true },
        { path: "a/four.ts", typeOnly: false },
      ],
      "three.ts": [{ path: "a/four.ts", typeOnly: false }],
      "a/four.ts": [{ path: "a/two.ts", typeOnly: false }],
    });
    expect(circles(graph, "run")).toEqual([["a/four.ts", "a/two.ts"]]);
    expect(circles(graph, "all")).toEqual([["a/four.ts", "a/one.ts", "a/two.ts", "three.ts"]]);
  });

  it("find each circle once, and none in what only branches", () => {
    const graph = (edges: Readonly<Record<string, string>>) =>
      new Map(
        Object.entries(edges).map(([from, to]) => [
          from,
          to.split("").map((path) => ({ path, typeOnly: false })),
        ]),
      );
    expect(circles(graph({ a: "bc", b: "d", c: "d", d: "" }), "run")).toEqual([]);
    expect(circles(graph({ x: "y", y: "x", a: "bx", b: "c", c: "a", d: "a" }), "run")).toEqual([
      ["a", "b", "c"],
      ["x", "y"],
    ]);
  });

  it("count a word in every form and in names, and a phrase across the lines of a comment", () => {
    const text =
      "/** Whoever\n * looks: what it\n * came to. */\nconst REFUSAL = lookAtRefusals(lookup, Outlook);";
    const found = unwantedWords([{ path: "look-at/refusals.ts", text }]);
    const counted = [...found].map(([word, paths]) => [word, paths.get("look-at/refusals.ts") ?? 0]);
    expect(counted.filter(([, count]) => count !== 0)).toEqual([
      ["refusal", 3],
      ["look", 3],
      ["What … came to", 1],
      ["whoever", 1],
    ]);
  });

  it("sum up rooms and folders", () => {
    const files = [
      { path: "a/b/one.ts", text: "1\n2\n" },
      { path: "a/two.ts", text: "1" },
      { path: "main.ts", text: "1" },
    ];
    expect(rooms(files)).toEqual([
      { name: "a", files: 2, lines: 3 },
      { name: "main.ts", files: 1, lines: 1 },
    ]);
    expect(folderSizes(["a/1", "a/2", "b/1"])).toEqual([
      ["a", 2],
      ["b", 1],
    ]);
    expect([median([3, 1, 2]), median([4, 1, 2, 3]), median([]), mean([1, 2]), mean([])]).toEqual([
      2, 2.5, 0, 1.5, 0,
    ]);
  });

  it("name the files that work for a contact and for a page, and no others", async () => {
    const { stdout } = await run("npm", ["run", "--silent", "house", "--", "--files"]);
    const { files, contactFiles, pageFiles } = JSON.parse(stdout) as Figures & { readonly files: Trips };
    const engine = ["lanes/contacts/run-contacts.ts", "reconcile/merge-field.ts", "write/write-page.ts"];
    expect(files.contact).toEqual(expect.arrayContaining(engine));
    expect(files.contact.filter((path) => /^(?:status|cli|sandbox)\//.test(path))).toEqual([]);
    expect(files.contact).toHaveLength(contactFiles);
    const page = ["status/errors/errors-page.ts", "status/frame/layout/layout.ts"];
    expect(files.pages["/errors"]).toEqual(expect.arrayContaining(page));
    expect(files.pages["/errors"]?.filter((path) => /^(?:write|connectors)\//.test(path))).toEqual([]);
    expect(files.pages["/errors"]).toHaveLength(pageFiles["/errors"] ?? 0);
  });
});
