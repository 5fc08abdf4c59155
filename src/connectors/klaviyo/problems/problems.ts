import { clip } from "../../../model/clip.ts";
import type { Problem, ProblemLevel, RetryPolicy } from "../../../model/problem.ts";
import { SystemUnavailable } from "../../../model/problem.ts";
import type { ApiError, KlaviyoFailure } from "./failure.ts";
import type { About, ErrorAnswer } from "./error-answer.ts";

export type { About, ErrorAnswer } from "./error-answer.ts";

interface Row {
  readonly code: string;
  readonly level: ProblemLevel;
  readonly matches: (answer: ErrorAnswer) => boolean;
  readonly title: (about: About, error: ApiError) => string;
  readonly explain: (about: About, error: ApiError) => string;
  readonly fix: (about: About) => readonly string[];
  readonly retry: RetryPolicy;
  /** Only for a whole side that is out: when to look again, where the answer does not say. */
  readonly againMs?: number;
}

const MINUTE = 60_000;
const FIELD = /'([^']+)' is not a valid field for the resource/;

const pointerEnds = (answer: ErrorAnswer, end: string): boolean =>
  (answer.error.source?.pointer ?? "").replace(/\/$/, "").endsWith(end);
const isInvalid = ({ status, error }: ErrorAnswer): boolean =>
  status === 400 || (status === null && error.code?.startsWith("invalid") === true);
const isDuplicate = ({ status, error }: ErrorAnswer): boolean =>
  status === 409 || error.code === "duplicate_profile";
const shown = (value: string | undefined): string =>
  value === undefined ? "The value" : `"${clip(value, 80)}"`;

/**
 * Every error answer of Klaviyo that somebody can act on, first match first. The matchers lean on status and pointer rather
 * than on wording, much of which was never seen (facts: the catalogue of errors).
 */
const ROWS: readonly Row[] = [
  {
    code: "KL-AUTH",
    level: "connection",
    matches: ({ status }) => status === 401,
    title: () => "Klaviyo no longer accepts our key",
    explain: () =>
      "The key was deleted, or belongs to another account. Nothing is read or written until it works.",
    fix: () => [
      "An owner, admin or manager of the Klaviyo account opens Settings > Account > API keys.",
      "Create a private key and put it where the mapping says.",
    ],
    retry: "soon",
    againMs: 5 * MINUTE,
  },
  {
    code: "KL-REVISION",
    level: "connection",
    matches: ({ status }) => status === 410,
    title: () => "Klaviyo ended this API revision",
    explain: (_about, error) =>
      `Klaviyo no longer serves the revision that Tandem asks for, and says: ${error.detail ?? "Gone."} Nothing is read or written until another is used.`,
    fix: () => [
      "Set `revision` of the Klaviyo connection in the mapping to one that Klaviyo supports.",
      "If Tandem does not know that revision, update Tandem.",
    ],
    retry: "soon",
    againMs: 5 * MINUTE,
  },
  {
    code: "KL-BLOCKED",
    level: "connection",
    matches: ({ status, html }) => status === 403 && html,
    title: () => "Klaviyo's firewall refused our server",
    explain: () => "Shared addresses of cloud providers are sometimes blocked. It is tried again by itself.",
    fix: () => ["Ask for a fixed outgoing IP address, and ask Klaviyo to allow it."],
    retry: "soon",
    againMs: 5 * MINUTE,
  },
  {
    code: "KL-SCOPE",
    level: "connection",
    matches: ({ status }) => status === 403,
    title: () => "The Klaviyo key may not do this",
    explain: (_about, error) => `Klaviyo says: ${error.detail ?? "You do not have permission."}`,
    fix: () => [
      "Create a private key with accounts:read, lists, segments:read, profiles, events:read and metrics:read.",
      "subscriptions:write is not needed, and better left out.",
    ],
    retry: "soon",
    againMs: 5 * MINUTE,
  },
  {
    code: "KL-RATE",
    level: "connection",
    matches: ({ status, error }) => status === 429 || error.code === "throttled",
    title: () => "Klaviyo asked us to slow down",
    explain: () => "The account's calls are used up for now. Tandem continues automatically.",
    fix: () => [],
    retry: "soon",
    againMs: MINUTE,
  },
  {
    code: "KL-SMS",
    level: "contact",
    matches: (it) => isInvalid(it) && /must not be empty when the sms channel/.test(it.error.detail ?? ""),
    title: () => "SMS consent needs a phone number",
    explain: ({ email }) => `${email ?? "The contact"} has no phone number in Klaviyo.`,
    fix: () => ["Map the phone number, or stop mirroring SMS consent."],
    retry: "on_change",
  },
  {
    code: "KL-FIELD",
    level: "mapping",
    matches: (it) => isInvalid(it) && FIELD.test(it.error.detail ?? ""),
    title: (_about, error) => `"${fieldIn(error)}" is not a Klaviyo profile field`,
    explain: (_about, error) => `Klaviyo has no built-in field "${fieldIn(error)}".`,
    fix: () => ["A custom property is written `properties.NAME` in the mapping."],
    retry: "on_change",
  },
  {
    code: "KL-PHONE",
    level: "field",
    matches: (it) => isInvalid(it) && pointerEnds(it, "/phone_number"),
    title: () => "Phone number is not in international format",
    explain: ({ value }) => `${shown(value)} has no country code. The rest of the contact was synced.`,
    fix: () => [
      "Add + and the country code in HubSpot.",
      "Or once for all: give the phone rule in the mapping a default_country.",
    ],
    retry: "on_change",
  },
  {
    code: "KL-EMAIL",
    level: "contact",
    matches: (it) => isInvalid(it) && pointerEnds(it, "/attributes/email"),
    title: () => "Klaviyo does not accept this email address",
    explain: ({ email, value }) => `"${value ?? email ?? ""}" was refused.`,
    fix: () => ["Correct the address in HubSpot."],
    retry: "on_change",
  },
  {
    code: "KL-SIZE",
    level: "contact",
    matches: (it) =>
      it.status === 413 || (isInvalid(it) && /payload size|100 ?KB|too large/i.test(it.error.detail ?? "")),
    title: () => "This profile is too large for Klaviyo",
    explain: () => "Klaviyo takes at most 100 kB per profile and 5 MB per import.",
    fix: ({ largest = [] }) => [
      largest.length === 0
        ? "Remove long text fields from the mapping."
        : `Remove long fields from the mapping; the longest here: ${largest.join(", ")}.`,
    ],
    retry: "on_change",
  },
  {
    code: "KL-PHONE-TAKEN",
    level: "field",
    matches: (it) => isDuplicate(it) && it.about.property === "phone_number",
    title: () => "This phone number is on another Klaviyo profile",
    explain: ({ value, profile }) =>
      `${shown(value)} belongs to ${profile === undefined ? "another profile" : `profile ${profile}`}. In Klaviyo a number can be on one profile. Other fields were synced.`,
    fix: () => ["Decide who owns it: clear it on one side, or merge the profiles in Klaviyo."],
    retry: "on_change",
  },
  {
    code: "KL-EMAIL-TAKEN",
    level: "contact",
    // On a write of an address Klaviyo answers "not found" of a profile that is there, or "duplicate".
    matches: (it) => (isDuplicate(it) || it.status === 404) && it.about.property === "email",
    title: () => "The new email is already used by another profile",
    explain: ({ value }) => `${shown(value)} belongs to another Klaviyo profile, so this one cannot have it.`,
    fix: () => ["Merge the two profiles in Klaviyo."],
    retry: "on_change",
  },
  {
    code: "KL-DUP",
    level: "contact",
    matches: isDuplicate,
    title: () => "A profile with this email exists",
    explain: ({ email }) => `Klaviyo already has ${email ?? "this contact"}; it is linked at the next look.`,
    fix: () => [],
    retry: "soon",
  },
  {
    code: "KL-LIST",
    level: "mapping",
    matches: ({ status, about }) => status === 404 && about.list !== undefined,
    title: () => "A Klaviyo list or segment no longer exists",
    explain: ({ list }) => `There is no list or segment ${list}. Its rule is frozen; nobody is removed.`,
    fix: () => ["Restore it in Klaviyo, or change the mapping."],
    retry: "on_change",
  },
  {
    code: "KL-GONE",
    level: "contact",
    matches: ({ status }) => status === 404,
    title: () => "The Klaviyo profile was deleted or merged",
    explain: ({ profile, email }) =>
      `Klaviyo no longer has profile ${profile ?? ""}${email === undefined ? "" : ` of ${email}`}. Deleted people are not recreated by themselves.`,
    fix: () => ["If they are wanted again, create a profile with the same address in Klaviyo: it is linked."],
    retry: "on_change",
  },
  {
    code: "KL-DOWN",
    level: "connection",
    matches: ({ status }) => status === null || status >= 500 || status < 300,
    title: () => "Klaviyo did not answer",
    explain: () => "It could not be reached, or its answer could not be read. It is tried again by itself.",
    fix: () => [
      "If it lasts more than an hour, look at status.klaviyo.com, and at this machine's way to it.",
    ],
    retry: "soon",
    againMs: MINUTE,
  },
];

const UNKNOWN: Row = {
  code: "KL-UNKNOWN",
  level: "contact",
  matches: () => true,
  title: (_about, error) => `Klaviyo: ${error.title ?? "refused"}`,
  // Its own words, since we have none.
  explain: (_about, error) => error.detail ?? "Klaviyo refused without saying why.",
  fix: () => [],
  retry: "on_change",
  againMs: 5 * MINUTE,
};

const LONGEST_TITLE = 60;
/** A refused value can be 100 kB long; a person reads the beginning. */
const LONGEST_EXPLANATION = 400;

function rowFor(answer: ErrorAnswer): Row {
  return ROWS.find((row) => row.matches(answer)) ?? UNKNOWN;
}

function problemFrom(row: Row, { error, about }: ErrorAnswer): Problem {
  return {
    code: row.code,
    level: row.level,
    side: "klaviyo",
    field: about.property ?? null,
    title: clip(row.title(about, error), LONGEST_TITLE),
    explanation: clip(row.explain(about, error), LONGEST_EXPLANATION),
    fix: row.fix(about),
    retry: row.retry,
    reference: error.id ?? null,
  };
}

/** An error answer as a problem of one contact, field or mapping. A row of an import job has no status (`KL-IMPORT`). */
export function problemOf(answer: ErrorAnswer): Problem {
  return problemFrom(rowFor(answer), answer);
}

/** A failed call as a problem; of several errors, the first. */
export function problemOfFailure(failure: KlaviyoFailure, about: About = {}): Problem {
  return problemOf(errorAnswerOf(failure, about));
}

/** The side is out: what to tell, and when to look again. For calls whose error answer is about no single contact. */
export function unavailable(failure: KlaviyoFailure): SystemUnavailable {
  const answer = errorAnswerOf(failure, {});
  const row = ROWS.find((it) => it.level === "connection" && it.matches(answer)) ?? UNKNOWN;
  const said = problemFrom(row, answer);
  const explanation =
    row.code === "KL-DOWN" ? `${whyDown(failure)} It is tried again by itself.` : said.explanation;
  const problem = { ...said, explanation, level: "connection" as const };
  return new SystemUnavailable("klaviyo", problem, failure.retryAfterMs ?? row.againMs ?? null, failure);
}

/** What came instead of an answer, for the person who has to find out where it broke. */
function whyDown({ kind, status, html, code, notSent }: KlaviyoFailure): string {
  const page = html ? ", as a web page: something on the way answered instead" : "";
  if (kind === "answered") return `Klaviyo answered with status ${status ?? "unknown"}${page}.`;
  if (kind === "malformed") return `Klaviyo's answer could not be read${page}.`;
  const reason = code === null ? "" : ` (${code})`;
  return notSent ? `There is no connection to Klaviyo${reason}.` : `The connection broke off${reason}.`;
}

/** Is this an error answer of everything and everybody: the key, the scopes, the quota, the network? */
export function stopsTheSide(failure: KlaviyoFailure): boolean {
  const { kind, status, notSent } = failure;
  if (kind === "unsendable") return false;
  return notSent || (kind === "answered" && [401, 403, 410, 429].includes(status ?? 0));
}

function errorAnswerOf(failure: KlaviyoFailure, about: About): ErrorAnswer {
  const { kind, status, html, errors } = failure;
  // Nothing is wrong with Klaviyo then, only with this one request.
  if (kind === "unsendable") {
    return { status: 400, html, error: { detail: "The request could not be put together." }, about };
  }
  return { status, html, error: errors[0] ?? {}, about };
}

function fieldIn(error: ApiError): string {
  return FIELD.exec(error.detail ?? "")?.[1] ?? "";
}
