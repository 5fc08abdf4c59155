import type { Deps } from "../../lanes/deps.ts";
import type { Mapping } from "../../model/mapping.ts";
import { openStore } from "../../store/runs/connections.ts";
import { readPause } from "../../store/runs/pauses.ts";
import { exact } from "../../words/time-words.ts";
import { CommandFailure, EXIT } from "../exit-code.ts";

export interface PausableOptions {
  readonly evenIfPaused?: boolean;
}

/** The option of every command that writes. */
export const EVEN_IF_PAUSED = ["--even-if-paused", "run although somebody paused syncing"] as const;

/** @throws CommandFailure 75 while somebody paused the connection and `--even-if-paused` was not given */
export async function refusePaused(
  { evenIfPaused }: PausableOptions,
  { database, now }: Pick<Deps, "database" | "now">,
  mapping: Mapping,
): Promise<void> {
  if (evenIfPaused === true) return;
  const store = await openStore(database, mapping.name);
  const pause = await readPause(store, now());
  if (pause === null) return;
  const ends = pause.until === null ? "" : ` until ${exact(pause.until)}`;
  throw new CommandFailure(
    EXIT.tryLater,
    `Syncing is paused${ends} by ${pause.by}, since ${exact(pause.at)}: ${pause.reason}\nNothing was written.\n  fix: Run \`tandem resume\`, or add --even-if-paused to run once.`,
  );
}
