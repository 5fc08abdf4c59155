import { isSupportedCountry } from "libphonenumber-js/max";
import { z } from "zod";
import { phoneNumber } from "../phone-number.ts";
import { wrong } from "../wrong.ts";
import { failed, on, row } from "./row.ts";

/** What people write for the United Kingdom; the list of countries has GB. */
const NOT_A_COUNTRY: { readonly [written: string]: string } = { UK: "GB", EN: "GB" };

const country = z.string().refine((code) => isSupportedCountry(code), {
  error: (issue) => {
    const code = String(issue.input).toUpperCase();
    const known = NOT_A_COUNTRY[code] ?? (isSupportedCountry(code) ? code : null);
    const help =
      known === null ? "two capital letters (ISO 3166-1), for example `EE`" : `did you mean \`${known}\`?`;
    return wrong(`cannot be \`${String(issue.input)}\``, help);
  },
});

export const phoneE164 = row<"phone_e164", z.ZodObject<{ default_country: typeof country }>>({
  schema: z.strictObject({
    default_country: country.describe("Country of phone numbers written without one, e.g. EE."),
  }),
  help: "Phone numbers in international format (E.164). What is none is a problem of that field alone. Needs no way back.",
  read: (written) => ({ kind: "phone_e164", defaultCountry: written.default_country }),
  takes: () => ["phone", "text"],
  gives: () => "phone",
  fixesType: true,
  back: () => "as_is",
  apply: (value, step) => phoneNumber(String(value), step.defaultCountry) ?? failed("is no phone number"),
  examples: [{ kind: "phone_e164", defaultCountry: "EE" }],
});

export const digits = row<"digits", typeof on>({
  schema: on,
  help: "The digits of a text or phone number and nothing else. Loses information: no way back.",
  read: () => ({ kind: "digits" }),
  takes: () => ["text", "phone"],
  gives: () => "text",
  fixesType: false,
  back: () => ({ loses: "+372 5123 4567" }),
  apply(value) {
    const found = String(value).replaceAll(/\D/g, "");
    return found === "" ? failed("has no digits") : found;
  },
  examples: [{ kind: "digits" }],
});
