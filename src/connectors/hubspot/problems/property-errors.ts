import { z } from "zod";
import { between } from "./between.ts";
import { readJson } from "../wire/parse.ts";
import type { VendorError } from "../wire/parse.ts";

/** What HubSpot holds against the value of one property. */
export interface PropertyError {
  readonly property: string;
  /** `INVALID_OPTION`, `PROPERTY_DOESNT_EXIST`… An open set; empty where HubSpot gave none. */
  readonly code: string;
  readonly message: string;
}

const inMessage = z.array(
  z.object({ name: z.string(), error: z.string().catch(""), message: z.string().catch("") }),
);

/** In texts without JSON: the property is quoted before what is wrong with it. */
const READ_ONLY = /"([^"]+)" is an? (?:read[ -]only|calculated) property/i;
/** A collision of a unique value, the address above all. */
const TAKEN = /Cannot set PropertyValueCoordinates\{[^{}]*\{[^{}]*\}, propertyName=([^,}]+)/;

/**
 * The properties that an error answer names, each once, or none where it is about something else. HubSpot says it in three
 * ways: as JSON inside `message`, in `errors[]`, or in a sentence.
 */
export function propertyErrors(error: VendorError): readonly PropertyError[] {
  const message = error.message ?? "";
  const json = between(message, "Property values were not valid: [", "]");
  const listed = json === null ? null : inMessage.safeParse(readJson(`[${json}]`));
  const found: PropertyError[] = (listed?.data ?? []).map((each) => ({
    property: each.name,
    code: each.error,
    message: each.message,
  }));
  for (const inner of error.errors ?? []) {
    const property = inner.context?.["propertyName"]?.[0];
    if (property !== undefined) {
      found.push({ property, code: inner.code ?? "", message: inner.message ?? message });
    }
  }
  const readOnly = READ_ONLY.exec(message)?.[1];
  if (readOnly !== undefined) found.push({ property: readOnly, code: "READ_ONLY_VALUE", message });
  const taken = TAKEN.exec(message)?.[1];
  if (taken !== undefined) found.push({ property: taken, code: "ALREADY_TAKEN", message });
  return found.filter(
    (each, index) => found.findIndex((other) => other.property === each.property) === index,
  );
}

/** Such an error is about the property itself, so it meets everybody who writes it. */
export function isAboutEverybody({ code, message }: PropertyError): boolean {
  return (
    code === "PROPERTY_DOESNT_EXIST" || code === "READ_ONLY_VALUE" || /calculated property/i.test(message)
  );
}
