/** Why a system will not send to somebody: Klaviyo's own words for its suppressions. */
export interface Suppression {
  readonly reason: string;
  /** ISO, UTC. */
  readonly at: string;
}

/** A list whose mail somebody does not get, though they may get other mail. */
export interface ListSuppression extends Suppression {
  readonly list: string;
}

export type ConsentStatus = "subscribed" | "unsubscribed" | "never_subscribed";

/** What a system knows of one person's consent. Read and kept; changed nowhere but by an opt-out or with a `Clearance`. */
export interface Consent {
  /** Of marketing e-mail as a whole. */
  readonly status: ConsentStatus;
  /** Of all e-mail. Somebody can be subscribed and suppressed at once: then nothing is sent. */
  readonly suppressions: readonly Suppression[];
  readonly listSuppressions: readonly ListSuppression[];
  /** The kinds of e-mail opted out of one by one, by id, where the system has such: HubSpot's subscription types. */
  readonly optedOutTypes: readonly string[];
  /** Of marketing by text message; `null` where the system keeps none. */
  readonly sms: ConsentStatus | null;
}

/** A consent of which only the status is known. */
export function plainConsent(status: ConsentStatus): Consent {
  return { status, suppressions: [], listSuppressions: [], optedOutTypes: [], sms: null };
}

/** What somebody opts out of: all marketing e-mail, one Klaviyo list, or one of HubSpot's subscription types. */
export type OptOutFrom =
  | { readonly kind: "all" }
  | { readonly kind: "list"; readonly list: string }
  | { readonly kind: "type"; readonly type: string };

/** What a side says about email to a person: they chose to get none, their address takes none, or nothing against it. */
export type Verdict = "by_choice" | "by_fact" | "none";

/** The one answer to whether somebody opted out. It is made when a snapshot is, and stored with it. */
export interface ConsentVerdict {
  readonly verdict: Verdict;
  /** In the side's own words: `unsubscribed`, `HARD_BOUNCE`, `SPAM_COMPLAINT`… Empty where there is none. */
  readonly reason: string;
}

/**
 * Suppressions of an address that bounces or is invalid. They block mail where they were seen and are nobody's choice. Every
 * other reason counts as the person's choice, also one that a system begins to use tomorrow.
 */
const BY_FACT: ReadonlySet<string> = new Set(["HARD_BOUNCE", "INVALID_EMAIL"]);

/** Is it the address that takes no mail, and not the person who wants none? */
export function isByFact({ reason }: Pick<Suppression, "reason">): boolean {
  return BY_FACT.has(reason);
}

export function verdictOf({
  status,
  suppressions,
}: Pick<Consent, "status" | "suppressions">): ConsentVerdict {
  if (status === "unsubscribed") return { verdict: "by_choice", reason: status };
  const chosen = suppressions.find((one) => !isByFact(one));
  if (chosen !== undefined) return { verdict: "by_choice", reason: chosen.reason };
  const [first] = suppressions;
  return first === undefined ? { verdict: "none", reason: "" } : { verdict: "by_fact", reason: first.reason };
}

/** Has this person opted out of all marketing email here, by their own act or one made for them? */
export function refusesAll(consent: Consent): boolean {
  return verdictOf(consent).verdict === "by_choice";
}

/** Is there anything at all for which this system does not send marketing email to this person? */
export function isBlocked(consent: Consent): boolean {
  return verdictOf(consent).verdict !== "none";
}

/** Did they subscribe, and does nothing speak against it? */
export function isSubscribed(consent: Consent): boolean {
  return consent.status === "subscribed" && !isBlocked(consent);
}

/** Did they subscribe and not opt out since? Their address may bounce: that takes no consent back. */
export function hasOptedIn(consent: Consent): boolean {
  return consent.status === "subscribed" && !refusesAll(consent);
}

/** Is no word of theirs known, neither for it nor against it? */
export function hasNeverAnswered({ status }: Consent): boolean {
  return status === "never_subscribed";
}

/** A snapshot's consent in a word, to compare and count everybody by. */
export type ConsentState =
  "subscribed" | "never subscribed" | "opted out of a kind" | "opted out" | "suppressed" | "not shown";

export function consentState(consent: Consent | null): ConsentState {
  if (consent === null) return "not shown";
  const { verdict } = verdictOf(consent);
  if (verdict !== "none") return verdict === "by_choice" ? "opted out" : "suppressed";
  if (consent.optedOutTypes.length > 0) return "opted out of a kind";
  return consent.status === "subscribed" ? "subscribed" : "never subscribed";
}

/** Everything that is known of a person before they are subscribed to a list; `null` where a side shows no consent. */
export interface KnownBefore {
  readonly list: string;
  readonly klaviyo: Consent | null;
  readonly hubspot: Consent | null;
  readonly isInHubSpot: boolean;
  /** The ledger holds an opt-out that they did not take back. */
  readonly refusedBefore: boolean;
}

/** Why somebody is not subscribed to a list, for the ledger and for people; `null` where nothing speaks against it. */
export function objectionOf(known: KnownBefore): string | null {
  const { list, klaviyo, hubspot, isInHubSpot, refusedBefore } = known;
  if (klaviyo === null) return "Klaviyo does not show their consent";
  if (isInHubSpot && hubspot === null) return "HubSpot does not show their consent";
  const { verdict, reason } = verdictOf(klaviyo);
  if (verdict !== "none")
    return reason === klaviyo.status ? `${reason} in Klaviyo` : `suppressed in Klaviyo: ${reason}`;
  const ofList = klaviyo.listSuppressions.find((one) => one.list === list);
  if (ofList !== undefined) return `opted out of this list in Klaviyo: ${ofList.reason}`;
  if (hubspot !== null && isBlocked(hubspot)) return "opted out of all email in HubSpot";
  if (hubspot !== null && hubspot.optedOutTypes.length > 0)
    return "opted out of email of this kind in HubSpot";
  return refusedBefore ? "they opted out before; only their own act takes that back" : null;
}

/**
 * What the ledger says: seen (`opted_out`, `opted_in` again, `first_opted_in`; `reopened`, a type that Tandem had opted them out of), done by Tandem (`carried` to the other side, `asked` to be
 * subscribed, `restored` after a refusal was met on the way), found afterwards (`confirmed`, `blocked`), `erased` from
 * Tandem, `allowed` to be synced again after that.
 */
export type ConsentKind =
  | "opted_out"
  | "opted_in"
  | "first_opted_in"
  | "reopened"
  | "carried"
  | "asked"
  | "restored"
  | "confirmed"
  | "blocked"
  | "erased"
  | "allowed";
