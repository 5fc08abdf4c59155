/** The state of one address for one kind of e-mail. NOT_SPECIFIED: nobody ever said anything. */
export type StatusState = "SUBSCRIBED" | "UNSUBSCRIBED" | "NOT_SPECIFIED";

export interface SubscriptionDefinition {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  readonly purpose: string;
  readonly communicationMethod: string;
}

export interface SubscriptionStatus {
  readonly state: StatusState;
  readonly at: number;
  readonly source: string;
  readonly legalBasis: string | null;
  readonly legalBasisExplanation: string | null;
}

/** Consent of one address; it belongs to the address, not to a contact. */
export interface Consent {
  /** When the address opted out of everything; null when it did not. */
  optedOutAt: number | null;
  readonly statuses: Map<number, SubscriptionStatus>;
}

export interface SubscriptionStore {
  readonly definitions: readonly SubscriptionDefinition[];
  definition(id: number): SubscriptionDefinition | undefined;
  /** The consent of an address (trimmed, lower case); made on first sight. */
  consent(email: string): Consent;
}

const DEFINITIONS: readonly SubscriptionDefinition[] = [
  {
    id: 1,
    name: "Marketing Information",
    description: "Marketing offers and updates.",
    purpose: "Marketing",
    communicationMethod: "Email",
  },
  {
    id: 2,
    name: "One to One",
    description: "One to One emails",
    purpose: "Sales",
    communicationMethod: "Email",
  },
];

/** @param consents all that the store knows, by address */
export function subscriptionStore(consents: Map<string, Consent>): SubscriptionStore {
  return {
    definitions: DEFINITIONS,
    definition: (id) => DEFINITIONS.find((definition) => definition.id === id),
    consent(email) {
      const known = consents.get(email);
      if (known !== undefined) return known;
      const fresh: Consent = { optedOutAt: null, statuses: new Map() };
      consents.set(email, fresh);
      return fresh;
    },
  };
}
