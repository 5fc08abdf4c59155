import { ABILITIES } from "../model/abilities.ts";
import type { AddressSteps, PlannedOperation } from "./planned.ts";
import type { EmailKey } from "../model/email.ts";
import type { Claim, KnownLink, Taken } from "../model/link.ts";
import type { FieldRule } from "../model/mapping.ts";
import { EMAIL_FIELD } from "../model/mapping.ts";
import type { Problem } from "../model/problem.ts";
import type { Side } from "../model/side.ts";
import { SIDES, SIDE_NAMES, otherSide, withSide } from "../model/side.ts";
import type { Value } from "../model/value.ts";
import type { MergedField } from "../reconcile/merge-contact.ts";
import { rejectedKey } from "./refused.ts";

/**
 * A link that was made by an additional address has two addresses agreed on, one for each side: each is right there, and
 * neither is written over the other, no matter who changes.
 */
export function withOwnAddress(field: MergedField): MergedField {
  const { rule, agreed, merge } = field;
  if (rule.key !== EMAIL_FIELD.key || agreed === undefined || merge.kind !== "write") return field;
  // On the way to another one (`stepAside`) a side is without any.
  if (agreed.hubspot === agreed.klaviyo || agreed.hubspot === null || agreed.klaviyo === null) return field;
  return { ...field, merge: { kind: "settled", base: agreed, because: "unchanged" } };
}

/**
 * Neither system lets two contacts have one address, for no moment. An address that somebody else still has there waits
 * until they got theirs. Where people have each other's, one of them is without for that long: nothing is invented.
 */
export function stepAside(
  merged: readonly MergedField[],
  known: KnownLink,
  mayMakeRoom: (link: bigint) => boolean = () => true,
): AddressSteps {
  const nothing = {
    merged,
    steps: { hubspot: {}, klaviyo: {} },
    waitsFor: null,
    waits: "address",
    problem: null,
  } as const;
  const field = merged.find(({ rule }) => rule.key === EMAIL_FIELD.key);
  if (field?.merge.kind !== "write") return nothing;
  const { values } = field.merge;
  const side = SIDES.find((one) => values[one] !== undefined && values[one] !== null);
  const taken = side === undefined ? null : known.taken[side];
  if (side === undefined || taken === null) return nothing;
  const instead = (merge: MergedField["merge"]): readonly MergedField[] =>
    merged.map((one) => (one === field ? { ...one, merge } : one));
  const others = instead({ kind: "unseen" });
  const address = String(values[side]);
  const refused = known.link.refused[rejectedKey(side, EMAIL_FIELD.key)] !== undefined;
  const waitsFor = `Waits until ${address} is free in ${SIDE_NAMES[side]}`;
  if (!taken.stepsAside || !mayMakeRoom(known.link.id)) return { ...nothing, merged: others, waitsFor };
  if (refused) return { ...nothing, merged: others, problem: swapped(side, known, taken, address) };
  const empty = known.sightings[side]?.email === null;
  const steps = { ...nothing.steps, [side]: empty ? {} : { [EMAIL_FIELD.key]: null } };
  // Being without an address is agreed on: the other side's still is to be written, and overwrites nothing.
  const base = field.agreed === undefined ? null : withSide<Value>(field.agreed, side, null);
  return { ...nothing, merged: instead({ kind: "settled", base, because: "unchanged" }), steps, waitsFor };
}

/**
 * Klaviyo applies an unsubscribe job later, and by email address: one that meets an address which nobody has any more makes
 * a profile of it, and its person stays subscribed. So a new address waits until Klaviyo shows the opt-out and no job can
 * still be on its way.
 *
 * @param operations what is planned for the person besides
 */
export function afterOptOut(
  steps: AddressSteps,
  known: KnownLink,
  operations: readonly PlannedOperation[],
): AddressSteps {
  if (!isOptingOut(known, operations)) return steps;
  const isWritten = ({ rule, merge }: MergedField): boolean =>
    rule.key === EMAIL_FIELD.key && merge.kind === "write" && merge.values.klaviyo !== undefined;
  if (!steps.merged.some(isWritten) && Object.keys(steps.steps.klaviyo).length === 0) return steps;
  const merged = steps.merged.map((field): MergedField =>
    isWritten(field) ? { ...field, merge: { kind: "unseen" } } : field,
  );
  const waitsFor = "The new email address waits until Klaviyo has applied the opt-out";
  return { ...steps, merged, steps: { ...steps.steps, klaviyo: {} }, waitsFor, waits: "opt_out" };
}

/** Is an opt-out planned for this person in Klaviyo, or sent so lately that Klaviyo may still be about to apply it? */
export function isOptingOut({ optingOut }: KnownLink, operations: readonly PlannedOperation[]): boolean {
  return (
    optingOut ||
    operations.some(({ kind, side }) => kind === "opt_out" && ABILITIES[side].appliesOptOutsLater)
  );
}

/** SK-SWAP: the side does not let one of them be without an address. */
function swapped(
  side: Side,
  { link, sightings }: KnownLink,
  { id, linkedTo }: Taken,
  address: string,
): Problem {
  const system = SIDE_NAMES[side];
  const own = sightings[side];
  return {
    code: "SK-SWAP",
    level: "contact",
    side,
    field: null,
    title: `Two people swapped email addresses; ${system} can't follow`,
    explanation: `${link.email} should become ${address} in ${system}, but contact ${id} (linked as ${linkedTo ?? "nobody"}) still has it and should get the other's. ${system} does not let a contact be without an email address in between. Both contacts stay linked as they are.`,
    fix: [
      `In ${system}, give contact ${own?.id ?? ""} a temporary email address, then change both to the right ones.`,
      "Tandem sees the change in the next run.",
    ],
    retry: "on_change",
    reference: null,
  };
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
  const other = SIDE_NAMES[otherSide(side)];
  return {
    code: "SK-EMAIL-CHANGED",
    level: "contact",
    side,
    field: null,
    title: `The email address was changed in ${SIDE_NAMES[side]}`,
    explanation: `${before} is now ${now} in ${SIDE_NAMES[side]}. The two contacts stay linked, and Tandem writes nothing for this person until somebody decides (identity.email_change is error).`,
    fix: [
      `Change the address in ${other} too, or change it back in ${SIDE_NAMES[side]}.`,
      "To write changed email addresses to the other side, set identity.email_change: relink.",
    ],
    retry: "on_change",
    reference: null,
  };
}

/** SK-CLAIMED: two links may not have one contact, and a second contact may not have its address. */
export function addressTaken(side: Side, email: EmailKey, { id, email: own, linkedTo }: Claim): Problem {
  const [system, other] = [SIDE_NAMES[side], SIDE_NAMES[otherSide(side)]];
  const another =
    own === email
      ? `If it is one person, give their ${other} contact the address that ${system} contact ${id} is linked under.`
      : `If it is one person, change their email address in ${other} to ${own ?? `that of ${system} contact ${id}`}.`;
  const has =
    own === email ? `has ${email}` : `has ${email} as an additional address (its own is ${own ?? "empty"})`;
  const linked = linkedTo === null ? "It is not linked" : `It is linked as ${linkedTo}`;
  const match =
    "Or set identity.secondary_emails: match, to link a contact that one profile has an address of.";
  return {
    code: "SK-CLAIMED",
    level: "contact",
    side,
    field: null,
    title: `Another ${system} contact has this address`,
    explanation: `${system} contact ${id} ${has}. ${linked}, and a contact syncs with only one ${other} contact. Tandem writes nothing for ${email}.`,
    fix: [
      another,
      `If they are two, remove ${email} from ${system} contact ${id}; then run \`tandem retry --cause SK-CLAIMED\`.`,
      ...(linkedTo === null && own !== email ? [match] : []),
    ],
    retry: "on_change",
    reference: null,
  };
}
