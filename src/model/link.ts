import type { Base } from "./base.ts";
import type { ExternalId, Sighting } from "./contact.ts";
import type { EmailKey } from "./email.ts";
import type { PastWrite } from "./history/past-write.ts";
import type { Problem } from "./problem.ts";
import type { RejectedValues } from "./rejected-value.ts";
import type { PerSide, Side } from "./side.ts";

/** The five states of a link; a tag, never a verb. */
export type LinkState = "in_sync" | "waiting" | "failing" | "excluded" | "ignored";

/** Two contacts of one person, joined by normalised e-mail. */
export interface Link {
  readonly id: bigint;
  readonly email: EmailKey;
  readonly ids: PerSide<ExternalId | null>;
  readonly base: Base;
  /** Klaviyo list ids that Tandem has put this person on. A list joined some other way is none of our business. */
  readonly lists: readonly string[];
  /** The side whose contact was deleted; nothing is made again from such a link (P11). */
  readonly deletedOn: Side | null;
  /** The side that was asked for its contact and did not have it; deleted once it is clear that not too many are. */
  readonly missingOn: Side | null;
  /** Its contact on a side was merged into another link's, whose address this is; nothing is made there for it. */
  readonly merged: { readonly on: Side; readonly into: EmailKey | null } | null;
  readonly state: LinkState;
  /** How often refused writes were tried, and when they are next. */
  readonly attempts: number;
  readonly retryAt: Date | null;
  readonly refused: RejectedValues;
}

/** A contact that has a link's address and is not the link's. */
export interface Claim {
  readonly id: ExternalId;
  /** Its own address. */
  readonly email: EmailKey | null;
  /** The address of the link that has it; `null` where none has. */
  readonly linkedTo: EmailKey | null;
}

/** A contact that has an address which a link is about to write to its own contact. */
export interface Taken extends Claim {
  /** These people have each other's addresses, and this one is the first to give its own up. */
  readonly stepsAside: boolean;
}

/** An opt-out of a person under an address that they had, or have as well, by the side that showed it. */
export interface InheritedOptOut {
  readonly from: Side;
  /** The sides that it reached. */
  readonly carriedTo: readonly Side[];
}

export type InheritedOptOuts = readonly InheritedOptOut[];

/** An opt-out that Tandem sent to Klaviyo, which applies it later. */
export interface OptOutOnItsWay {
  /** Tandem opted them out in Klaviyo so lately that Klaviyo may still be about to apply it. */
  readonly optingOut: boolean;
  /** Klaviyo has not shown their opt-out since Tandem sent it. */
  readonly optOutUnconfirmed: boolean;
  /** That is sent to the email address that they have now, and so lately that it is not sent again. */
  readonly optOutUnderWay: boolean;
}

/** A link with all that is known of its two contacts: what a plan is made from. */
export interface KnownLink extends OptOutOnItsWay {
  readonly link: Link;
  readonly sightings: PerSide<Sighting | null>;
  /** Why a side's contact, or one that has this address, could not be read at the last try; `null` where it could. */
  readonly unread: PerSide<Problem | null>;
  /** Was the side asked for this address since the link was made? Until then, absence is not knowledge. */
  readonly sought: PerSide<boolean>;
  /** Did Tandem make the side's contact itself? Then its absence means that somebody deleted it. */
  readonly made: PerSide<boolean>;
  /** Other contacts of a side with the same address, which are left alone. */
  readonly duplicates: PerSide<readonly ExternalId[]>;
  /** Where a side's contact is missing: one that has the address, and that this link may not simply take. */
  readonly claimed: PerSide<Claim | null>;
  /** Another contact of the side that has the address which the link's other contact shows now. */
  readonly taken: PerSide<Taken | null>;
  /** The email address that Tandem took from a side's contact for a swap, while the contact has none and nobody has that one. */
  readonly putAside: PerSide<EmailKey | null>;
  /** Sides on which an opt-out under another address of this person was not synced yet. */
  readonly inherited: InheritedOptOuts;
  /** The ledger holds a refusal of this person that they did not take back themselves. */
  readonly optedOut: boolean;
  /** The lists that this person was ever asked to be subscribed to: never again to these. */
  readonly subscribeRequested: readonly string[];
  /** A subscription that Tandem asked for met a refusal on its way and went over it: it is to be put back. */
  readonly overruled: boolean;
  /** HubSpot's subscription types that stood for a refusal in Klaviyo, which the person took back there since. */
  readonly takenBack: readonly string[];
  /** What Tandem wrote to either contact in the last two days, where that is more than a few fields. */
  readonly writes: readonly PastWrite[];
}
