import type { ContactRun } from "../../lanes/contacts/run-contacts.ts";
import type { Stirred } from "../../sandbox/rehearsal/stir.ts";
import { counted, grouped } from "../../model/count-words.ts";
import { SIDE_NAMES } from "../../model/side.ts";
import { runReport } from "../runs/run-report.ts";

/** What the first run of a demo did. */
export function firstRun(run: ContactRun, seconds: number, continued: boolean): string {
  const name = `${continued ? "First look" : "First sync"}, ${counted(seconds, "second")}`;
  if (!run.result.startsWith("finished")) return `${name}. ${runReport(run)}`;
  const done = doneIn(run);
  const did =
    done.length === 0
      ? "nothing to write, because nothing was edited meanwhile"
      : `${counted(run.counts["read"] ?? 0, "contact")} read; ${done.join(", ")}`;
  return `${name}: ${did}.${attention(run)}`;
}

/** One line for a later run that did something, null for one that found everything as it should be. */
export function laterRun(run: ContactRun): string | null {
  if (!run.result.startsWith("finished")) return `  ${runReport(run)}`;
  const done = doneIn(run);
  return done.length === 0 ? null : `  Tandem: ${done.join(", ")}`;
}

export function edited({ side, email, what }: Stirred): string {
  return `  ${SIDE_NAMES[side]}: a person edits ${email}, ${what}`;
}

function doneIn({ counts }: ContactRun): readonly string[] {
  const { created = 0, updated = 0, listed = 0, refused = 0, unanswered = 0 } = counts;
  return [
    ...(created > 0 ? [`${grouped(created)} created`] : []),
    ...(updated > 0 ? [`${grouped(updated)} updated`] : []),
    ...(listed > 0 ? [counted(listed, "list change")] : []),
    ...(refused > 0 ? [`${grouped(refused)} refused`] : []),
    ...(unanswered > 0 ? [`${grouped(unanswered)} not answered`] : []),
  ];
}

function attention({ counts: { failing = 0 } }: ContactRun): string {
  if (failing === 0) return "";
  return `\n${counted(failing, "contact needs", "contacts need")} attention: open the status page.`;
}
