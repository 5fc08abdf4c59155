import type { PageTasks, PageTask } from "../../service/page-tasks.ts";
import type { Fragment } from "../frame/layout/html.ts";
import { html } from "../frame/layout/html.ts";
import type { Frame } from "../frame/layout/layout.ts";
import { csrfField } from "../frame/layout/layout.ts";
import { mayDo } from "../frame/access/role.ts";
import { timeElement } from "../parts/time-element.ts";

/** Younger than this, what is shown is as good as new: a run reads what changed each quarter of an hour. */
const OLD_MS = 15 * 60_000;

/** When a person's values were last known to stand, and the reading of them that somebody asked for. */
export interface ContactReading {
  /** `null` before the first look. */
  readonly at: Date | null;
  readonly task: PageTask | null;
  /** This process reads; another only shows. */
  readonly canRead: boolean;
}

/** A look that found no change of somebody vouches for them too, and so does a read of them alone. */
export function contactReading(
  { overview }: Frame,
  tasks: PageTasks | undefined,
  linkId: bigint,
): ContactReading {
  const task = tasks?.readOf(linkId) ?? null;
  const own = task?.state.kind === "ready" ? task.state.at : null;
  const lastSync = overview.lastFinishedAt;
  const at = own !== null && (lastSync === null || own > lastSync) ? own : lastSync;
  return { at, task, canRead: tasks !== undefined };
}

/** How old the values are, where they are old, and the way to have them read now. */
export function readingLine({ at, task, canRead }: ContactReading, frame: Frame, linkId: bigint): Fragment {
  const address = `/contacts/${String(linkId)}`;
  if (task?.state.kind === "working")
    return html`<p>
      Tandem is reading both systems, requested by <bdi>${task.by}</bdi> ${timeElement(task.at, frame.now)}.
      It waits for a run in progress. <a href="${address}">Refresh</a>
    </p>`;
  const failed = task?.state.kind === "failed" && html`<p>Reading failed: ${task.state.why}</p>`;
  if (at !== null && frame.now.getTime() - at.getTime() <= OLD_MS) return failed;
  const may = canRead && mayDo(frame.shell.visitor?.role ?? "viewer", "operator");
  return html`${failed}
    <form method="post" action="${address}/read" class="bare">
      <span
        >${at === null ? "These values have not been read completely yet." : html`Values read ${timeElement(at, frame.now)}.`}</span
      >
      ${may && html`${csrfField(frame.shell)}<button type="submit">Read now</button>`}
    </form>`;
}
