import { listed, only, required, textOf } from "../wire/body-reader.ts";
import { objectOf } from "../wire/object-of.ts";
import { invalid } from "../wire/vendor-error.ts";
import { microsFrom } from "../state/vendor-time.ts";
import { checkEmail, checkPhone } from "./profile-change.ts";

/** One person of a subscribe or unsubscribe request. */
export interface ConsentRow {
  readonly id: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly emailMarketing: boolean;
  readonly smsMarketing: boolean;
  /** Microseconds; only with `historical_import`. */
  readonly consentedAt: number | null;
}

const ALLOWED: ReadonlySet<string> = new Set([
  "email",
  "phone_number",
  "subscriptions",
  "age_gated_date_of_birth",
]);
const CHANNELS: ReadonlySet<string> = new Set(["email", "sms", "whatsapp", "push"]);

/**
 * Reads everybody in the request, and refuses all of it when one is wrong: a single `first_name` and nobody is
 * subscribed.
 */
export function consentRowsOf(
  attributes: Readonly<Record<string, unknown>>,
  rule: {
    readonly consent: "SUBSCRIBED" | "UNSUBSCRIBED";
    readonly max: number;
    readonly historical: boolean;
    /** Microseconds. */
    readonly now: number;
  },
): readonly ConsentRow[] {
  const base = "/data/attributes/profiles";
  const rows = listed(required(attributes, "profiles", "/data/attributes"), "data", base, rule.max);
  return rows.map((row, index) => {
    const pointer = `${base}/data/${index}/attributes`;
    const given = required(row, "attributes", `${base}/data/${index}`);
    only(given, ALLOWED, "profile", pointer);
    const email = textOf(given, "email", pointer) ?? null;
    const phone = textOf(given, "phone_number", pointer) ?? null;
    checkEmail(email, `${pointer}/email`);
    checkPhone(phone, `${pointer}/phone_number`);
    const subscriptions = required(given, "subscriptions", pointer);
    only(subscriptions, CHANNELS, "subscriptions", `${pointer}/subscriptions`);
    if (subscriptions["sms"] !== undefined && phone === null) {
      throw invalid(
        "'phone_number' must not be empty when the sms channel is included in 'subscriptions'.",
        `${pointer}/phone_number`,
      );
    }
    const id = typeof row["id"] === "string" ? row["id"] : null;
    if (id === null && email === null && phone === null) {
      throw invalid("At least one of 'id', 'email' or 'phone_number' is required.", pointer);
    }
    const mail = marketing(subscriptions["email"], rule, `${pointer}/subscriptions/email`);
    const sms = marketing(subscriptions["sms"], rule, `${pointer}/subscriptions/sms`);
    return {
      id,
      email: email?.trim() ?? null,
      phone,
      emailMarketing: mail !== null,
      smsMarketing: sms !== null,
      consentedAt: mail?.consentedAt ?? sms?.consentedAt ?? null,
    };
  });
}

function marketing(
  channel: unknown,
  rule: { readonly consent: string; readonly historical: boolean; readonly now: number },
  pointer: string,
): { readonly consentedAt: number | null } | null {
  const given = objectOf(objectOf(channel)?.["marketing"]);
  if (given === null) return null;
  if (given["consent"] !== rule.consent) {
    throw invalid(
      `'${String(given["consent"])}' is not a valid choice for 'consent'.`,
      `${pointer}/marketing/consent`,
    );
  }
  // The wording of these three is not known; that they are errors is documented.
  const at = `${pointer}/marketing/consented_at`;
  const text = given["consented_at"] ?? null;
  if (text === null) {
    if (rule.historical) throw invalid("'consented_at' is required when 'historical_import' is true.", at);
    return { consentedAt: null };
  }
  const micros = typeof text === "string" ? microsFrom(text) : null;
  if (!rule.historical) throw invalid("'consented_at' is only allowed when 'historical_import' is true.", at);
  if (micros === null || micros > rule.now) throw invalid("'consented_at' must be in the past.", at);
  return { consentedAt: micros };
}
