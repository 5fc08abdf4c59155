import type { CommitPhase, Moment } from "./moment.ts";

/** What becomes of a request, an answer or a word to the database: it continues, is lost with the process, or waits. */
export type Fate = "goes_on" | "lost" | "late";

/** Waits for one moment of one life, and kills at it. Nothing that a dead process still had to say continues. */
export interface Trap {
  sprung(): boolean;
  request(mutating: boolean): Fate;
  /** The vendor has answered. */
  answer(mutating: boolean): Fate;
  /** The process is about to be told the answer: it has been told when this returns. */
  told(mutating: boolean): void;
  /** A word to PostgreSQL. `after_commit`: it continues, and its answer springs the trap. */
  statement(commit: boolean): Fate | "after_commit";
  /** PostgreSQL has carried out the commit. */
  committed(): void;
}

export function trap(moment: Moment, kill: () => void): Trap {
  let sprung = false;
  let writes = 0;
  let reads = 0;
  let statements = 0;
  let commits = 0;
  let answers = 0;
  /** Commits since the answer; null before it. */
  let commitsSince: number | null = null;
  const spring = (fate: Fate): Fate => {
    sprung = true;
    kill();
    return fate;
  };
  const atCommit = (when: CommitPhase): Fate | "after_commit" =>
    when === "after_commit" ? "after_commit" : spring("lost");

  return {
    sprung: () => sprung,
    request(mutating) {
      if (sprung) return "lost";
      const nth = mutating ? ++writes : ++reads;
      if (moment.at !== (mutating ? "write" : "read") || moment.nth !== nth || moment.how === "applied")
        return "goes_on";
      return spring(moment.how);
    },
    answer(mutating) {
      if (sprung) return "lost";
      if (moment.at !== (mutating ? "write" : "read") || moment.how !== "applied") return "goes_on";
      return (mutating ? writes : reads) >= moment.nth ? spring("lost") : "goes_on";
    },
    told(mutating) {
      if (moment.at !== "answered" || mutating !== (moment.of === "write")) return;
      answers += 1;
      if (answers >= moment.nth) commitsSince ??= 0;
    },
    statement(commit) {
      if (sprung) return "lost";
      statements += 1;
      if (commit) commits += 1;
      if (moment.at === "statement" && statements === moment.nth) return spring("lost");
      if (moment.at === "commit" && commit && commits === moment.nth) return atCommit(moment.when);
      if (moment.at !== "answered" || commitsSince === null) return "goes_on";
      if (moment.when === "next") return spring("lost");
      if (commit) commitsSince += 1;
      return commit && commitsSince === moment.commits ? atCommit(moment.when) : "goes_on";
    },
    committed: () => void spring("lost"),
  };
}
