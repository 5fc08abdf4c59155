import type { Store } from "../database/store.ts";

/** A mapping that was in use. */
export interface StoredMapping {
  /** From 1 on. */
  readonly version: number;
  /** Of what decides values and scope. */
  readonly hash: string;
  /** The file as it stood. */
  readonly source: string;
  readonly loadedAt: Date;
}

/**
 * Remembers the mapping that is in use now; another text is another version.
 *
 * @returns its version
 */
export async function rememberMapping(
  store: Store,
  hash: string,
  source: string,
  now: Date,
): Promise<number> {
  const { statements, connectionId } = store;
  const [last] = await mappingVersions(store, 1);
  if (last?.source === source) return last.version;
  const version = (last?.version ?? 0) + 1;
  await statements.mappingVersion.create({ data: { connectionId, version, hash, source, loadedAt: now } });
  await statements.connection.update({ where: { id: connectionId }, data: { mappingVersion: version } });
  return version;
}

/** The newest first. */
export async function mappingVersions(
  { statements, connectionId }: Store,
  limit: number,
): Promise<readonly StoredMapping[]> {
  return statements.mappingVersion.findMany({
    where: { connectionId },
    orderBy: { version: "desc" },
    take: limit,
    select: { version: true, hash: true, source: true, loadedAt: true },
  });
}
