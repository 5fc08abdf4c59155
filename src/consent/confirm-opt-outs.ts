import { clip } from "../model/clip.ts";
import { counted } from "../model/count-words.ts";
import type { Problem } from "../model/problem.ts";
import { planOptOuts } from "../plan/plan-consent.ts";
import type { UnconfirmedOptOut } from "../store/consent/unconfirmed-opt-outs.ts";
import { countLateOptOuts, dueOptOuts, forgetUnconfirmed } from "../store/consent/unconfirmed-opt-outs.ts";
import { knownLinks } from "../store/links/known-links.ts";
import type { WriteCounts } from "../write/write-counts.ts";
import { NOTHING_WRITTEN } from "../write/write-counts.ts";
import type { WriteContext } from "../write/write-context.ts";
import { carryOptOuts } from "./carry-opt-outs.ts";

/** One cycle looks after so many people; the next one continues. */
const AT_ONCE = 1_000;
/** After this without any effect somebody should know. */
const TOLD_AFTER_MS = 15 * 60_000;

/**
 * Reads the profiles that Tandem opted out and that Klaviyo has not shown so since. Klaviyo applies its unsubscribe jobs
 * later, to the person who has the email address by then. A profile that has another one since is opted out again under that, and
 * any profile after an hour: so the opt-out reaches its person however late a job is, and whatever they are renamed to.
 */
export async function confirmOptOuts(context: WriteContext): Promise<WriteCounts> {
  const { store, now } = context;
  const due = await dueOptOuts(store, now(), AT_ONCE);
  if (due.length === 0) return NOTHING_WRITTEN;
  // No limit holds this: each was let through when it was sent first.
  const counts = await carryOptOuts(
    context,
    due.map(({ email }) => email),
    null,
  );
  await forgetUnconfirmed(store, await unasked(context, due));
  return counts;
}

/** Those of whom nothing asks any more for the opt-out that their profiles do not show. */
async function unasked(context: WriteContext, due: readonly UnconfirmedOptOut[]): Promise<readonly bigint[]> {
  const { store, scope, consent, now } = context;
  const ids = due.map(({ linkId }) => linkId);
  const links = await knownLinks(store, scope, { kind: "ids", ids }, 0n, ids.length, now());
  return links
    .filter(({ sightings: { hubspot, klaviyo } }) => hubspot !== null && klaviyo !== null)
    .filter((known) =>
      planOptOuts(consent, { ...known, optOutUnderWay: false }).every(({ side }) => side !== "klaviyo"),
    )
    .map(({ link }) => link.id);
}

/** SK-OPT-OUT, where Klaviyo takes long. */
export async function lateOptOuts({
  store,
  now,
}: Pick<WriteContext, "store" | "now">): Promise<readonly Problem[]> {
  const before = new Date(now().getTime() - TOLD_AFTER_MS);
  const { people, since } = await countLateOptOuts(store, before);
  if (people === 0 || since === null) return [];
  const who = counted(people, "opt-out", "opt-outs");
  return [
    {
      code: "SK-OPT-OUT",
      level: "connection",
      side: null,
      field: null,
      title: clip(`Klaviyo has not applied ${who} yet`, 60),
      explanation: `Tandem sent ${who} to Klaviyo, the first at ${since.toISOString().slice(0, 16).replace("T", " ")} UTC, and Klaviyo does not show ${people === 1 ? "it" : "them"} yet. Until then Klaviyo may still send email, and a new email address of these contacts waits. Tandem keeps checking and sends the opt-out again.`,
      fix: ["If this lasts, check Klaviyo's status page, or unsubscribe the contacts in Klaviyo."],
      retry: "soon",
      reference: null,
    },
  ];
}
