import type { Diagnostic } from "../../mapping/diagnostics/diagnostic.ts";
import { parseMapping } from "../../mapping/parse-mapping.ts";
import type { Mapping } from "../../model/mapping.ts";
import type { StoredMapping } from "../../store/runs/mapping-versions.ts";
import { mappingVersions } from "../../store/runs/mapping-versions.ts";
import type { Store } from "../../store/database/store.ts";

/** A version of the mapping, read. */
export interface ReadVersion extends StoredMapping {
  /** `null` where this Tandem cannot read it any more: an older or newer one wrote it. */
  readonly mapping: Mapping | null;
  readonly diagnostics: readonly Diagnostic[];
}

const FILE_NAME = "mapping.yaml";

/** Reading takes longer than showing, and a text always reads the same. */
let lastRead: ReadVersion | null = null;

export function readVersion(stored: StoredMapping): ReadVersion {
  if (lastRead?.source === stored.source) return { ...lastRead, ...stored };
  const { mapping, diagnostics } = parseMapping(stored.source, FILE_NAME);
  lastRead = { ...stored, mapping, diagnostics };
  return lastRead;
}

/** The mapping that is in use; `null` before the first start. */
export async function mappingInUse(store: Store): Promise<ReadVersion | null> {
  const [latest] = await mappingVersions(store, 1);
  return latest === undefined ? null : readVersion(latest);
}
