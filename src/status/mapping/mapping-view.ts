import type { Diagnostic } from "../../mapping/diagnostics/diagnostic.ts";
import type { PastHold } from "../../store/runs/hold-list.ts";
import type { MappingVersionRow } from "../../store/runs/mapping-history.ts";
import type { StoredMapping } from "../../store/runs/mapping-versions.ts";
import type { PageTask } from "../../service/page-tasks.ts";
import type { Frame } from "../frame/layout/layout.ts";
import type { ShownHold } from "./held-view.ts";
import type { ReadVersion } from "./mapping-in-use.ts";

/** The parts of the page, as the address names them. */
export const PARTS = [
  { part: "fields", label: "Fields" },
  { part: "rules", label: "Rules" },
  { part: "file", label: "File" },
  { part: "changes", label: "Changes" },
  { part: "limits", label: "Limits" },
  { part: "held", label: "Held changes" },
  { part: "dry-run", label: "Dry run" },
] as const;

export type Part = (typeof PARTS)[number]["part"];

/** What the mapping page shows. */
export interface MappingView {
  readonly frame: Frame;
  readonly part: Part;
  /** The version in use. */
  readonly used: ReadVersion;
  /** The file as it stands on the disk, where it is another one. */
  readonly disk: { readonly text: string; readonly diagnostics: readonly Diagnostic[] } | null;
  /** By field key. */
  readonly failing: ReadonlyMap<string, number>;
  readonly versions: readonly MappingVersionRow[];
  /** The version whose changes are shown, and the one before it. */
  readonly compared: { readonly now: StoredMapping; readonly before: StoredMapping | null } | null;
  readonly hold: ShownHold | null;
  /** Linked contacts: what a share of the limits is a share of. */
  readonly linked: number;
  readonly pastHolds: readonly PastHold[];
  readonly task: PageTask | null;
  /** Only where the daemon is beside the page. */
  readonly canDryRun: boolean;
}
