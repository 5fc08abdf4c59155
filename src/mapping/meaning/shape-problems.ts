import type { z } from "zod";
import type { Diagnostic, Finding, Path } from "../diagnostics/diagnostic.ts";
import { diagnostic, spell } from "../diagnostics/diagnostic.ts";
import { mappingFile } from "../schema/schema.ts";
import { SECRET_HELP } from "../schema/schema-connections.ts";
import { listed, suggest } from "../diagnostics/suggest.ts";
import type { YamlSource } from "../yaml/yaml-source.ts";
import { readAsOther } from "../yaml/yaml-source.ts";

/** Nobody reads more at once; more means that another kind of file was given. */
export const MOST_PROBLEMS = 200;

type Issue = z.core.$ZodIssue;

/** Everything that is not shaped as the schema says, one diagnostic a cause. `x-` keys at the top are free for anchors. */
export function shapeProblems(source: YamlSource): readonly Diagnostic[] {
  const top = source.value;
  if (!isRecord(top)) {
    const finding: Finding = {
      code: "M100",
      message: "a mapping consists of `key: value` lines",
      help: "`tandem init` writes a first mapping",
    };
    return [diagnostic(source.file, [], { ...source.place([], "value"), length: 1 }, finding)];
  }
  const known = Object.fromEntries(Object.entries(top).filter(([key]) => !key.startsWith("x-")));
  const misread = new Set(source.misread.map((each) => spell(each.path)));
  const issues = flatten(mappingFile.safeParse(known).error?.issues ?? [], [], known).slice(0, MOST_PROBLEMS);
  // Of an object with a key that nobody knows, Zod also says what the whole lacks: the same cause again.
  const typos = new Set(
    issues.filter(({ issue }) => issue.code === "unrecognized_keys").map((each) => spell(each.path)),
  );
  const found: Diagnostic[] = [...source.misread];
  for (const { path, issue } of issues) {
    if (misread.has(spell(path)) || (issue.code === "custom" && typos.has(spell(path)))) continue;
    if (issue.code === "unrecognized_keys") found.push(...unknownKeys(source, path, issue.keys, known));
    else if (!explainedByTypo(path, issues, known)) found.push(describe(source, path, issue, known));
  }
  return found;
}

/** Zod's issues with whole paths; of a union, the alternative whose kind of value was written. */
function flatten(
  issues: readonly Issue[],
  parent: Path,
  value: unknown,
): readonly { path: Path; issue: Issue }[] {
  return issues.flatMap((issue) => {
    const path = [...parent, ...issue.path.map((step) => (typeof step === "number" ? step : String(step)))];
    if (issue.code !== "invalid_union") return [{ path, issue }];
    const meant = issue.errors.find(
      (branch) => !branch.some((each) => each.path.length === 0 && each.code === "invalid_type"),
    );
    return meant === undefined || !isObject(valueAt(value, path))
      ? [{ path, issue }]
      : flatten(meant, path, value);
  });
}

function unknownKeys(
  source: YamlSource,
  path: Path,
  keys: readonly string[],
  top: unknown,
): readonly Diagnostic[] {
  const all = allowedKeys(path);
  const here = record(valueAt(top, path));
  const free = all.filter((name) => !Object.hasOwn(here, name));
  const where = path.length === 0 ? "at the top level" : `in ${spell(path)}`;
  return keys.slice(0, MOST_PROBLEMS).map((key) => {
    const { word } = suggest(key, free);
    const help = word === null ? `allowed here: ${listed(all)}` : `did you mean \`${word}\`?`;
    const finding: Finding = { code: "M101", message: `unknown key \`${key}\` ${where}`, help };
    return diagnostic(source.file, [...path, key], source.place([...path, key], "key"), finding);
  });
}

/** A missing key is not reported beside the misspelt one. */
function explainedByTypo(path: Path, issues: readonly { path: Path; issue: Issue }[], top: unknown): boolean {
  if (valueAt(top, path) !== undefined) return false;
  const parent = path.slice(0, -1);
  return issues.some(
    (each) =>
      each.issue.code === "unrecognized_keys" &&
      spell(each.path) === spell(parent) &&
      each.issue.keys.some((key) => {
        const { word, ties } = suggest(key, allowedKeys(parent));
        return word === path.at(-1) || ties.includes(String(path.at(-1)));
      }),
  );
}

function describe(source: YamlSource, path: Path, issue: Issue, top: unknown): Diagnostic {
  const value = valueAt(top, path);
  const at = (finding: Finding, part: "key" | "value" = "value"): Diagnostic =>
    diagnostic(source.file, path, source.place(path, part), finding);
  if (value === undefined) {
    const parent = path.slice(0, -1);
    const whole = parent.length === 0 ? "the mapping" : `\`${spell(parent)}\``;
    const finding: Finding = {
      code: "M103",
      message: `${whole} needs \`${String(path.at(-1))}\``,
      help: description(path) ?? "add it",
    };
    const place = parent.length === 0 ? { line: 1, column: 1, length: 1 } : source.place(parent, "key");
    return diagnostic(source.file, path, place, finding);
  }
  const subject = `\`${spell(path)}\``;
  if (SECRET_PATH.test(spell(path)) && typeof value !== "object") {
    return at({
      code: "M120",
      message: `${subject} must point at the secret, not contain it`,
      help: SECRET_HELP,
    });
  }
  if (value === null) {
    return at(
      { code: "M104", message: `${subject} has no value`, help: "give it one, or delete the line" },
      "key",
    );
  }
  if (issue.code === "invalid_value" && !issue.message.includes("\n")) {
    const allowed = issue.values.map(String);
    const written = source.written(path) ?? "a list or block";
    const { word } = suggest(written, allowed);
    const help = `${word === null ? "" : `did you mean \`${word}\`? `}allowed: ${listed(allowed)}`;
    return at({ code: "M102", message: `${subject} cannot be \`${written}\``, help });
  }
  const numberForText =
    issue.code === "invalid_type" && issue.expected === "string" && typeof value !== "object";
  if (numberForText && !issue.message.includes("\n")) {
    return at(readAsOther(source.written(path) ?? "", value, path));
  }
  if (issue.code === "invalid_type" && !issue.message.includes("\n")) {
    const help = HOW[issue.expected] ?? description(path);
    const message = `${subject} must be ${NAMES[issue.expected] ?? issue.expected}`;
    return at(
      { code: "M104", message, ...(help === null ? {} : { help }) },
      isObject(value) ? "key" : "value",
    );
  }
  const [text = "", help] = issue.message.split("\n");
  const message = text.startsWith(":") ? `${subject}${text}` : `${subject} ${ownWords(issue) ?? text}`;
  return at({ code: codeOf(issue), message, ...(help === undefined ? {} : { help }) });
}

/** The keys that name a secret. */
const SECRET_PATH =
  /^(?:connections\.\w+\.(?:token|client_secret|refresh_token|developer_key)|channels\.\w+\.(?:webhook|smtp|url|secret|routing_key))$/;

/** Words for numbers out of range, which the schema leaves to Zod. */
function ownWords(issue: Issue): string | null {
  if (issue.message.includes("\n")) return null;
  if (issue.code === "too_big") return `must be at most ${issue.maximum}`;
  if (issue.code === "too_small") return `must be at least ${issue.minimum}`;
  return issue.code === "invalid_format" ? "is not written as it must be" : null;
}

function codeOf(issue: Issue): `M${string}` {
  const code = issue.code === "custom" ? String(issue.params?.["code"] ?? "") : "";
  return code.startsWith("M") ? (code as `M${string}`) : "M105";
}

const NAMES: { readonly [expected: string]: string } = {
  object: "a block of `key: value` lines",
  record: "a block of `key: value` lines",
  array: "a list",
  number: "a number",
  int: "a whole number",
  boolean: "`true` or `false`",
  string: "text",
};

const HOW: { readonly [expected: string]: string } = {
  array: "begin each entry with `- `, or write `[a, b]`",
  boolean: "write `true` or `false`, without quotes",
};

/** What may stand in the object at a path, read off the schema itself. */
function allowedKeys(path: Path): readonly string[] {
  const schema = schemaAt(path);
  return schema !== null && "shape" in schema ? Object.keys(schema.shape as object) : [];
}

function description(path: Path): string | null {
  return schemaAt(path)?.description ?? null;
}

function schemaAt(path: Path): z.ZodType | null {
  let schema: z.ZodType | null = mappingFile;
  for (const step of path) {
    for (const option of alternatives(schema)) {
      schema = inner(option, step);
      if (schema !== null) break;
    }
  }
  return alternatives(schema).find((option) => "shape" in option) ?? schema;
}

function alternatives(schema: z.ZodType | null): readonly z.ZodType[] {
  if (schema === null) return [];
  const { def } = schema as unknown as { def: { innerType?: z.ZodType; options?: readonly z.ZodType[] } };
  if (def.innerType !== undefined) return alternatives(def.innerType);
  return def.options === undefined ? [schema] : def.options.flatMap(alternatives);
}

function inner(schema: z.ZodType, step: string | number): z.ZodType | null {
  if (typeof step === "number") return "element" in schema ? (schema.element as z.ZodType) : null;
  const shape = "shape" in schema ? (schema.shape as { readonly [key: string]: z.ZodType }) : {};
  return Object.hasOwn(shape, step) ? (shape[step] ?? null) : null;
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (at, step) =>
      isObject(at) && Object.hasOwn(at, step) ? (at as Record<string | number, unknown>)[step] : undefined,
    value,
  );
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return isObject(value) && !Array.isArray(value);
}

function record(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}
