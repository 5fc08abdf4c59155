import { createHash } from "node:crypto";
import type { Change } from "../../plan/changes.ts";
import { approvedChanges } from "../../store/runs/holds.ts";
import type { Store } from "../../store/database/store.ts";

/** 32 hexadecimal digits: what an approval knows a change by. */
export function digestOf({ action, words }: Change): string {
  return createHash("sha256").update(`${action} ${words}`).digest("hex").slice(0, 32);
}

/** Which changes a person has approved. An approval is forgotten after a day, and says nothing about another value. */
export async function approvals(store: Store, now: Date): Promise<(change: Change) => boolean> {
  const approved = await approvedChanges(store, now);
  return approved.size === 0 ? () => false : (change) => approved.has(digestOf(change));
}
