import type { Side } from "../model/side.ts";
import { SIDES } from "../model/side.ts";
import { unreadContacts } from "../store/links/linked-contacts.ts";
import { readMissing } from "./pull-side.ts";
import type { RunContext } from "./run-context.ts";
import { pageDone } from "./run-context.ts";

/** Ten of the vendors' largest batches: what a kill makes us read again. */
const CONTACTS_PER_PAGE = 1_000;

/**
 * Reads every linked contact by id whose snapshot was made with another mapping, or that Tandem made and has not read
 * since; in a full comparison every one that was not read in it yet. A pull does not: it shows the members of the rules'
 * collections and what changed, and the counterpart of a member may be neither. A page is stored before the next is
 * read, so a run that was killed continues where it was.
 *
 * @param emails only these people; `null`: everybody
 * @returns how many contacts were asked for
 */
export async function readLinked(context: RunContext, emails: readonly string[] | null): Promise<number> {
  const read = await Promise.allSettled(SIDES.map((side) => readSide(context, side, emails)));
  // Not before both are done: what was read of one side is stored though the other did not answer.
  const failed = read.find((one) => one.status === "rejected");
  if (failed !== undefined) throw failed.reason;
  return read.reduce((sum, one) => sum + (one.status === "fulfilled" ? one.value : 0), 0);
}

async function readSide(context: RunContext, side: Side, emails: readonly string[] | null): Promise<number> {
  const { store, shapes, comparison } = context;
  const unread = { shape: shapes[side], before: comparison?.began ?? null, emails };
  let [after, done] = ["", 0];
  for (;;) {
    const ids = await unreadContacts(store, side, unread, after, CONTACTS_PER_PAGE);
    if (ids.length > 0) await readMissing(context, side, ids);
    done += ids.length;
    if (ids.length > 0) context.progress({ step: "read", side, done, total: null });
    await pageDone(context);
    const last = ids.at(-1);
    if (last === undefined || ids.length < CONTACTS_PER_PAGE) return done;
    after = last;
  }
}
