import type { ImportGraph } from "./imports.ts";

/**
 * Groups of files that import each other, directly or through others (the strongly connected components of two files or
 * more, by Tarjan's algorithm). Each group is sorted, and so are the groups.
 *
 * @param kind `run`: only imports that Node follows; `all`: imports of types, too
 */
export function circles(graph: ImportGraph, kind: "run" | "all"): readonly (readonly string[])[] {
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const open: string[] = [];
  const found: string[][] = [];
  const visit = (path: string): void => {
    const number = order.size;
    order.set(path, number);
    lowest.set(path, number);
    open.push(path);
    for (const { path: next, typeOnly } of graph.get(path) ?? []) {
      if (typeOnly && kind === "run") continue;
      if (!order.has(next)) visit(next);
      if (open.includes(next))
        lowest.set(path, Math.min(lowest.get(path) ?? number, lowest.get(next) ?? number));
    }
    if (lowest.get(path) !== number) return;
    const group = open.splice(open.indexOf(path));
    if (group.length > 1) found.push(group.sort());
  };
  for (const path of graph.keys()) if (!order.has(path)) visit(path);
  return found.sort((one, other) => (one[0] ?? "").localeCompare(other[0] ?? ""));
}
