import type { Document, Node, Pair, YAMLMap } from "yaml";
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from "yaml";
import type { Diagnostic, Finding, Path, Place } from "../diagnostics/diagnostic.ts";
import { diagnostic, spell } from "../diagnostics/diagnostic.ts";
import { MOST_ALIASES, TOO_MANY_ALIASES } from "./lexical-excess.ts";
import { preScan } from "./pre-scan.ts";
import { CRON_NEEDS_QUOTES, explainYamlError } from "./yaml-errors.ts";

/** A mapping text as data, and where in the text each piece stands. */
export interface YamlSource {
  readonly file: string;
  readonly value: unknown;
  /** Where a key or a value stands; for what is missing, the nearest thing that contains it. */
  readonly place: (path: Path, part: "key" | "value") => Place;
  /** What was written for a single value, before YAML turned it into a number, `true` or nothing. */
  readonly written: (path: Path) => string | null;
  /** Numbers that YAML read other than they are written: `0123`, `+49…`, `12E456`. They are wrong wherever they stand. */
  readonly misread: readonly Diagnostic[];
}

/** Reads YAML 1.2 with the parts that no mapping needs refused; stops at the first thing that is wrong. */
export function yamlSource(text: string, file: string): YamlSource | Diagnostic {
  const refused = preScan(text, file);
  if (refused !== null) return refused;
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    // The parser compares every key with every other; `refusedNode` looks each up instead.
    uniqueKeys: false,
    // Keys stay as written: `01` and `true` are option values of HubSpot, not a number and a truth.
    stringKeys: true,
    prettyErrors: false,
    logLevel: "error",
    version: "1.2",
  });
  const span = (start: number, end: number): Place => placeOf(text, lines, start, end);
  const first = document.errors.toSorted((a, b) => a.pos[0] - b.pos[0])[0];
  if (first !== undefined) {
    const { at, finding } = explainYamlError(text, first);
    return diagnostic(file, [], span(at, at + 1), finding);
  }
  const pairs = pairIndex();
  const place = (path: Path, part: "key" | "value"): Place => {
    const node = find(document, path, part, pairs) ?? document.contents;
    return node?.range ? span(node.range[0], node.range[1]) : { line: 1, column: 1, length: 1 };
  };
  const rejected = refusedNode(document, span);
  if (rejected !== null) return diagnostic(file, [], rejected.place, rejected.finding);
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: MOST_ALIASES });
  } catch {
    return diagnostic(file, [], span(0, 1), TOO_MANY_ALIASES);
  }
  const misread: Diagnostic[] = [];
  for (const { path, node } of nodes(document.contents, [])) {
    const finding =
      path[0] !== undefined && !String(path[0]).startsWith("x-") ? misreadNumber(node, path) : null;
    if (finding !== null) misread.push(diagnostic(file, path, place(path, "value"), finding));
  }
  const written = (path: Path): string | null => {
    const node = find(document, path, "value", pairs);
    return isScalar(node) ? (node.source ?? null) : null;
  };
  return { file, value, place, written, misread };
}

/** The words for a value that YAML made a number of, though its digits say more than the number. */
function misreadNumber(node: Node | null, path: Path): Finding | null {
  if (!isScalar(node) || typeof node.value !== "number" || node.source === String(node.value)) return null;
  return readAsOther(node.source ?? "", node.value, path);
}

/** A text that YAML reads as something else unless it is quoted. */
export function readAsOther(written: string, value: unknown, path: Path): Finding {
  const what = typeof value === "number" ? `the number ${value}` : String(value);
  const key = path.findLast((step) => typeof step === "string") ?? "";
  const quoted = path.at(-1) === key ? `${key}: "${written}"` : `"${written}"`;
  return {
    code: "M015",
    message: `\`${spell(path)}\` is read as ${what}, because \`${written}\` has no quotes`,
    help: `put quotes around it: \`${quoted}\``,
  };
}

function placeOf(text: string, lines: LineCounter, start: number, end: number): Place {
  const { line, col } = lines.linePos(start);
  const newline = text.indexOf("\n", start);
  const stop = Math.min(end, newline === -1 ? text.length : newline);
  return { line, column: col, length: text.slice(start, stop).trimEnd().length };
}

/** Finds a node by path; aliases are followed to what they stand for. */
function find(document: Document.Parsed, path: Path, part: "key" | "value", pairs: PairIndex): Node | null {
  let node: Node | null = document.contents;
  let key: Node | null = null;
  for (const step of path) {
    if (isAlias(node)) node = node.resolve(document) ?? null;
    if (isMap(node)) {
      const pair = pairs(node).get(String(step));
      if (pair === undefined) return key ?? node;
      key = pair.key as Node;
      node = (pair.value ?? pair.key) as Node;
    } else if (isSeq(node)) {
      const item = node.items[Number(step)] as Node | undefined;
      if (item === undefined) return key ?? node;
      // An entry of a list has no key: its first one stands for it.
      const firstKey = isMap(item) ? (item.items[0]?.key as Node | undefined) : undefined;
      key = firstKey ?? item;
      node = item;
    } else return key;
  }
  return part === "key" ? key : node;
}

type PairIndex = (map: YAMLMap) => ReadonlyMap<string, Pair>;

/** The pairs of each map by key, made when first asked for: a search for each of ten thousand keys would take minutes. */
function pairIndex(): PairIndex {
  const known = new WeakMap<YAMLMap, ReadonlyMap<string, Pair>>();
  return (map) => {
    const found =
      known.get(map) ??
      new Map(map.items.map((pair) => [isScalar(pair.key) ? String(pair.key.value) : "", pair]));
    known.set(map, found);
    return found;
  };
}

/** Every node with its path, parents first; aliases are not entered, so that each node comes once. */
function* nodes(
  node: Node | null,
  path: Path,
): Generator<{ path: Path; node: Node | null; key: Node | null }> {
  yield { path, node, key: null };
  if (isMap(node)) {
    for (const pair of node.items) {
      const key = pair.key as Node;
      const below = [...path, isScalar(key) ? String(key.value) : ""];
      let first = true;
      for (const inner of nodes(pair.value as Node | null, below)) {
        yield first ? { ...inner, key } : inner;
        first = false;
      }
    }
  } else if (isSeq(node)) {
    for (const [index, item] of node.items.entries()) yield* nodes(item as Node | null, [...path, index]);
  }
}

/** The first use of a part of YAML that no mapping needs and that changes what a reader seems to read. */
function refusedNode(
  document: Document.Parsed,
  span: (start: number, end: number) => Place,
): { place: Place; finding: Finding } | null {
  const refuse = (node: Node, finding: Finding) => ({
    place: span(node.range?.[0] ?? 0, node.range?.[1] ?? 1),
    finding,
  });
  if (document.directives.yaml.explicit === true || Object.keys(document.directives.tags).length > 1) {
    const finding = {
      code: "M016",
      message: "directives (`%…`) are not allowed",
      help: "delete the line",
    } as const;
    return { place: span(0, 1), finding };
  }
  const anchors = new Map<string, Node>();
  const keys = new Set<string>();
  for (const { path, node, key } of nodes(document.contents, [])) {
    const name = isScalar(key) ? String(key.value) : null;
    if (key !== null && keys.size === keys.add(JSON.stringify(path)).size) {
      const message = `key \`${name ?? ""}\` appears twice in the same entry`;
      const finding = { code: "M011", message, help: "delete one of the two" } as const;
      return { place: { ...refuse(key, finding).place, length: 1 }, finding };
    }
    if (key !== null && name === "<<") {
      const help = "anchors may stand for whole values only; repeat the keys, or use `defaults:`";
      return refuse(key, { code: "M017", message: "merge keys (`<<`) are not allowed", help });
    }
    if (key !== null && name === "__proto__") {
      return refuse(key, {
        code: "M109",
        message: "`__proto__` is not allowed as a name",
        help: "use another name",
      });
    }
    const tagged = [key, node].find((each) => each?.tag !== undefined && each.tag !== "");
    if (tagged) {
      const help = "delete it; put quotes around a value that must stay text";
      return refuse(tagged, { code: "M016", message: "tags (`!…`) are not allowed", help });
    }
    if (node !== null && !isAlias(node) && node.anchor !== undefined) anchors.set(node.anchor, node);
    if (!isAlias(node)) continue;
    const target = anchors.get(node.source);
    if (target === undefined && node.source.startsWith("/")) {
      return refuse(node, { code: "M014", message: CRON_NEEDS_QUOTES, help: `write \`"*${node.source}"\`` });
    }
    if (target === undefined) {
      const message = `\`*${node.source}\` refers to an anchor that is not above it`;
      return refuse(node, {
        code: "M018",
        message,
        help: "define it with `&NAME` further up, or put quotes around a `*`",
      });
    }
    if ((node.range?.[0] ?? 0) < (target.range?.[1] ?? 0)) {
      const message = `\`*${node.source}\` contains itself`;
      return refuse(node, { code: "M018", message, help: "an anchor cannot be used inside its own value" });
    }
  }
  return null;
}
