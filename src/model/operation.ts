import type { OptOutFrom } from "./consent.ts";
import type { ExternalId } from "./contact.ts";
import type { EmailKey } from "./email.ts";
import type { Side } from "./side.ts";
import type { Values } from "./value.ts";

/**
 * One thing to do to one side for one person. There is no delete, no merge and no subscribe among them: what is not
 * in this union cannot be asked of a connector (P12). Subscribing has its own way, which takes a
 * `Clearance`.
 */
export type Operation = CreateContact | UpdateContact | ListMembership | OptOut;

interface Targeted {
  /** Unique for ever; HubSpot echoes it per item as `objectWriteTraceId`. */
  readonly traceId: string;
  readonly side: Side;
  readonly email: EmailKey;
}

export interface CreateContact extends Targeted {
  readonly kind: "create";
  /** By the side's own property names, only non-empty values. */
  readonly values: Values;
  /** Ids of the lists that the new contact joins. */
  readonly lists: readonly string[];
}

export interface UpdateContact extends Targeted {
  readonly kind: "update";
  readonly id: ExternalId;
  /** By the side's own property names; `null` empties. */
  readonly values: Values;
}

export interface ListMembership extends Targeted {
  readonly kind: "add_to_list" | "remove_from_list";
  readonly id: ExternalId;
  readonly list: string;
}

/** Takes somebody's refusal to this side too. Nothing of it can be taken back by an operation. */
export interface OptOut extends Targeted {
  readonly kind: "opt_out";
  readonly id: ExternalId;
  readonly from: OptOutFrom;
}
