import { readFileSync } from "node:fs";

/** The flags of Node that `npm run tandem` starts the engine with: what is measured is what people run. */
export function nodeFlags(script = "tandem"): readonly string[] {
  const { scripts } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
    readonly scripts: Readonly<Record<string, string>>;
  };
  const flags = /^(?:exec )?node (.*)src\/cli\/bin\.js/.exec(scripts[script] ?? "")?.[1];
  if (flags === undefined) throw new Error(`package.json does not start Tandem in its script ${script}`);
  return flags.split(" ").filter((flag) => flag !== "");
}
