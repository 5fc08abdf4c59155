import { plainConsent } from "../../../model/consent.ts";
import type { ContactHistory, PastValue } from "../../../model/history/contact-history.ts";
import { emailKey } from "../../../model/email.ts";
import type { EmailKey } from "../../../model/email.ts";
import type { FormerAddress, FormerReading } from "../../consent-port.ts";
import type { Account } from "../contacts.ts";
import { optOutProperty } from "./opt-out-types.ts";
import { readHistories } from "../pull/read-contacts.ts";

const EMAIL = "email";
const OPTED_OUT = "hs_email_optout";

/**
 * Opt-outs that contacts made under an email address which they have left. HubSpot keeps consent with the address, and
 * its opt-out properties tell of "the current email address", so only their history still shows what held before.
 *
 * See `ConsentPort.formerOptOuts`.
 */
export async function formerOptOuts(
  account: Account,
  left: readonly FormerAddress[],
  signal: AbortSignal,
): Promise<FormerReading> {
  const flags = [OPTED_OUT, ...account.optOutTypes.map(optOutProperty)];
  const properties = [EMAIL, ...flags].map((property) => ({ property, type: "text" as const }));
  const names = properties.map(({ property }) => property);
  const ids = left.map(({ id }) => id);
  const { histories, unreadable } = await readHistories(account, ids, properties, names, signal);
  const pasts = new Map(histories.map(({ contact, past }) => [contact.id, past]));
  const optOuts = left.flatMap((one) => {
    const past = pasts.get(one.id);
    const leftAt = past === undefined ? null : whenLeft(past, one.email);
    if (past === undefined || leftAt === null) return [];
    const optedOutTypes = account.optOutTypes.filter((type) => heldWhen(past, optOutProperty(type), leftAt));
    // Every type that is read: of what Klaviyo sends nothing is left.
    const everyType = flags.length > 1 && optedOutTypes.length === account.optOutTypes.length;
    const optedOut = heldWhen(past, OPTED_OUT, leftAt) || everyType;
    if (!optedOut && optedOutTypes.length === 0) return [];
    const consent = plainConsent(optedOut ? "unsubscribed" : "never_subscribed");
    return [{ ...one, consent: { ...consent, optedOutTypes } }];
  });
  return { optOuts, unreadable: new Set(unreadable.flatMap(({ id }) => id ?? [])) };
}

type Past = ContactHistory["past"];

/** When the contact last left the address; `null` where its history has not heard of it. */
function whenLeft(past: Past, address: EmailKey): number | null {
  const addresses = past[EMAIL] ?? [];
  const index = addresses.findIndex(
    ({ value }, at) => at > 0 && typeof value === "string" && emailKey(value) === address,
  );
  const next = addresses[index - 1];
  return next === undefined ? null : Date.parse(next.at);
}

/** Was the property `true` until this moment? At the moment itself HubSpot may already have set it to the next address's. */
function heldWhen(past: Past, property: string, leftAt: number): boolean {
  const known = (past[property] ?? []).filter(({ at }) => Date.parse(at) <= leftAt);
  const [last, before] = known;
  return isTrue(last) || (last !== undefined && Date.parse(last.at) === leftAt && isTrue(before));
}

function isTrue(version: PastValue | undefined): boolean {
  return version?.value === "true";
}
