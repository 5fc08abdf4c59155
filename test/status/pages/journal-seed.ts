import type { JournalRow } from "../../../src/store/generated/client.ts";
import type { FreshDatabase } from "../../support/fresh-database.ts";
import { before } from "../seed.ts";

/** What a run sent, for pages that show it. */
export interface SentSeed {
  readonly linkId: bigint;
  readonly runId: bigint;
  readonly side?: "hubspot" | "klaviyo";
  readonly kind?: "create" | "update" | "add_to_list";
  readonly before?: Record<string, string | null>;
  readonly after?: Record<string, string | null>;
  readonly outcome?: JournalRow["outcome"];
  readonly minutesAgo?: number;
}

export const TITLE_FIELD = "jobtitle:title:text";

let traces = 0;

/** One operation in the journal. */
export async function sent({ database }: FreshDatabase, one: SentSeed): Promise<void> {
  traces += 1;
  const { linkId, runId, side = "klaviyo", kind = "update", outcome = "done", minutesAgo = 5 } = one;
  await database.journalRow.create({
    data: {
      traceId: `00000000-0000-4000-8000-${String(traces).padStart(12, "0")}`,
      linkId,
      runId,
      side,
      kind,
      before: one.before ?? { [TITLE_FIELD]: "Buyer" },
      after: one.after ?? { [TITLE_FIELD]: "Head of Buying" },
      source: {},
      outcome,
      sentAt: before(minutesAgo),
      settledAt: before(minutesAgo),
    },
  });
}

/** The number of the latest run. */
export async function latestRun({ database }: FreshDatabase): Promise<bigint> {
  const { id } = await database.run.findFirstOrThrow({ orderBy: { id: "desc" } });
  return id;
}
