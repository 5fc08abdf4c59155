/** Why a system will not send to somebody: Klaviyo's own words for its suppressions. */
export interface Suppression {
  readonly reason: string;
  /** ISO, UTC. */
  readonly at: string;
}

/** What a system knows of one person's e-mail consent. Read and kept; changed nowhere but in `consent/`. */
export interface Consent {
  readonly status: "subscribed" | "unsubscribed" | "never_subscribed";
  readonly suppressions: readonly Suppression[];
}
