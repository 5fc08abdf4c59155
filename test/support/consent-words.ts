/** Reasons of suppressions, and comparisons with words of consent, in TypeScript and in SQL. */
export const DECIDES_CONSENT: readonly RegExp[] = [
  /\b(?:HARD_BOUNCE|INVALID_EMAIL|SPAM_COMPLAINT|SPAM_REPORT|USER_SUPPRESSED|UNSUBSCRIBE)\b/,
  /(?:[=!<>]=?=?|\bIN \()\s*["'](?:un|never_)?subscribed["']/,
  /status\??\.?(?:includes|has)\(/,
  /suppressions'?\)?\??\.?(?:length| ?-> ?0|, ?'\[\]')/,
];
/** What the pattern is for: each of these was once another definition of an opt-out. */
export const PLANTED: readonly string[] = [
  `consent ->> 'status' = 'unsubscribed'`,
  `OR jsonb_array_length(coalesce(consent -> 'suppressions', '[]')) > 0`,
  `(@.reason != "HARD_BOUNCE" && @.reason != "INVALID_EMAIL")`,
  `if (consent.status !== "never_subscribed") return [];`,
  `return consent.suppressions.length > 0;`,
];
/** `verdictOf` itself, and files that name these words without deciding by them. */
export const SAYS_CONSENT: readonly string[] = [
  "model/consent.ts",
  // Plays a system: opts people out with the reason that Klaviyo gives.
  "connectors/memory/consent.ts",
  // Describes the values of two HubSpot properties, for editors.
  "mapping/schema/schema-consent.ts",
  // A HubSpot property error of that name, and a kind of events.
  "connectors/hubspot/problems/problems.ts",
  "connectors/hubspot/engagement/entry-words.ts",
];
