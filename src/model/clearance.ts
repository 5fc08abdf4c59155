import type { ExternalId } from "./contact.ts";
import type { EmailKey } from "./email.ts";

declare const granted: unique symbol;

/**
 * The permission to subscribe one person to one list, once, now. Only `consent/grant-clearance.ts` makes one, from a consent
 * read a moment ago; the port's `subscribe` takes nothing else (P9).
 */
export interface Clearance {
  readonly [granted]: true;
  readonly email: EmailKey;
  readonly profile: ExternalId;
  readonly list: string;
  /** When the consent that allows it was asked for. Milliseconds since 1970. */
  readonly readAt: number;
}
