import { clip } from "../../model/clip.ts";
import type { Problem } from "../../model/problem.ts";
import { SystemUnavailable } from "../../model/problem.ts";
import type { Side } from "../../model/side.ts";
import { SIDE_NAMES } from "../../model/side.ts";
import type { ConnectorLog } from "./connector-log.ts";

/** Pages that lead in a circle, or on without end: the pass is over, and nothing of it may count as complete. */
export class EndlessPages extends SystemUnavailable {}

/** Told of every cursor that leads on. @throws EndlessPages for one that was followed before, and past the limit */
export type PageGuard = (cursor: string | null) => void;

export interface GuardedPass {
  readonly side: Side;
  /** What is read, for people: `list 12`, `all profiles`. */
  readonly what: string;
  readonly log: ConnectorLog;
  /** The first cursor of a pass that is resumed. */
  readonly from?: string | null;
  /** How many pages the system's own count allows, where it told one. */
  readonly most?: number;
}

/** Ten million contacts at a hundred a page, ten times over. */
const MOST_PAGES = 1_000_000;
const AGAIN_MS = 5 * 60_000;

/** Watches the cursors of one pass. The first `null` or the first page of a pass needs no telling. */
export function pageGuard({ side, what, log, from = null, most = MOST_PAGES }: GuardedPass): PageGuard {
  const seen = new Set<string>(from === null ? [] : [from]);
  return (cursor) => {
    if (cursor === null) return;
    const circle = seen.has(cursor);
    seen.add(cursor);
    if (!circle && seen.size < most) return;
    log("pages led nowhere and the pass was ended", { what, pages: seen.size, circle: circle ? 1 : 0 });
    const problem = endless(side, what, circle ? null : most);
    throw new EndlessPages(side, problem, AGAIN_MS);
  };
}

/** At so many members, and so many a page, this many pages are plausible: counts lag, and pages may be short. */
export function plausiblePages(members: number | null, perPage: number): number {
  return members === null ? MOST_PAGES : 10 + 3 * Math.ceil(members / perPage);
}

function endless(side: Side, what: string, most: number | null): Problem {
  const system = SIDE_NAMES[side];
  const how =
    most === null
      ? `${system} sent a page of ${what} whose next page had been read before.`
      : `${system} sent more than ${most} pages of ${what}.`;
  return {
    code: "SK-PAGES",
    level: "connection",
    side,
    field: null,
    title: clip(`${system}'s pages of ${what} do not end`, 60),
    explanation: `${how} Tandem stopped reading there and concluded nothing from what was missing.`,
    fix: ["Tandem retries automatically.", `If it lasts, report it to ${system} support.`],
    retry: "soon",
    reference: null,
  };
}
