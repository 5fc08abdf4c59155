import { isDeepStrictEqual } from "node:util";
import { stampRequests } from "../../feeds/engagement/recover-stamps.ts";
import type { ExternalId } from "../../model/contact.ts";
import type { RollUpProperty } from "../../model/engagement-mapping.ts";
import { emailKey } from "../../model/email.ts";
import type { EmailKey } from "../../model/email.ts";
import { sameValue } from "../../model/value.ts";
import type { Values } from "../../model/value.ts";
import type { PlannedOperation } from "../../plan/planned.ts";
import type { NotUndone } from "../../plan/plan-undo.ts";
import type { RunContext } from "../../pull/run-context.ts";
import type { WriteFilter } from "../../store/writes/writes-by-link.ts";
import type { ContactStamps } from "../../store/feeds/stamps.ts";
import { stampsByContact } from "../../store/feeds/stamps.ts";

export type StampBack = Extract<PlannedOperation, { readonly kind: "stamp" }>;

/** One contact's stamps, planned to be put back. */
export interface PlannedStamp {
  readonly email: EmailKey;
  readonly operation: StampBack;
}

/** What of one contact's stamps would be put back, and what would not. */
export interface StampUndo {
  readonly email: EmailKey;
  /** `null` where nothing of it can be. */
  readonly operation: StampBack | null;
  /** How many properties show the old value already. */
  readonly already: number;
  readonly left: readonly NotUndone[];
}

const CONTACTS_PER_PAGE = 500;

/**
 * Plans to put back what was stamped of people's last activity, a contact at a time, linked or not. HubSpot is asked what
 * each contact holds now: what somebody changed since stays, and so does what Tandem has written since.
 *
 * @param only these HubSpot contacts; `null`: all
 */
export async function* undoStamps(
  { store, connectors, signal }: RunContext,
  rollUps: readonly RollUpProperty[],
  wanted: WriteFilter,
  only: readonly ExternalId[] | null = null,
): AsyncGenerator<StampUndo> {
  let after = "";
  for (;;) {
    const page = await stampsByContact(store, wanted, after, CONTACTS_PER_PAGE, only);
    if (page.length === 0) return;
    const names = new Set(page.flatMap((one) => Object.keys(one.before)));
    const ids = page.map(({ contact }) => contact);
    const { contacts } = await connectors.hubspot.contacts.read(ids, stampRequests(rollUps, names), signal);
    const shown = new Map(contacts.map(({ id, values }) => [id, values]));
    for (const stamps of page) {
      const email = emailKey(stamps.email);
      if (email !== null) yield { email, ...backOf(rollUps, stamps, shown.get(stamps.contact)) };
    }
    after = ids.at(-1) ?? "";
    if (page.length < CONTACTS_PER_PAGE) return;
  }
}

function backOf(
  rollUps: readonly RollUpProperty[],
  { contact, before, after }: ContactStamps,
  now: Values | undefined,
): Omit<StampUndo, "email"> {
  if (now === undefined)
    return { operation: null, already: 0, left: [{ side: "hubspot", field: null, why: "gone" }] };
  let already = 0;
  const left: NotUndone[] = [];
  const fields: Record<string, Values[string]> = {};
  const pre: Record<string, Values[string]> = {};
  for (const [name, value] of Object.entries(before)) {
    const shown = now[name] ?? null;
    const why = !rollUps.some(({ property }) => property === name)
      ? "not_mapped"
      : !sameValue(shown, after[name] ?? null)
        ? "changed_since"
        : null;
    if (why !== null) left.push({ side: "hubspot", field: name, why });
    else if (sameValue(shown, value)) already += 1;
    else [fields[name], pre[name]] = [value, shown];
  }
  const some = Object.keys(fields).length > 0;
  const operation = some ? ({ kind: "stamp", side: "hubspot", id: contact, fields, pre } as const) : null;
  return { operation, already, left };
}

/** Those of these stamps that the journal and HubSpot ask to put back in the very same way again. */
export async function stampsAgain(
  context: RunContext,
  rollUps: readonly RollUpProperty[],
  wanted: WriteFilter,
  stamps: readonly PlannedStamp[],
): Promise<readonly PlannedStamp[]> {
  if (stamps.length === 0) return [];
  const again = new Map<ExternalId, StampBack>();
  const only = stamps.map(({ operation }) => operation.id);
  for await (const { operation } of undoStamps(context, rollUps, wanted, only))
    if (operation !== null) again.set(operation.id, operation);
  return stamps.filter(({ operation }) =>
    isDeepStrictEqual(again.get(operation.id)?.fields, operation.fields),
  );
}
