import { z } from "zod";
import { chunks } from "../../../model/chunks.ts";
import type { ExternalId } from "../../../model/contact.ts";
import { pageGuard } from "../../http/page-guard.ts";
import type { Expected } from "../wire/calls.ts";
import type { Account } from "../contacts.ts";
import { BATCH } from "../contacts.ts";
import { answeredStatus } from "../problems/failure.ts";

/** HubSpot restores a deleted contact for 90 days. Milliseconds. */
export const DELETED_KEPT_MS = 90 * 86_400_000;

const answer = z.object({ results: z.array(z.object({ id: z.string() })) });
const MERGED_IDS = "hs_merged_object_ids";
const deletedPage = z.object({
  results: z.array(z.object({ properties: z.record(z.string(), z.string().nullable()) })),
  paging: z.object({ next: z.object({ after: z.string() }).optional() }).optional(),
});
const isNotThere: Expected = (status, { category }) => status === 404 && category === "OBJECT_NOT_FOUND";

/**
 * See `ContactPort.removed`: a GDPR delete leaves nothing. What rests on this cannot be taken back, so two endpoints have
 * to agree, and each has to say so in HubSpot's words. A contact that was merged, and whose survivor was deleted, is
 * shown by neither under its own id: only the deleted survivor names it.
 */
export async function removedForGood(
  account: Account,
  ids: readonly ExternalId[],
  signal: AbortSignal,
): Promise<readonly ExternalId[]> {
  const gone: ExternalId[] = [];
  for (const part of chunks([...new Set(ids)], BATCH)) {
    const shown = await deletedAmong(account, part, signal);
    for (const id of part) if (!shown.has(id) && !(await isDeleted(account, id, signal))) gone.push(id);
  }
  return withoutMerged(account, gone, signal);
}

/** Reads the deleted contacts, a page at a time, until they have named all of these or there are no more. */
async function withoutMerged(
  { endpoints, calls, log }: Account,
  gone: readonly ExternalId[],
  signal: AbortSignal,
): Promise<readonly ExternalId[]> {
  const left = new Set(gone);
  const follow = pageGuard({ side: "hubspot", what: "deleted contacts", log });
  let after: string | null = null;
  while (left.size > 0) {
    const { body }: { body: z.infer<typeof deletedPage> } = await calls.read(
      endpoints.deletedPage(after),
      deletedPage,
      signal,
    );
    for (const { properties } of body.results)
      for (const merged of (properties[MERGED_IDS] ?? "").split(";")) left.delete(merged);
    after = body.paging?.next?.after ?? null;
    follow(after);
    if (after === null) break;
  }
  return gone.filter((id) => left.has(id));
}

async function isDeleted(
  { endpoints, calls }: Account,
  id: ExternalId,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await calls.read(endpoints.deletedOne(id), z.unknown(), signal, isNotThere);
    return true;
  } catch (error) {
    if (answeredStatus(error) !== 404) throw error;
    return false;
  }
}

async function deletedAmong(
  { endpoints, calls }: Account,
  ids: readonly ExternalId[],
  signal: AbortSignal,
): Promise<ReadonlySet<ExternalId>> {
  try {
    const { body } = await calls.read(endpoints.deletedBatch(ids), answer, signal, isNotThere);
    return new Set(body.results.map(({ id }) => id));
  } catch (error) {
    if (answeredStatus(error) !== 404) throw error;
    return new Set();
  }
}
