import { z } from "zod";

const milliseconds = z
  .number()
  .min(0)
  .max(366 * 86_400_000);
const limit = z.int().min(1).nullable();

/** What a test or a rehearsal may change about the portal while it runs. */
export const settingsSchema = z.strictObject({
  portalId: z.int().min(1),
  accountType: z.enum(["STANDARD", "DEVELOPER_TEST", "SANDBOX"]),
  /** IANA name; the daily limit starts again at its midnight. */
  timeZone: z.string().refine(isTimeZone, "not a time zone"),
  companyCurrency: z.string(),
  uiDomain: z.string(),
  dataHostingLocation: z.string(),
  /** Decides the limits; `off` has none and sends no rate headers. */
  tier: z.enum(["free", "professional", "enterprise", "off"]),
  /** Instead of the tier's; null takes the tier's. */
  burstLimit: limit,
  dailyLimit: limit,
  searchLimit: z.int().min(1),
  /** Until a change shows in search, at most; each record has its own share of it, so changes arrive out of order. */
  indexLagMs: milliseconds,
  /** `size` is optional in the specification of lists and absent in the guide's answers; searches tell it all the same. */
  listsTellSize: z.boolean(),
  /** Lists, by name, whose processing HubSpot has paused. */
  pausedLists: z.array(z.string()),
  /** What a create of a taken address is answered with: 409 by the documentation, 400 as recorded in 2026-09. */
  takenEmailStatus: z.union([z.literal(400), z.literal(409)]),
  /** The beta in which a merge keeps the primary's id. Off, as for most portals: a merge makes a third id. */
  mergeKeepsPrimaryId: z.boolean(),
  /** Custom events belong to Enterprise; null goes by the tier. */
  customEvents: z.boolean().nullable(),
  /** From the 204 of a custom event until its contact shows it; HubSpot tells no number. */
  customEventLagMs: milliseconds,
  /** Whether a custom event for an address nobody has makes a contact; HubSpot does not say, so nobody may rely on it. */
  customEventsCreateContacts: z.boolean(),
  /** When the first OAuth endpoints are switched off; ISO. */
  oauthV1EndsAt: z.iso.datetime(),
  /** Data-privacy settings: a subscription change then needs a legal basis. */
  dataPrivacy: z.boolean(),
});

export type Settings = z.output<typeof settingsSchema>;
export type Tier = Settings["tier"];

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
    listsTellSize: true,
    pausedLists: [],
    takenEmailStatus: 409,
    mergeKeepsPrimaryId: false,
    customEvents: null,
    customEventLagMs: 3_000,
    customEventsCreateContacts: true,
    oauthV1EndsAt: "2027-02-16T00:00:00.000Z",
    dataPrivacy: false,
  };
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en-US", { timeZone: name }).format();
    return true;
  } catch {
    return false;
  }
}
