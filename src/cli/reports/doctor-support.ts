import type { Mapping } from "../../model/mapping.ts";
import type { Side } from "../../model/side.ts";
import { SIDE_NAMES } from "../../model/side.ts";
import type { Finding } from "./doctor-finding.ts";
import { ok, warning } from "./doctor-finding.ts";

/** HubSpot supports a date-based version for 18 months (developers.hubspot.com, API versioning). */
const HUBSPOT_MONTHS = 18;
/** Klaviyo serves a revision for two years (developers.klaviyo.com, API versioning and deprecation policy). */
const KLAVIYO_MONTHS = 24;
/** The first of HubSpot's numbered versions to go, v4, of which subscriptions are read; v1 to v3 follow in September 2027. */
const NUMBERED_UNTIL = "2027-03-30";

/** So long before the end somebody should plan for another version. */
const SOON_MS = 180 * 86_400_000;

/** Until when the vendor supports this version of its API. */
export function supportedUntil(side: Side, version: string): Date | null {
  if (side === "hubspot" && version === "v3") return new Date(`${NUMBERED_UNTIL}T00:00:00Z`);
  const [, year, month, day = "01"] = /^(\d{4})-(\d\d)(?:-(\d\d))?/.exec(version) ?? [];
  if (year === undefined || month === undefined) return null;
  const months = side === "hubspot" ? HUBSPOT_MONTHS : KLAVIYO_MONTHS;
  return new Date(Date.UTC(Number(year), Number(month) - 1 + months, Number(day)));
}

export function supportFinding(side: Side, { hubspot, klaviyo }: Mapping, now: Date): Finding {
  const version = side === "hubspot" ? hubspot.apiVersion : klaviyo.revision;
  const what = `${side}.version`;
  const until = supportedUntil(side, version);
  const name = `${SIDE_NAMES[side]} API ${version}`;
  if (until === null) return warning(what, `${name}: until when it is supported is not known`);
  const day = until.toISOString().slice(0, 10);
  const left = until.getTime() - now.getTime();
  if (left > SOON_MS) return ok(what, `${name}, supported until ${day}`);
  const key = side === "hubspot" ? "connections.hubspot.api_version" : "connections.klaviyo.revision";
  const fix = `Set \`${key}\` to a newer one that this Tandem knows, or update Tandem.`;
  return warning(
    what,
    `${name} ${left > 0 ? "is supported only until" : "is not supported since"} ${day}`,
    fix,
  );
}
