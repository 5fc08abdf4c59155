/** Scopes by what they allow; an endpoint needs one of each of its groups. */
export const READ_CONTACTS = [["crm.objects.contacts.read"]] as const;
export const WRITE_CONTACTS = [["crm.objects.contacts.write"]] as const;
export const READ_LISTS = [["crm.lists.read"]] as const;
export const CREATE_LISTS = [["crm.lists.write"]] as const;
export const WRITE_LISTS = [["crm.lists.read"], ["crm.lists.write"]] as const;
export const READ_COMPANIES = [["crm.objects.companies.read"]] as const;
export const READ_DEALS = [["crm.objects.deals.read"]] as const;

const OBJECT_READS = [
  "crm.objects.contacts.read",
  "crm.objects.companies.read",
  "crm.objects.deals.read",
] as const;

export const READ_ASSOCIATIONS = [
  [...OBJECT_READS, "crm.objects.contacts.write", "crm.objects.companies.write", "crm.objects.deals.write"],
] as const;
export const READ_PROPERTIES = [[...OBJECT_READS, "crm.schemas.contacts.read"]] as const;
export const WRITE_PROPERTIES = [["crm.schemas.contacts.write"]] as const;

export const READ_PREFERENCES = [
  ["communication_preferences.read", "communication_preferences.read_write"],
] as const;
export const WRITE_PREFERENCES = [
  ["communication_preferences.write", "communication_preferences.read_write"],
] as const;
export const READ_PREFERENCES_IN_BATCHES = [["communication_preferences.statuses.batch.read"]] as const;
export const WRITE_PREFERENCES_IN_BATCHES = [["communication_preferences.statuses.batch.write"]] as const;

/** One of these, or its own scope, lets an app send timeline events. */
export const WRITE_TIMELINE = [
  [
    "timeline",
    "tickets",
    "crm.objects.contacts.write",
    "crm.objects.companies.write",
    "crm.objects.deals.write",
  ],
] as const;
export const SEND_APP_EVENTS = [["timeline"]] as const;
export const SEND_CUSTOM_EVENTS = [["analytics.behavioral_events.send"]] as const;
export const DEFINE_CUSTOM_EVENTS = [["behavioral_events.event_definitions.read_write"]] as const;

/** What the product is told to ask for. */
export const USUAL_SCOPES = [
  "crm.lists.read",
  "crm.lists.write",
  "crm.objects.contacts.read",
  "crm.objects.contacts.write",
  "crm.schemas.contacts.read",
  "crm.schemas.contacts.write",
  "crm.objects.companies.read",
  "crm.objects.deals.read",
  "communication_preferences.read_write",
] as const;
