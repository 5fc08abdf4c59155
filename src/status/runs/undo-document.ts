import type { Sheet } from "../../service/desk.ts";
import { exampleDocuments } from "../parts/plan-examples.ts";

/** What an undo came to, for programs. */
export function undoDocument(runId: bigint, sheet: Sheet | null): object {
  if (sheet === null) return { run: runId, state: "none" };
  const { work, by, at, state } = sheet;
  const about = { run: runId, work: work.kind, by, at, state: state.kind };
  if (state.kind === "working") return about;
  if (state.kind === "failed") return { ...about, why: state.why };
  if (state.found.kind === "undo")
    return { ...about, ...state.found, examples: exampleDocuments(state.found.examples) };
  return { ...about, ...state.found };
}
