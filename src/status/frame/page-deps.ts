import type { MappingOnDisk } from "../../mapping/read-mapping.ts";
import type { NextRun } from "../../model/next-run.ts";
import type { Access } from "./access/access.ts";
import type { PageTasks } from "../../service/page-tasks.ts";
import type { StatusActions } from "../status-actions.ts";

/** What a page needs that reads and does for itself. */
export interface PageDeps {
  readonly act: StatusActions;
  readonly now: () => Date;
  /** Where longer work is left; only where the daemon is in this process. */
  readonly tasks?: PageTasks;
  /** Default: nobody is asked who they are. */
  readonly access?: Access;
  readonly nextRuns?: () => readonly NextRun[];
  readonly mappingFile?: () => MappingOnDisk | null;
}
