import { memory } from "../../src/connectors/memory/index.ts";
import type { MemoryConnector } from "../../src/connectors/memory/index.ts";
import type { Side } from "../../src/model/side.ts";
import type { Driver } from "./driver.ts";
import { schemaOfSlots } from "./slots.ts";
import { witness } from "./witness.ts";

/** Two systems in memory whose answers are witnessed and whose schemas can be changed. */
export function watchedSystems(): Pick<Driver, "witness" | "specs"> & {
  readonly make: (side: Side, options: { readonly now: () => number }) => MemoryConnector;
} {
  const seen = witness();
  const specs = schemaOfSlots();
  return {
    witness: seen,
    specs,
    make: (side, { now }) => seen.watch(memory(side, { now, fields: specs[side] })),
  };
}
