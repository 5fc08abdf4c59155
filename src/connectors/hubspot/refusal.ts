import type { ProblemLevel, RetryPolicy } from "../../model/problem.ts";
import type { VendorError } from "./parse.ts";
import type { PropertyError } from "./property-errors.ts";

/** Everything a row of the catalogue may look at or quote. */
export interface Refusal {
  /** 0 where no answer came. */
  readonly status: number;
  readonly error: VendorError | null;
  /** What was being asked for: `list` for a list and its members, `event` for engagements. */
  readonly about: "contact" | "list" | "event" | "account";
  /** The property that is at fault, where one is. */
  readonly property: PropertyError | null;
  /** The person's address, the list's name or the like; empty where there is none. */
  readonly subject: string;
  /** What was to be written into the property, as on the wire. */
  readonly value: string;
  /** OAuth: the token could not be renewed. */
  readonly signInLost: boolean;
}

/** One cause of the catalogue: what it is known by, and what a person is told. */
export interface Row {
  readonly code: string;
  readonly level: ProblemLevel;
  readonly retry: RetryPolicy;
  readonly match: (refusal: Refusal) => boolean;
  readonly title: string | ((refusal: Refusal) => string);
  readonly explanation: string | ((refusal: Refusal) => string);
  readonly fix: readonly string[] | ((refusal: Refusal) => readonly string[]);
}

export const name = ({ property }: Refusal): string => property?.property ?? "A property";
export const category = ({ error }: Refusal): string => error?.category ?? "";
/** The day's calls are used up; the search's limit is told without a policy's name, so this one may be, too. */
export const isDaily = (error: VendorError | null): boolean =>
  error?.policyName === "DAILY" || (!error?.policyName && /\bdaily limit/i.test(error?.message ?? ""));
export const said = ({ property, error }: Refusal): string => property?.message || error?.message || "";
export const propertyCode = (refusal: Refusal, pattern: RegExp): boolean =>
  refusal.property !== null && pattern.test(refusal.property.code);

export function missingScope({ error }: Refusal): string {
  const contexts = [error?.context, ...(error?.errors ?? []).map((inner) => inner.context)];
  const scopes = contexts.flatMap(
    (context) => context?.["requiredGranularScopes"] ?? context?.["missingScopes"] ?? [],
  );
  return scopes.join(", ") || "unknown";
}

/** The first options that HubSpot names: `X was not one of the allowed options: [A, B]`. */
function allowedOptions(refusal: Refusal): readonly string[] {
  return (/allowed options: \[(.*)\]/s.exec(said(refusal))?.[1] ?? "")
    .split(",")
    .map((option) => option.trim());
}

/** Of a value with several items the ones that are no option: the others are not what somebody has to correct. */
export function unknownItems(refusal: Refusal): string {
  const allowed = new Set(allowedOptions(refusal));
  const unknown = refusal.value.split(";").filter((item) => item !== "" && !allowed.has(item.trim()));
  return unknown.length === 0 ? refusal.value : unknown.join(", ");
}

export function firstOptions(refusal: Refusal): string {
  const options = allowedOptions(refusal);
  return options.slice(0, 5).join(", ") + (options.length > 5 ? "…" : "");
}

export function neededType(refusal: Refusal): string {
  const told = `${refusal.property?.code ?? ""} ${said(refusal)}`.toLowerCase();
  if (told.includes("date")) return "date";
  return told.includes("bool") ? "yes or no" : "number";
}

/** The id in HubSpot's "Contact already exists. Existing ID: N", or null. */
export function existingId(error: VendorError | null): string | null {
  return /Existing ID: (\d+)/.exec(error?.message ?? "")?.[1] ?? null;
}
