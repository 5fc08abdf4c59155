import { clip } from "../../model/clip.ts";
import { counted } from "../../model/count-words.ts";
import type { Problem } from "../../model/problem.ts";
import { SIDE_NAMES } from "../../model/side.ts";
import type { FailingWrites } from "../../store/writes/failing-writes.ts";
import { failingWrites } from "../../store/writes/failing-writes.ts";
import { saveFailingWrites } from "../../store/runs/runs.ts";
import type { Store } from "../../store/database/store.ts";

/**
 * Tells of the changes that a side has not confirmed for two runs or more. The contacts themselves only wait, and a run
 * that ends with unanswered writes looks finished, so nobody would be told otherwise.
 *
 * @param stoppedBy what ended the run, if something did: the most exact cause there is
 */
export async function tellFailingWrites(
  store: Store,
  runId: bigint,
  stoppedBy: Problem | null,
  now: Date,
): Promise<void> {
  const found = await failingWrites(store, runId, stoppedBy?.side ?? null);
  // A run that stopped may not have tried its writes, so it proves nothing about earlier failures.
  if (found.length === 0 && stoppedBy !== null) return;
  const problems = found.map((failing) => problemOf(failing, stoppedBy));
  await saveFailingWrites(store, problems, now);
}

function problemOf({ side, contacts, since }: FailingWrites, stoppedBy: Problem | null): Problem {
  const name = SIDE_NAMES[side];
  const cause =
    stoppedBy?.side === side ? stoppedBy.explanation : `${name} answered with a server error, or not at all.`;
  const wait = counted(contacts, "contact waits", "contacts wait");
  return {
    code: "SK-WRITES",
    level: "connection",
    side,
    field: null,
    title: clip(`${name} has not confirmed changes to ${counted(contacts, "contact")}`, 60),
    explanation: `Since ${since.toISOString().slice(0, 16).replace("T", " ")} UTC, ${wait} for a change that Tandem sent to ${name} in two runs or more. ${cause} Before each retry, Tandem reads the contact to see whether the change arrived. Tandem retries automatically.`,
    fix: [`If this lasts, check ${name}'s status page.`],
    retry: "soon",
    reference: null,
  };
}
