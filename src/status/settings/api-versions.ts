/** Until when a vendor answers a version of its API. */
export interface VersionEnd {
  readonly version: string;
  /** `null` where it is not known. */
  readonly ends: Date | null;
  /** A word on it, for people. */
  readonly rule: string;
}

/** HubSpot's numbered versions 1 to 3 (its changelog on legacy APIs). */
const NUMBERED_ENDS = new Date("2027-09-01T00:00:00Z");
/** HubSpot supports each dated version for so many months (its page on API versioning). */
const HUBSPOT_MONTHS = 18;
/** Klaviyo keeps a revision stable for a year and answers it for one more (its versioning and deprecation policy). */
const KLAVIYO_MONTHS = 24;

export function hubspotVersion(version: string): VersionEnd {
  const dated = /^(\d{4})-(\d{2})$/.exec(version);
  if (dated === null)
    return {
      version,
      ends: NUMBERED_ENDS,
      rule: "HubSpot supports its numbered versions until September 2027",
    };
  return {
    version,
    ends: monthsAfter(`${version}-01`, HUBSPOT_MONTHS),
    rule: `HubSpot supports a dated version for ${HUBSPOT_MONTHS} months`,
  };
}

export function klaviyoRevision(version: string): VersionEnd {
  const rule = "Klaviyo answers a revision for two years";
  const day = /^\d{4}-\d{2}-\d{2}/.exec(version)?.[0];
  return { version, ends: day === undefined ? null : monthsAfter(day, KLAVIYO_MONTHS), rule };
}

function monthsAfter(day: string, months: number): Date {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCMonth(date.getUTCMonth() + months);
  return date;
}
