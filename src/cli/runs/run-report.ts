import type { ConsentRun } from "../../lanes/consent-lane.ts";
import type { ContactRun } from "../../lanes/contacts/run-contacts.ts";
import type { Problem } from "../../model/problem.ts";
import { heldByLimit } from "../../plan/problems.ts";
import { counted, grouped } from "../../model/count-words.ts";
import type { ExitCode } from "../exit-code.ts";
import { EXIT } from "../exit-code.ts";

/** Problems of credentials and permission; every other one of a whole side may pass by itself. */
const CREDENTIAL_CODES = new Set([
  "HS-AUTH",
  "HS-AUTH-EXPIRED",
  "HS-AUTH-REVOKED",
  "HS-AUTH-CLIENT",
  "HS-AUTH-REFUSED",
  "HS-EVENT-APP",
  "HS-EVENT-KEY",
  "HS-EVENT-OFF",
  "HS-EVENT-PLAN",
  "HS-EVENT-TYPE",
  "HS-SCOPE",
  "HS-USER",
  "KL-AUTH",
  "KL-SCOPE",
  "SK-ACCOUNT",
]);
const PATIENCE_CODES = new Set(["HS-RATE", "HS-QUOTA", "HS-SHARE", "HS-LOW", "HS-LOCKED", "KL-RATE"]);

export function exitCodeOf(run: ContactRun): ExitCode {
  if (run.stoppedBy !== null) return exitCodeFor(run.stoppedBy.code);
  if (run.result === "held") return EXIT.held;
  if (run.mappingProblems.length > 0) return EXIT.config;
  return run.result === "finished_with_errors" ? EXIT.failing : EXIT.done;
}

export function exitCodeFor(code: string): ExitCode {
  if (code === "SK-ERRORS") return EXIT.held;
  if (CREDENTIAL_CODES.has(code)) return EXIT.credentials;
  return PATIENCE_CODES.has(code) ? EXIT.tryLater : EXIT.unavailable;
}

/** What a run did, in a few lines. */
export function runReport(run: ContactRun): string {
  if (run.stoppedBy !== null) {
    const { code, title, explanation } = run.stoppedBy;
    return [`Stopped: ${title} (${code})`, explanation, ...fixes(run.stoppedBy)].join("\n");
  }
  const {
    read = 0,
    created = 0,
    updated = 0,
    listed = 0,
    refused = 0,
    rejected = 0,
    missed = 0,
    unanswered = 0,
    failing = 0,
    carried = 0,
    asked = 0,
    blocked = 0,
  } = run.counts;
  const lines = [
    `Read ${counted(read, "contact")}: ${grouped(created)} created, ${grouped(updated)} updated, ${counted(listed, "list change")}.`,
    ...(carried > 0 ? [`${counted(carried, "opt-out was", "opt-outs were")} synced to the other side.`] : []),
    ...(asked + blocked > 0
      ? [
          `Klaviyo was asked to subscribe ${counted(asked, "person", "people")}${blocked > 0 ? `; ${counted(blocked, "was", "were")} not cleared` : ""}.`,
        ]
      : []),
    ...(missed > 0
      ? [
          `The full comparison found ${counted(missed, "change")} that ${missed === 1 ? "was" : "were"} missed by the incremental path.`,
        ]
      : []),
    ...(rejected > 0 ? [`${counted(rejected, "value was", "values were")} rejected and left out.`] : []),
    ...(refused > 0 ? [`${counted(refused, "write was", "writes were")} refused.`] : []),
    ...(unanswered > 0
      ? [`${counted(unanswered, "write was", "writes were")} not answered; the next run checks the result.`]
      : []),
    failing > 0
      ? `${counted(failing, "contact needs", "contacts need")} attention: tandem status`
      : "No contact needs attention.",
    ...held(run),
    ...run.mappingProblems.flatMap((problem) => [
      `${problem.title} (${problem.code})`,
      problem.explanation,
      ...fixes(problem),
    ]),
  ];
  return lines.join("\n");
}

/** `null`: it did not run. */
export function consentExitCode(run: ConsentRun | null): ExitCode {
  const stoppedBy = run?.stoppedBy ?? null;
  return stoppedBy === null ? EXIT.done : exitCodeFor(stoppedBy.code);
}

/** What was done about refusals, in a line. */
export function consentReport({ runId, counts, stoppedBy }: ConsentRun): string {
  if (stoppedBy !== null) return `Opt-outs could not be read: ${stoppedBy.title} (${stoppedBy.code})`;
  if (runId === null) return "No consent changed.";
  const { people = 0, carried = 0, updated = 0 } = counts;
  return `Consent of ${counted(people, "person", "people")} changed: ${counted(carried, "opt-out was", "opt-outs were")} synced to the other side, ${counted(updated, "contact shows", "contacts show")} it.`;
}

/** What to do about them is the same for all. */
function held({ exceeded }: ContactRun): readonly string[] {
  const problems = exceeded.map(heldByLimit);
  return [...problems.map(({ title }) => title), ...new Set(problems.flatMap(fixes))];
}

function fixes({ fix }: Problem): readonly string[] {
  return fix.map((step) => `  fix: ${step}`);
}
