import type { PerSide } from "../model/side.ts";

/**
 * The scopes of each key that a sync needs, and no other. `subscriptions:write` is left out on purpose: without it nobody
 * can be subscribed, even by mistake. HubSpot lets a key that reads contacts read their properties, too. What a mapping asks for beyond that, `tandem doctor` and Settings name.
 */
export const KEY_SCOPES: PerSide<readonly string[]> = {
  hubspot: ["crm.lists.read", "crm.objects.contacts.read", "crm.objects.contacts.write"],
  klaviyo: ["accounts:read", "lists:read", "lists:write", "profiles:read", "profiles:write", "segments:read"],
};

/** Where each key is made, and what it needs. */
export const WHERE_TO_MAKE: PerSide<string> = {
  hubspot: `HubSpot > Settings > Integrations > Service Keys: scopes ${KEY_SCOPES.hubspot.join(", ")}`,
  klaviyo: `Klaviyo > Settings > Account > API keys: scopes ${KEY_SCOPES.klaviyo.join(", ")}; leave out subscriptions:write on purpose`,
};
