/** One of the two systems of a connection. */
export type Side = "hubspot" | "klaviyo";

export const SIDES: readonly Side[] = ["hubspot", "klaviyo"];

/** One thing for each side. */
export type PerSide<T> = { readonly [S in Side]: T };

/** The names of the systems, as people read them. */
export const SIDE_NAMES: PerSide<string> = { hubspot: "HubSpot", klaviyo: "Klaviyo" };

/** What each of them calls a person: one, and several. */
export const CONTACT_NOUNS: PerSide<readonly [one: string, several: string]> = {
  hubspot: ["contact", "contacts"],
  klaviyo: ["profile", "profiles"],
};

export function otherSide(side: Side): Side {
  return side === "hubspot" ? "klaviyo" : "hubspot";
}

export function perSide<T>(make: (side: Side) => T): PerSide<T> {
  return { hubspot: make("hubspot"), klaviyo: make("klaviyo") };
}

/** The same pair with one side replaced. */
export function withSide<T>(pair: PerSide<T>, side: Side, value: T): PerSide<T> {
  return side === "hubspot" ? { ...pair, hubspot: value } : { ...pair, klaviyo: value };
}
