import type { ProblemLevel, RetryPolicy } from "../../../model/problem.ts";
import { between } from "./between.ts";
import type { VendorError } from "../wire/parse.ts";
import type { PropertyError } from "./property-errors.ts";

/** Everything a row of the catalogue may look at or quote. */
export interface ErrorAnswer {
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
  readonly match: (answer: ErrorAnswer) => boolean;
  readonly title: string | ((answer: ErrorAnswer) => string);
  readonly explanation: string | ((answer: ErrorAnswer) => string);
  readonly fix: readonly string[] | ((answer: ErrorAnswer) => readonly string[]);
}

export const name = ({ property }: ErrorAnswer): string => property?.property ?? "A property";
export const category = ({ error }: ErrorAnswer): string => error?.category ?? "";
/** The day's calls are used up; the search's limit is told without a policy's name, so this one may be, too. */
export const isDaily = (error: VendorError | null): boolean =>
  error?.policyName === "DAILY" || (!error?.policyName && /\bdaily limit/i.test(error?.message ?? ""));
export const said = ({ property, error }: ErrorAnswer): string => property?.message || error?.message || "";
export const propertyCode = (answer: ErrorAnswer, pattern: RegExp): boolean =>
  answer.property !== null && pattern.test(answer.property.code);

export function missingScope({ error }: ErrorAnswer): string {
  const contexts = [error?.context, ...(error?.errors ?? []).map((inner) => inner.context)];
  const scopes = contexts.flatMap(
    (context) => context?.["requiredGranularScopes"] ?? context?.["missingScopes"] ?? [],
  );
  return scopes.join(", ") || "unknown";
}

/** The first options that HubSpot names: `X was not one of the allowed options: [A, B]`. */
function allowedOptions(answer: ErrorAnswer): readonly string[] {
  const options = between(said(answer), "allowed options: [", "]") ?? "";
  return options.split(",").map((option) => option.trim());
}

/** Of a value with several items the ones that are no option: the others are not what somebody has to correct. */
export function unknownItems(answer: ErrorAnswer): string {
  const allowed = new Set(allowedOptions(answer));
  const unknown = answer.value.split(";").filter((item) => item !== "" && !allowed.has(item.trim()));
  return unknown.length === 0 ? answer.value : unknown.join(", ");
}

export function firstOptions(answer: ErrorAnswer): string {
  const options = allowedOptions(answer);
  return options.slice(0, 5).join(", ") + (options.length > 5 ? "…" : "");
}

export function neededType(answer: ErrorAnswer): string {
  const told = `${answer.property?.code ?? ""} ${said(answer)}`.toLowerCase();
  if (told.includes("date")) return "date";
  return told.includes("bool") ? "yes or no" : "number";
}

/**
 * "Cannot set …propertyName=email… on 101. 102 already has that value." 101 is a half-made record, 102 the contact that
 * has the address (recorded from the real service, 2026-09).
 */
const ABOUT_ADDRESS = /\bpropertyName=email\b/;
const HOLDER = /\b(\d+) already has that value/;

function holderOf(message: string): string | null {
  const about = ABOUT_ADDRESS.exec(message);
  return about === null ? null : (HOLDER.exec(message.slice(about.index))?.[1] ?? null);
}

/** Does HubSpot refuse a create with status 400 because a contact has the address? A 409 says so in other words. */
export function isTakenAddress(error: VendorError): boolean {
  return messagesOf(error).some((message) => holderOf(message) !== null);
}

/** The id in HubSpot's "Contact already exists. Existing ID: N", or that of the contact that has the address; or null. */
export function existingId(error: VendorError | null): string | null {
  const found = messagesOf(error).map(
    (message) => /Existing ID: (\d+)/.exec(message)?.[1] ?? holderOf(message),
  );
  return found.find((id) => id !== null) ?? null;
}

function messagesOf(error: VendorError | null): readonly string[] {
  return [error?.message ?? "", ...(error?.errors ?? []).map(({ message }) => message ?? "")];
}
