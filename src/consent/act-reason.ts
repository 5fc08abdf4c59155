import { z } from "zod";

const reasons = z.array(z.object({ reason: z.string() })).catch([]);
const consent = z.object({ status: z.string(), suppressions: reasons }).nullish().catch(null);
const told = z.object({
  because: z.union([z.string(), consent]).catch(null),
  from: z.object({ kind: z.string(), type: z.string().optional() }).nullish().catch(null),
  read: z.object({ klaviyo: consent }).nullish().catch(null),
});

/**
 * Why Tandem changed somebody's consent, or did not, in the words of the system that showed it.
 *
 * @param evidence as the ledger has it
 */
export function actReason(evidence: unknown): string {
  const parsed = told.safeParse(evidence);
  if (!parsed.success) return "";
  const { because: why, from, read } = parsed.data;
  if (typeof why === "string") return why;
  if (read?.klaviyo) return `Klaviyo showed ${shown(read.klaviyo)} a moment before`;
  const what =
    from?.kind === "type" ? `of type ${from.type ?? "?"}` : from?.kind === "list" ? "of it" : "of all e-mail";
  return why ? `out ${what}: the other side showed ${shown(why)}` : `out ${what}`;
}

function shown({
  status,
  suppressions,
}: {
  status: string;
  suppressions: readonly { reason: string }[];
}): string {
  return [status.replaceAll("_", " "), ...suppressions.map(({ reason }) => reason)].join(", ");
}
