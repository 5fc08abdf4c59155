import type { ApiError } from "./failure.ts";

/** What Klaviyo said, and of what: one error answer, one entry of its errors, as far as is known. */
export interface ErrorAnswer {
  /** `null` where there was no answer, or for a row of an import job. */
  readonly status: number | null;
  readonly html: boolean;
  readonly error: ApiError;
  /** What the problem is about: the property named by the pointer, its value, the contact's address, a list. */
  readonly about: About;
}

export interface About {
  /** As in the mapping: `phone_number`, `properties.Tier`. */
  readonly property?: string;
  readonly value?: string;
  readonly email?: string;
  readonly list?: string;
  readonly profile?: string;
  /** The longest properties of what was sent, for somebody who must make it smaller. */
  readonly largest?: readonly string[];
}
