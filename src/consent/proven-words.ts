import { counted } from "../model/count-words.ts";
import type { ChainProof } from "../store/chains/prove-chain.ts";

/** From when on a chain is proven to be Tandem's own, and why not before: a sentence each. */
export function provenWords({ entries, proven, before }: ChainProof): readonly string[] {
  if (entries === 0) return [];
  const why =
    before === "other_key"
      ? "were sealed with another key: TANDEM_SECRET_KEY or tandem.key was changed or lost"
      : "were written before Tandem sealed entries";
  if (proven === null)
    return [
      `All ${counted(entries, "entry", "entries")} ${why}.`,
      "The next run seals them with the current key.",
    ];
  if (proven.from === 1n) return ["Every entry was written by this installation."];
  const since = proven.since.toISOString().slice(0, 16).replace("T", " ");
  return [
    `Proven from entry ${proven.from} on, since ${since} UTC.`,
    `Entries 1 to ${proven.from - 1n} ${why}. They have not changed since then.`,
  ];
}
