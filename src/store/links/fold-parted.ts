import { z } from "zod";
import type { Side } from "../../model/side.ts";
import { foldLinks } from "./fold-links.ts";
import type { Store } from "../database/store.ts";
import { rowsOf } from "../database/rows.ts";
import { SIDE } from "../database/shapes.ts";

interface PartedPair {
  readonly parted: bigint;
  readonly main: bigint;
  /** On the side of the merge: the survivor. */
  readonly hubspot: string | null;
  readonly klaviyo: string | null;
  readonly partedHubspot: string | null;
  readonly partedKlaviyo: string | null;
  readonly partedOn: Side;
  /** Does the link of the survivor still have its contact on the other side? */
  readonly mainAlive: boolean;
  readonly partedAlive: boolean;
  readonly deletedOn: Side | null;
}

const PARTED_PAIR_ROW: z.ZodType<PartedPair> = z.object({
  parted: z.bigint(),
  main: z.bigint(),
  hubspot: z.string().nullable(),
  klaviyo: z.string().nullable(),
  partedHubspot: z.string().nullable(),
  partedKlaviyo: z.string().nullable(),
  partedOn: SIDE,
  mainAlive: z.boolean(),
  partedAlive: z.boolean(),
  deletedOn: SIDE.nullable(),
});

/**
 * Links that a merge on one side had left apart, of which the other side has one contact by now, or none: they were merged
 * or deleted there too. They become one link.
 */
export async function foldParted(store: Store, now: Date): Promise<void> {
  const { statements, connectionId } = store;
  for (;;) {
    const [pair] = await rowsOf(statements, PARTED_PAIR_ROW)`
      SELECT * FROM (
        SELECT parted.id AS parted, main.id AS main, main.hubspot_id AS hubspot, main.klaviyo_id AS klaviyo,
               parted.hubspot_id AS "partedHubspot", parted.klaviyo_id AS "partedKlaviyo", parted.parted_on AS "partedOn", main.deleted_on AS "deletedOn",
               CASE parted.parted_on WHEN 'hubspot' THEN main.klaviyo_id ELSE main.hubspot_id END IS NOT NULL
                 AND (main.deleted_on IS NULL OR main.deleted_on = parted.parted_on)
                 AND (main.missing_on IS NULL OR main.missing_on = parted.parted_on) AS "mainAlive",
               main.missing_on IS NOT NULL OR parted.missing_on IS NOT NULL AS missing,
               CASE parted.parted_on WHEN 'hubspot' THEN parted.klaviyo_id ELSE parted.hubspot_id END IS NOT NULL
                 AND parted.deleted_on IS NULL AND parted.missing_on IS NULL AS "partedAlive"
        FROM link AS parted JOIN link AS main ON main.id = parted.parted_to
        WHERE parted.connection_id = ${connectionId} AND parted.parted_on IS NOT NULL) AS pair
      -- Both missing may be an account that does not answer fully; one of two that a merge had left is merged there too.
      WHERE "mainAlive" <> "partedAlive" OR NOT "mainAlive" AND NOT "partedAlive" AND NOT missing
      ORDER BY parted LIMIT 1`;
    if (pair === undefined) return;
    await fold(store, pair, now);
  }
}

async function fold(store: Store, pair: PartedPair, now: Date): Promise<void> {
  const { parted, main, partedOn } = pair;
  const other: Side = partedOn === "hubspot" ? "klaviyo" : "hubspot";
  const takes = !pair.mainAlive && pair.partedAlive;
  const partner = takes
    ? other === "klaviyo"
      ? pair.partedKlaviyo
      : pair.partedHubspot
    : other === "klaviyo"
      ? pair.klaviyo
      : pair.hubspot;
  const survivor = partedOn === "hubspot" ? pair.hubspot : pair.klaviyo;
  const ids =
    partedOn === "hubspot"
      ? { hubspot: survivor, klaviyo: partner }
      : { hubspot: partner, klaviyo: survivor };
  const deletedOn = takes ? null : pair.deletedOn;
  await foldLinks(
    store,
    [main, parted],
    { ids, base: takes ? null : main, lists: takes ? parted : main, deletedOn, others: "gone" },
    now,
  );
}
