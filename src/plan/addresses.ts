import type { EmailKey } from "../model/email.ts";
import type { Claim, KnownLink } from "../model/link.ts";
import type { FieldRule } from "../model/mapping.ts";
import { EMAIL_FIELD } from "../model/mapping.ts";
import type { Problem } from "../model/problem.ts";
import type { Side } from "../model/side.ts";
import { SIDES } from "../model/side.ts";
import type { MergedField } from "../reconcile/merge-contact.ts";

const NAMES: Readonly<Record<Side, string>> = { hubspot: "HubSpot", klaviyo: "Klaviyo" };

/**
 * A link that was made by an additional address has two addresses agreed on, one for each side: each is right there, and
 * neither is written over the other, whoever changes.
 */
export function withOwnAddress(field: MergedField): MergedField {
  const { rule, agreed, merge } = field;
  if (rule.key !== EMAIL_FIELD.key || agreed === undefined || merge.kind !== "write") return field;
  if (agreed.hubspot === agreed.klaviyo) return field;
  return { ...field, merge: { kind: "settled", base: agreed, because: "unchanged" } };
}

/** SK-EMAIL-CHANGED, where the mapping wants a changed address to wait for a person. */
export function heldAddress(fields: readonly FieldRule[], { link, sightings }: KnownLink): Problem | null {
  const rule = fields.find(({ key }) => key === EMAIL_FIELD.key);
  if (rule?.holdsChanges !== true) return null;
  if (sightings.hubspot?.email === sightings.klaviyo?.email) return null;
  for (const side of SIDES) {
    const now = sightings[side]?.email ?? null;
    const before = link.base[EMAIL_FIELD.key]?.[side] ?? link.email;
    if (now !== null && now !== before) return addressChanged(side, String(before), now);
  }
  return null;
}

function addressChanged(side: Side, before: string, now: EmailKey): Problem {
  const other = NAMES[side === "hubspot" ? "klaviyo" : "hubspot"];
  return {
    code: "SK-EMAIL-CHANGED",
    level: "contact",
    side,
    field: null,
    title: `The e-mail address was changed in ${NAMES[side]}`,
    explanation: `${before} is now ${now} in ${NAMES[side]}. The two contacts stay linked, and nothing of this person is written until somebody decides (identity.email_change is error).`,
    fix: [
      `Change the address in ${other} too, or change it back in ${NAMES[side]}.`,
      "For changed addresses to be written to the other side, set identity.email_change: relink.",
    ],
    retry: "on_change",
    reference: null,
  };
}

/** SK-CLAIMED: two links may not have one contact, and a second contact may not have its address. */
export function addressTaken(side: Side, email: EmailKey, { id, email: own, linkedTo }: Claim): Problem {
  const [system, other] = [NAMES[side], NAMES[side === "hubspot" ? "klaviyo" : "hubspot"]];
  const has =
    own === email ? `has ${email}` : `has ${email} as an additional address (its own is ${own ?? "empty"})`;
  const linked = linkedTo === null ? "It is linked to nobody" : `It is linked as ${linkedTo}`;
  const match =
    "Or set identity.secondary_emails: match, to link a contact that one profile has an address of.";
  return {
    code: "SK-CLAIMED",
    level: "contact",
    side,
    field: null,
    title: `Another ${system} contact has this address`,
    explanation: `${system} contact ${id} ${has}. ${linked}, and one contact is kept in step with one ${other} contact only. Nothing is written for ${email}.`,
    fix: [
      `Is it one person? Merge the ${other} contacts, so that one is left.`,
      `Are they two? Remove ${email} from ${system} contact ${id}; then run \`tandem retry --cause SK-CLAIMED\`.`,
      ...(linkedTo === null && own !== email ? [match] : []),
    ],
    retry: "on_change",
    reference: null,
  };
}
