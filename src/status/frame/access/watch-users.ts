import type { Store } from "../../../store/database/store.ts";
import type { Logger } from "pino";
import type { Problem } from "../../../model/problem.ts";
import type { BadAccess } from "./bad-access.ts";
import { saveConnectionProblems } from "../../../store/runs/runs.ts";

export interface WatchedUsers {
  readonly store: Store;
  /** What is wrong with the users file now; `null` where nothing is. */
  readonly wrong: () => BadAccess | null;
  readonly now: () => Date;
  readonly log: Logger;
}

/** A broken file is told within this time. */
const EVERY_MS = 5_000;

/**
 * Tells on the overview, in `tandem status` and in the log that the users file broke while the daemon runs, and takes that
 * back once it is fixed. Sign-ins follow the file at every request all the while: a line that cannot be read lets nobody in.
 *
 * @returns ends the watch
 */
export function watchUsers(watched: WatchedUsers): () => void {
  const tell = usersTeller(watched);
  let telling = Promise.resolve();
  const next = (): void => {
    // A database that is away is told by the lanes; the next look tells this.
    telling = telling.then(tell).catch(() => {});
  };
  next();
  const timer = setInterval(next, EVERY_MS);
  return () => clearInterval(timer);
}

/** Looks at the users file, and tells what has changed since the last look. */
export function usersTeller(watched: WatchedUsers): () => Promise<void> {
  // A problem that an earlier process told is taken back, too.
  let told: string | null = "";
  return async () => {
    const wrong = watched.wrong();
    const message = wrong?.message ?? null;
    if (message === told) return;
    await tell(watched, wrong);
    told = message;
  };
}

async function tell({ store, now, log }: WatchedUsers, wrong: BadAccess | null): Promise<void> {
  const problems = wrong === null ? [] : [problemOf(wrong)];
  const healed = await saveConnectionProblems(store, "access", problems, now());
  if (wrong !== null) log.warn({ problem: "SK-USERS" }, `${wrong.why} ${wrong.fix}`);
  else if (healed > 0) log.info({ problem: "SK-USERS" }, "the users file can be used again");
}

function problemOf({ why, fix }: BadAccess): Problem {
  return {
    code: "SK-USERS",
    level: "mapping",
    side: null,
    field: null,
    title: "The users file has an error",
    explanation: `${why} A line that can't be used lets no one in. All others stay signed in, and syncing continues.`,
    fix: [fix],
    retry: "on_change",
    reference: null,
  };
}
