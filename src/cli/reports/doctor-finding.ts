import type { Problem } from "../../model/problem.ts";
import { counted } from "../../model/count-words.ts";
import type { ExitCode } from "../exit-code.ts";
import { EXIT } from "../exit-code.ts";
import { exitCodeFor } from "../runs/run-report.ts";

/** One thing that was looked at: what it is, how it is, and what to do about it. Holds no secret and no person. */
export interface Finding {
  /** Stable, for scripts: `node`, `database`, `hubspot.account`. */
  readonly what: string;
  readonly level: "ok" | "warning" | "error";
  readonly says: string;
  readonly fix: readonly string[];
  /** What the command ends with where this is an error. */
  readonly exit: ExitCode;
}

export function ok(what: string, says: string): Finding {
  return { what, level: "ok", says, fix: [], exit: EXIT.done };
}

export function warning(what: string, says: string, ...fix: readonly string[]): Finding {
  return { what, level: "warning", says, fix, exit: EXIT.done };
}

export function failure(what: string, exit: ExitCode, says: string, ...fix: readonly string[]): Finding {
  return { what, level: "error", says, fix, exit };
}

/** A side that did not answer, or refused the key. What passes by itself later is unavailable now. */
export function fromProblem(what: string, problem: Problem): Finding {
  const code = exitCodeFor(problem.code);
  const exit = code === EXIT.credentials ? code : EXIT.unavailable;
  return failure(what, exit, `${problem.title} (${problem.code}). ${problem.explanation}`, ...problem.fix);
}

/** The mapping before the keys, the keys before what is merely not there: in the order in which they are mended. */
const ORDER: readonly ExitCode[] = [EXIT.config, EXIT.credentials, EXIT.unavailable];

/** 0 where nothing is wrong, or only warned of. */
export function verdict(findings: readonly Finding[]): ExitCode {
  const wrong = findings.filter(({ level }) => level === "error").map(({ exit }) => exit);
  return ORDER.find((code) => wrong.includes(code)) ?? wrong[0] ?? EXIT.done;
}

const MARKS: Readonly<Record<Finding["level"], string>> = { ok: "✔", warning: "!", error: "✖" };

/** A line each, a fix below what needs one, and a summary. */
export function findingsText(findings: readonly Finding[]): string {
  const lines = findings.flatMap(({ level, says, fix }) => [
    ` ${MARKS[level]} ${says}`,
    ...fix.map((step) => `     fix: ${step}`),
  ]);
  const count = (level: Finding["level"]) => findings.filter((one) => one.level === level).length;
  const [problems, warnings] = [count("error"), count("warning")];
  const sum =
    problems + warnings === 0
      ? "All is well."
      : `${counted(problems, "problem")}, ${counted(warnings, "warning")}. Exit status ${verdict(findings)}.`;
  return [...lines, "", sum, ""].join("\n");
}
