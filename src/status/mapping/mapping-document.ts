import { maskLine } from "../../mapping/diagnostics/mask-secrets.ts";
import { exampleDocuments } from "../parts/plan-examples.ts";
import type { MappingView } from "./mapping-view.ts";

/** The mapping page for programs: the whole text, what is wrong with it, and what is held. */
export function mappingDocument(view: MappingView): object {
  const { frame, used, disk, failing, versions, hold, pastHolds, task } = view;
  const lines = used.source.split("\n");
  return {
    connection: frame.overview.name,
    at: frame.now,
    version: used.version,
    loadedAt: used.loadedAt,
    hash: used.hash,
    text: lines.map((line, index) => maskLine(line, lines[index - 1] ?? "")).join("\n"),
    diagnostics: used.diagnostics,
    disk: disk === null ? null : { diagnostics: disk.diagnostics },
    fields: used.mapping?.fields.map(({ key, property, direction, line }) => ({
      key,
      property,
      direction,
      line,
      failing: failing.get(key) ?? 0,
    })),
    versions,
    held: hold === null ? null : { ...hold.waiting, samples: hold.changes.map(({ words }) => words) },
    pastHolds,
    dryRun: dryRun(task),
  };
}

function dryRun(task: MappingView["task"]): object | null {
  if (task === null) return null;
  const { state, by, at } = task;
  if (state.kind !== "ready" || state.found.kind !== "dry_run") return { state: state.kind, by, at };
  const { totals, contacts, exceeded, cost, examples, problems } = state.found;
  return {
    state: "ready",
    by,
    at: state.at,
    totals,
    contacts,
    exceeded,
    cost,
    problems: Object.fromEntries(problems),
    people: exampleDocuments(examples),
  };
}
