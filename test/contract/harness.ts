import type { Connector } from "../../src/connectors/connector.ts";
import type { ExternalId } from "../../src/model/contact.ts";
import type { Values } from "../../src/model/value.ts";

/** The properties that the suite writes and reads, by type. */
export const CONTRACT_TYPES = ["text", "number", "boolean", "date", "datetime", "list"] as const;
export type ContractType = (typeof CONTRACT_TYPES)[number];

/** A system as its own people see it: what the suite does behind the connector's back, and looks at afterwards. */
export interface ContractUser {
  /** Values by the system's property names, canonical; the connector must read the same ones. */
  create(email: string, values: Values, collections: readonly string[]): Promise<ExternalId>;
  edit(id: ExternalId, values: Values): Promise<void>;
  /** Puts something into the number property that is no number. */
  spoil(id: ExternalId): Promise<void>;
  delete(id: ExternalId): Promise<void>;
  merge(winner: ExternalId, loser: ExternalId): Promise<void>;
  join(id: ExternalId, collection: string): Promise<void>;
  leave(id: ExternalId, collection: string): Promise<void>;
  dropCollection(collection: string): Promise<void>;
  members(collection: string): Promise<readonly ExternalId[]>;
  /** How many contacts the account has with this address, whatever its case. */
  count(email: string): Promise<number>;
}

export interface ConnectorHarness {
  readonly connector: Connector;
  readonly user: ContractUser;
  readonly properties: Readonly<Record<ContractType, string>>;
  /** Two lists that exist and are empty. */
  readonly lists: readonly [string, string];
  /** A value of some property that the system will not store. */
  readonly refused: { readonly property: string; readonly value: string };
  /** Does `read` answer the id of a merged contact with its survivor? Otherwise it is absent. */
  readonly followsMerges: boolean;
  /** Forbids every change after the next `skip` requests for one, by an answer to each that does nothing. */
  forbidWrites(skip: number): void;
  /** Makes time pass for the system and the connector alike, beyond every lag, overlap and rate window. */
  pass(): Promise<void>;
  close(): Promise<void>;
}

export type MakeHarness = () => Promise<ConnectorHarness>;
