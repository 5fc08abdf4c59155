import { z } from "zod";
import { actReason } from "../../consent/act-reason.ts";
import type { LedgerEntry } from "../../store/consent/consent-ledger.ts";

const suppressions = z.array(z.object({ reason: z.string(), at: z.string().optional() })).catch([]);
const shown = z.object({ status: z.string(), suppressions });
const seen = z.object({
  /** Klaviyo told later that it came while they were being subscribed. */
  met: z.boolean().catch(false),
  /** It is another address of the same person that refused, and `was` is what that one showed. */
  address: z.string().nullish().catch(null),
  was: shown.nullish().catch(null),
  status: z.string().nullish().catch(null),
  suppressions,
});

/** Why an entry stands in the ledger: what its side showed, or why Tandem did or left something. Empty where it holds none. */
export function entryReason({ kind, evidence }: Pick<LedgerEntry, "kind" | "evidence">): string {
  if (kind === "erased" || kind === "allowed" || kind === "confirmed") return "";
  if (kind === "reopened") return reopenedWords(evidence);
  if (kind !== "opted_out" && kind !== "opted_in" && kind !== "first_opted_in") return actReason(evidence);
  const parsed = seen.safeParse(evidence);
  if (!parsed.success) return "";
  const { met, address, was, status, suppressions: own } = parsed.data;
  if (met) return "opted out while Tandem sent a subscribe request";
  const what = was ?? (status == null ? null : { status, suppressions: own });
  return [
    ...(what === null ? [] : [`showed ${shownWords(what)}`]),
    ...(address == null ? [] : ["under another address of theirs"]),
  ].join(", ");
}

function reopenedWords(evidence: unknown): string {
  const type = z.object({ type: z.string() }).safeParse(evidence).data?.type;
  return type === undefined ? "" : `type ${type}; later opt-outs of it are the person’s own`;
}

function shownWords({ status, suppressions: all }: z.infer<typeof shown>): string {
  const reasons = all.map(({ reason, at }) =>
    at === undefined ? reason : `${reason} since ${at.slice(0, 10)}`,
  );
  return [status.replaceAll("_", " "), ...reasons].join(", ");
}
