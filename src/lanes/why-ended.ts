import type { Deps } from "./deps.ts";

/** Note of a run that an exception ended which is no `SystemUnavailable`. */
export function whyEnded({ stopping }: Pick<Deps, "stopping">): string {
  return stopping.aborted
    ? "Stopped by a person; the next run continues"
    : "Stopped by a bug in Tandem; see the log";
}
