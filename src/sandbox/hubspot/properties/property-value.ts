import type { PropertyDefinition } from "./property-definition.ts";
import { isMultiple } from "./property-definition.ts";

/** What HubSpot would store for a value it was given, or why it would not. */
export type CheckedValue =
  | { readonly ok: true; readonly value: string }
  | { readonly ok: false; readonly error: string; readonly message: string };

const LONGEST_TEXT = 65_536;
const DAY = 86_400_000;
const CALENDAR_DATE = /^\d{4}-\d{2}-\d{2}$/;
const WHOLE_NUMBER = /^-?\d+$/;
const ISO_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})$/;
/** HubSpot wants a known top-level domain; letters only, two or more, is what can be told without a list of them. */
const EMAIL = /^[^\s@,;:"()<>[\]\\]+@([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/;

/**
 * Brings a written value into the stored form. An empty text clears. `current` is needed because `;x` on a
 * multi-checkbox adds to what is there.
 */
export function checkValue(
  definition: PropertyDefinition,
  written: string,
  current: string | null,
): CheckedValue {
  if (definition.name === "email") return checkEmail(written);
  if (written === "") return stored("");
  switch (definition.type) {
    case "number":
      return checkNumber(written);
    case "bool":
      return written === "true" || written === "false"
        ? stored(written)
        : notAnOption(written, ["true", "false"]);
    case "date":
      return checkDate(written);
    case "datetime":
      return checkTime(written);
    case "enumeration":
      return checkOptions(definition, written, current);
    default:
      return written.length > LONGEST_TEXT
        ? refused(
            "PROPERTY_VALUE_TOO_LONG",
            `Property "${definition.name}" is longer than ${LONGEST_TEXT} characters`,
          )
        : stored(written);
  }
}

/** Addresses are kept trimmed and in lower case. */
export function canonicalEmail(email: string): string {
  return email.trim().toLowerCase();
}

function checkEmail(written: string): CheckedValue {
  const email = canonicalEmail(written);
  if (email === "" || EMAIL.test(email)) return stored(email);
  return refused("INVALID_EMAIL", `Email address ${written} is invalid`);
}

/** Stored in the shortest form, so that nobody comes to rely on getting back the text that was sent. */
function checkNumber(written: string): CheckedValue {
  const number = Number(written);
  const plain = /^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/.test(written);
  return plain && Number.isFinite(number) ? stored(String(number)) : notLong(written);
}

function checkDate(written: string): CheckedValue {
  if (CALENDAR_DATE.test(written)) {
    const time = new Date(`${written}T00:00:00.000Z`);
    const exists = !Number.isNaN(time.getTime()) && time.toISOString().startsWith(written);
    return exists ? stored(written) : refused("INVALID_DATE", `${written} was not a valid date.`);
  }
  if (!WHOLE_NUMBER.test(written)) return notLong(written);
  const time = new Date(Number(written));
  if (Number.isNaN(time.getTime())) return notLong(written);
  if (time.getTime() % DAY === 0) return stored(time.toISOString().slice(0, 10));
  const [hours, minutes] = [time.getUTCHours(), time.getUTCMinutes()];
  const seconds = `${time.getUTCSeconds()}.${time.getUTCMilliseconds()}`;
  return refused("INVALID_DATE", `${written} is at ${hours}:${minutes}:${seconds} UTC, not midnight!`);
}

function checkTime(written: string): CheckedValue {
  const time = WHOLE_NUMBER.test(written) ? new Date(Number(written)) : parseTime(written);
  return time === null || Number.isNaN(time.getTime()) ? notLong(written) : stored(time.toISOString());
}

function parseTime(written: string): Date | null {
  return ISO_TIME.test(written) ? new Date(written) : null;
}

function checkOptions(definition: PropertyDefinition, written: string, current: string | null): CheckedValue {
  const allowed = definition.options.map((option) => option.value);
  if (!isMultiple(definition)) {
    return definition.externalOptions || allowed.includes(written)
      ? stored(written)
      : notAnOption(written, allowed);
  }
  const given = written
    .split(";")
    .map((part) => part.trim())
    .filter((part) => part !== "");
  const chosen = new Set([...(written.startsWith(";") ? (current?.split(";") ?? []) : []), ...given]);
  if (definition.externalOptions) return stored([...chosen].join(";"));
  // What is sent is held against the options of today, also where the contact chose it before its option was removed.
  const stranger = given.find((part) => !allowed.includes(part));
  if (stranger !== undefined) return notAnOption(stranger, allowed);
  // In the order of the definition, not of the request: a client has to compare sets.
  const ordered = allowed.filter((value) => chosen.has(value));
  return stored([...ordered, ...[...chosen].filter((part) => !allowed.includes(part))].join(";"));
}

function stored(value: string): CheckedValue {
  return { ok: true, value };
}

function refused(error: string, message: string): CheckedValue {
  return { ok: false, error, message };
}

function notLong(written: string): CheckedValue {
  return refused("INVALID_LONG", `${written} was not a valid long.`);
}

function notAnOption(written: string, allowed: readonly string[]): CheckedValue {
  return refused("INVALID_OPTION", `${written} was not one of the allowed options: [${allowed.join(", ")}]`);
}
