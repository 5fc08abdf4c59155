// Makes `dist/`, which is what the npm package runs: Node does not read TypeScript below node_modules. The tree has the
// depth of `src/`, so every path that is relative to a file stays right. A checkout runs its sources and needs no build.
import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const dist = join(root, "dist");
const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");

rmSync(dist, { recursive: true, force: true });
execFileSync(process.execPath, [tsc, "-p", join(root, "deploy/package/tsconfig.json")], { stdio: "inherit" });
// What the sources read beside them: styles, scripts for the browser, lists.
for (const name of readdirSync(join(root, "src"), { recursive: true })) {
  if (!/\.(?:css|js|txt|svg|woff2)$/.test(name) || name === join("cli", "bin.js")) continue;
  cpSync(join(root, "src", name), join(dist, name), { errorOnExist: true, force: false });
}
chmodSync(join(dist, "cli", "bin.js"), 0o755);
