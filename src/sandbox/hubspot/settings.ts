export type Tier = "free" | "professional" | "enterprise" | "off";

/** What a test or a rehearsal may change about the portal while it runs. */
export interface Settings {
  portalId: number;
  accountType: "STANDARD" | "DEVELOPER_TEST" | "SANDBOX";
  /** IANA name; the daily limit starts anew at its midnight. */
  timeZone: string;
  companyCurrency: string;
  uiDomain: string;
  dataHostingLocation: string;
  /** Decides the limits; `off` has none and sends no rate headers. */
  tier: Tier;
  /** Instead of the tier's; null takes the tier's. */
  burstLimit: number | null;
  dailyLimit: number | null;
  searchLimit: number;
  /** Until a change shows in search, at most; each record has its own share of it, so changes arrive out of order. */
  indexLagMs: number;
  /** The beta in which a merge keeps the primary's id. Off, as for most portals: a merge makes a third id. */
  mergeKeepsPrimaryId: boolean;
  /** Custom events belong to Enterprise; null goes by the tier. */
  customEvents: boolean | null;
  /** From the 204 of a custom event until its contact shows it; HubSpot tells no number. */
  customEventLagMs: number;
  /** Whether a custom event for an address nobody has makes a contact; HubSpot does not say, so nobody may rely on it. */
  customEventsCreateContacts: boolean;
  /** When the first OAuth endpoints are switched off; ISO. */
  oauthV1EndsAt: string;
  /** Data-privacy settings: a subscription change then needs a legal basis. */
  dataPrivacy: boolean;
}

/** A German professional portal, as plain as possible. */
export function defaultSettings(): Settings {
  return {
    portalId: 147_893_286,
    accountType: "STANDARD",
    timeZone: "Europe/Berlin",
    companyCurrency: "EUR",
    uiDomain: "app-eu1.hubspot.com",
    dataHostingLocation: "eu1",
    tier: "professional",
    burstLimit: null,
    dailyLimit: null,
    searchLimit: 5,
    indexLagMs: 3_000,
    mergeKeepsPrimaryId: false,
    customEvents: null,
    customEventLagMs: 3_000,
    customEventsCreateContacts: true,
    oauthV1EndsAt: "2027-02-16T00:00:00.000Z",
    dataPrivacy: false,
  };
}
