import type { AlertType, ChannelName } from "../model/watch/alerting.ts";
import { clip } from "../model/clip.ts";
import { counted, grouped } from "../model/count-words.ts";
import type { ExceededLimit } from "../model/hold.ts";
import type { Limit } from "../model/watch/limit.ts";
import type { Side } from "../model/side.ts";
import { SIDE_NAMES } from "../model/side.ts";
import { maskText } from "./mask-text.ts";

/** What an alert says. It names no contact: counts, codes, titles of problems of a whole connection. */
export interface AlertText {
  readonly summary: string;
  readonly cause: string;
  readonly fix: string;
}

interface ToldProblem {
  readonly title: string;
  readonly explanation: string;
  readonly fix: readonly string[];
}

/** PagerDuty takes 1,024 characters of a summary, Slack 3,000 of a section. */
const LONGEST_SUMMARY = 300;
const LONGEST_TEXT = 1_500;

function text(summary: string, cause: string, fix: string): AlertText {
  return {
    summary: clip(maskText(summary), LONGEST_SUMMARY),
    cause: clip(maskText(cause), LONGEST_TEXT),
    fix: clip(maskText(fix), LONGEST_TEXT),
  };
}

export function stoppedWords({ title, explanation, fix }: ToldProblem): AlertText {
  return text(`Syncing has stopped: ${title}`, explanation, sentences(fix));
}

export function overdueWords(lanes: readonly ToldProblem[]): AlertText {
  const [first] = lanes;
  const summary = lanes.length === 1 ? (first?.title ?? "") : `${lanes.length} lanes are overdue`;
  const causes = lanes.map(({ explanation }) => explanation).join(" ");
  return text(summary, causes, sentences([...new Set(lanes.flatMap(({ fix }) => fix))]));
}

const ACTIONS: Readonly<Record<ExceededLimit["action"], string>> = {
  creates: "contacts to create",
  updates: "contacts to change",
  clears: "contacts with a value to empty",
  removals: "list removals",
  unsubscribes: "people to unsubscribe",
  subscribes: "people to subscribe",
  leavers: "people who left a list or segment at once",
  deaths: "contacts missing at once",
  people: "people with a change",
  repointed: "names that now mean another list or segment",
};

export function heldWords({
  changes,
  exceeded,
}: {
  readonly changes: number;
  readonly exceeded: readonly ExceededLimit[];
}): AlertText {
  const limits = exceeded.map(({ side, action, planned, allowed }) => {
    const where = side === null ? "" : ` in ${SIDE_NAMES[side]}`;
    return action === "repointed"
      ? `${ACTIONS[action]}${where}`
      : `${grouped(planned)} ${ACTIONS[action]}${where}, ${grouped(allowed)} allowed`;
  });
  return text(
    `A limit stopped ${counted(changes, "change")}`,
    `A run would have made more changes than the mapping allows: ${[...new Set(limits)].join("; ")}. None of them were made.`,
    "Approve or reject them on the Mapping page, or with `tandem approve`.",
  );
}

/** More causes than these are for the Errors page. */
const CAUSES_TOLD = 5;

export function failingWords(
  failing: number,
  all: number,
  causes: readonly { readonly code: string; readonly contacts: number }[],
  above: Limit,
): AlertText {
  const told = causes.slice(0, CAUSES_TOLD).map(({ code, contacts }) => `${code} ${grouped(contacts)}`);
  const more = causes.length > CAUSES_TOLD ? `, and ${causes.length - CAUSES_TOLD} more causes` : "";
  return text(
    `${counted(failing, "contact")} of ${grouped(all)} ${failing === 1 ? "fails" : "fail"} to sync`,
    `More than ${limitWords(above)} fail. By cause: ${told.join(", ")}${more}.`,
    "The Errors page lists each cause with its fix.",
  );
}

export function errorsWords(
  sides: readonly { readonly side: Side; readonly calls: number; readonly failed: number }[],
  above: Limit,
): AlertText {
  const told = sides.map(
    ({ side, calls, failed }) =>
      `${grouped(failed)} of ${grouped(calls)} calls to ${SIDE_NAMES[side]} failed in the last hour`,
  );
  const names = sides.map(({ side }) => SIDE_NAMES[side]).join(" and ");
  return text(
    `Many calls to ${names} fail`,
    `${told.join("; ")}. The limit is ${limitWords(above)}. Tandem retries automatically.`,
    "Settings shows each endpoint with its error share. Check the status page of the service.",
  );
}

export function keyWords(
  keys: readonly { readonly side: Side; readonly ends: Date }[],
  now: Date,
): AlertText {
  const told = keys.map(({ side, ends }) => `The ${SIDE_NAMES[side]} key ${endWords(ends, now, "expires")}`);
  return text(
    told.join(". "),
    "This is the day that `token_expires` of the mapping names.",
    "Create a new key, put it where the mapping says, and change `token_expires`.",
  );
}

export function versionWords(
  versions: readonly { readonly side: Side; readonly version: string; readonly ends: Date }[],
  now: Date,
): AlertText {
  const told = versions.map(
    ({ side, version, ends }) => `${SIDE_NAMES[side]} API version ${version} ${endWords(ends, now, "ends")}`,
  );
  return text(
    told.join(". "),
    "After that day the service may no longer answer requests of this version.",
    "Change `api_version` or `revision` in the mapping to a newer version. You may need to upgrade Tandem first.",
  );
}

/** Alerts as people read them. */
export const ALERT_NAMES: Readonly<Record<AlertType, string>> = {
  stopped: "Syncing has stopped",
  overdue: "A lane is overdue",
  held: "A limit stopped changes",
  failing_above: "Too many contacts fail",
  errors_above: "Too many API calls fail",
  auth_expiring: "A key expires soon",
  version_sunset: "An API version ends soon",
};

/** Channels as people read them. */
export const CHANNEL_NAMES: Readonly<Record<ChannelName | "heartbeat", string>> = {
  slack: "Slack",
  email: "Email",
  webhook: "Webhook",
  pagerduty: "PagerDuty",
  heartbeat: "Heartbeat",
};

/** A test says that it is one. */
export const TEST_WORDS: AlertText = {
  summary: "This is a test alert. Nothing is wrong.",
  cause: "Someone pressed Send test alert, or ran `tandem alerts test`.",
  fix: "Nothing to do.",
};

/** Why an alert ended whose cause may still be there. */
export const UNWATCHED = "The mapping no longer has this alert.";

function endWords(ends: Date, now: Date, verb: "ends" | "expires"): string {
  const day = ends.toISOString().slice(0, 10);
  return ends <= now ? `${verb === "ends" ? "ended" : "expired"} on ${day}` : `${verb} on ${day}`;
}

function limitWords(limit: Limit): string {
  return "count" in limit ? grouped(limit.count) : `${Number((limit.share * 100).toFixed(2))} %`;
}

function sentences(steps: readonly string[]): string {
  return steps.length === 0 ? "Check the Tandem log and `tandem doctor`." : steps.join(" ");
}
