import { z } from "zod";
import type { StoredMapping } from "./mapping-versions.ts";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";

/** A version without its text. */
export type MappingVersionRow = Pick<StoredMapping, "version" | "hash" | "loadedAt">;

/** The versions that were in use, the newest first. */
export async function listMappingVersions(
  { statements, connectionId }: Store,
  limit: number,
): Promise<readonly MappingVersionRow[]> {
  return statements.mappingVersion.findMany({
    where: { connectionId },
    orderBy: { version: "desc" },
    take: limit,
    select: { version: true, hash: true, loadedAt: true },
  });
}

/** @returns `null` where there was no such version */
export async function readMappingVersion(
  { statements, connectionId }: Store,
  version: number,
): Promise<StoredMapping | null> {
  return statements.mappingVersion.findUnique({
    where: { connectionId_version: { connectionId, version } },
    select: { version: true, hash: true, source: true, loadedAt: true },
  });
}

const FAILING_FIELD_ROW = z.object({ field: z.string(), contacts: z.number() });

/** How many failing contacts have a problem of a field, by its key. */
export async function failingByField({
  statements,
  connectionId,
}: Store): Promise<ReadonlyMap<string, number>> {
  const rows = await rowsOf(statements, FAILING_FIELD_ROW)`
    SELECT field, count(DISTINCT link_id)::int AS contacts FROM problem JOIN link ON link.id = problem.link_id
    WHERE problem.connection_id = ${connectionId} AND link.state = 'failing' AND field <> '' GROUP BY field`;
  return new Map(rows.map(({ field, contacts }) => [field, contacts]));
}
