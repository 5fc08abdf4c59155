/** Who set a value, as property history shows it. */
export interface Source {
  /** An open set at HubSpot: INTEGRATION for the API, CRM_UI for people, MERGE… */
  readonly type: string;
  /** The app's id for INTEGRATION. */
  readonly id: string;
  readonly label: string | null;
  readonly userId: number | null;
}

/** One value a property had, newest first. An empty text is a cleared value. */
export interface ValueVersion {
  readonly value: string;
  readonly at: number;
  readonly source: Source;
  readonly older: ValueVersion | null;
}

/** A moment at which `lastmodifieddate` moved, newest first; search sees older ones while its index lags. */
export interface Touch {
  readonly at: number;
  readonly older: Touch | null;
}

/** A contact as HubSpot keeps it. What can be computed from the rest is computed when asked for. */
export interface Contact {
  readonly id: string;
  /** The id as a number: ids are compared and sorted by it. */
  readonly number: number;
  createdAt: number;
  readonly source: Source;
  touched: Touch;
  gone: { readonly at: number; readonly how: "archived" | "merged" | "erased" } | null;
  additionalEmails: readonly string[];
  /** Every id that was merged into this one, however many merges ago. */
  mergedIds: readonly string[];
  readonly values: Map<string, ValueVersion>;
}

/** The value at a moment (default: now); null when unset, cleared, or not a stored or computed property. */
export function valueOf(contact: Contact, name: string, at = Number.POSITIVE_INFINITY): string | null {
  const compute = COMPUTED.get(name);
  if (compute !== undefined) return compute(contact, at);
  return storedValue(contact, name, at);
}

/** When the contact was last modified, as known at a moment; null when it did not exist yet. */
export function touchedAt({ touched }: Pick<Contact, "touched">, at: number): number | null {
  let touch: Touch | null = touched;
  while (touch !== null && touch.at > at) touch = touch.older;
  return touch?.at ?? null;
}

/** The names of what HubSpot computes itself. */
export function computedNames(): readonly string[] {
  return [...COMPUTED.keys()];
}

/** Primary address first, then the additional ones. */
export function emailsOf(contact: Contact): readonly string[] {
  const primary = valueOf(contact, "email");
  return primary === null ? contact.additionalEmails : [primary, ...contact.additionalEmails];
}

type Compute = (contact: Contact, at: number) => string | null;

const COMPUTED: ReadonlyMap<string, Compute> = new Map<string, Compute>([
  ["hs_object_id", (contact) => contact.id],
  ["createdate", (contact) => new Date(contact.createdAt).toISOString()],
  ["lastmodifieddate", (contact, at) => new Date(touchedAt(contact, at) ?? contact.createdAt).toISOString()],
  ["hs_additional_emails", (contact) => joined(contact.additionalEmails)],
  ["hs_merged_object_ids", (contact) => joined(contact.mergedIds)],
  ["hs_all_contact_vids", (contact) => [contact.id, ...contact.mergedIds].join(";")],
  ["hs_email_domain", (contact, at) => storedValue(contact, "email", at)?.split("@")[1] ?? null],
  ["hs_full_name_or_email", fullNameOrEmail],
  ["hs_searchable_calculated_phone_number", (contact, at) => digits(storedValue(contact, "phone", at))],
  ["hs_is_contact", () => "true"],
  ["hs_is_unworked", () => "true"],
  ["hs_pipeline", () => "contacts-lifecycle-pipeline"],
  ["hs_object_source", (contact) => contact.source.type],
  ["hs_object_source_id", (contact) => contact.source.id],
  ["hs_object_source_label", (contact) => contact.source.type],
  ["num_notes", (contact, at) => storedValue(contact, "num_notes", at) ?? "0"],
]);

/** What was set, at a moment; null when unset or cleared. */
export function storedValue({ values }: Pick<Contact, "values">, name: string, at: number): string | null {
  let version = values.get(name) ?? null;
  while (version !== null && version.at > at) version = version.older;
  return version === null || version.value === "" ? null : version.value;
}

function fullNameOrEmail(contact: Contact, at: number): string | null {
  const names = ["firstname", "lastname"].map((name) => storedValue(contact, name, at));
  const full = names.filter((name) => name !== null).join(" ");
  return full === "" ? storedValue(contact, "email", at) : full;
}

function joined(texts: readonly string[]): string | null {
  return texts.length === 0 ? null : texts.join(";");
}

function digits(phone: string | null): string | null {
  const found = phone?.replace(/\D/g, "") ?? "";
  return found === "" ? null : found;
}
