import { z } from "zod";
import { chunks } from "../../../model/chunks.ts";
import type { ExternalId } from "../../../model/contact.ts";
import type { Expected } from "../wire/calls.ts";
import type { Account } from "../contacts.ts";
import { BATCH } from "../contacts.ts";
import { answeredStatus } from "../problems/failure.ts";

/** HubSpot restores a deleted contact for 90 days. Milliseconds. */
export const DELETED_KEPT_MS = 90 * 86_400_000;

const answer = z.object({ results: z.array(z.object({ id: z.string() })) });
const isNotThere: Expected = (status, { category }) => status === 404 && category === "OBJECT_NOT_FOUND";

/**
 * See `ContactPort.removed`: a GDPR delete leaves nothing. What rests on this cannot be taken back, so two endpoints have
 * to agree, and each has to say so in HubSpot's words.
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
  return gone;
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
