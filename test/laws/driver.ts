import type { FieldSpec } from "../../src/connectors/connector.ts";
import type { MemoryConnector } from "../../src/connectors/memory/index.ts";
import type { MemoryWrite } from "../../src/connectors/memory/write-all.ts";
import type { EmailKey } from "../../src/model/email.ts";
import type { ExceededLimit } from "../../src/model/hold.ts";
import type { Mapping } from "../../src/model/mapping.ts";
import type { PerSide } from "../../src/model/side.ts";
import type { LostValue } from "../../src/model/history/lost-value.ts";
import type { Witness } from "./witness.ts";

/** A conflict that was recorded: whose, of which field, and what gave way. */
export interface Recorded extends LostValue {
  readonly email: EmailKey;
  readonly field: string;
}

/** Result of one run, told by the systems and by what was recorded. */
export interface Synced {
  readonly writes: PerSide<readonly MemoryWrite[]>;
  readonly conflicts: readonly Recorded[];
  readonly exceeded: readonly ExceededLimit[];
}

export interface Holds {
  /** Each held change in words. */
  held(): Promise<readonly string[]>;
  approve(): Promise<void>;
  /** Links whose contact on a side counts as deleted. */
  dead(): Promise<number>;
}

/** Two systems in memory and something that keeps them in step: the pure parts alone, or the whole engine. */
export interface Driver {
  readonly systems: PerSide<MemoryConnector>;
  readonly witness: Witness;
  /** What HubSpot and Klaviyo tell of their properties; a test changes it. */
  readonly specs: PerSide<FieldSpec[]>;
  sync(mapping: Mapping): Promise<Synced>;
  /** Only of the whole engine: what is held, and a person's approval of exactly that. */
  readonly holds: Holds | null;
  close(): Promise<void>;
}
