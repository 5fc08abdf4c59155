import { renderTemplate } from "./render-template.ts";
import type { Contact } from "../contacts/contact.ts";
import { plainValue } from "../objects/plain-object.ts";
import type { HubspotState } from "../state.ts";
import type { Incidents, Occurrence, OccurrenceKind } from "./timeline-store.ts";

/** One card on a contact's timeline, as somebody in sales reads it. */
export interface TimelineCard {
  readonly kind: OccurrenceKind | "note";
  readonly id: string;
  /** When it happened; ISO. */
  readonly at: string;
  /** When HubSpot got to know of it; ISO. */
  readonly recordedAt: string;
  /** Name of the template, event type or definition; `note` for a note. */
  readonly type: string;
  readonly header: string;
  readonly detail: string;
  readonly values: Readonly<Record<string, string>>;
}

/** How many there are of everything that engagement leaves here, and of the mistakes it can make. */
export interface TimelineCounts {
  readonly byKind: Readonly<Record<TimelineCard["kind"], number>>;
  /** Key: name of the template, event type or definition. */
  readonly byType: Readonly<Record<string, number>>;
  readonly incidents: Readonly<Incidents>;
}

/** What happened to a record, those merged into it included, that can be seen by now. */
export function occurrencesOf(
  state: HubspotState,
  objectType: Occurrence["objectType"],
  objectId: string,
): readonly Occurrence[] {
  const contact = objectType === "contacts" ? state.contacts.resolve(objectId) : undefined;
  const ids = contact === undefined ? [objectId] : [contact.id, ...contact.mergedIds];
  const now = state.now();
  return ids.flatMap((id) => state.timeline.of(objectType, id)).filter(({ visibleAt }) => visibleAt <= now);
}

/** A contact's timeline, newest first. */
export function timelineOf(state: HubspotState, contact: Contact): readonly TimelineCard[] {
  const cards = [
    ...occurrencesOf(state, "contacts", contact.id).map((occurrence) => card(state, occurrence)),
    ...notesOf(state, contact),
  ];
  return cards.toSorted((one, other) => (one.at < other.at ? 1 : one.at > other.at ? -1 : 0));
}

export function timelineCounts(state: HubspotState): TimelineCounts {
  const byKind = { timeline: 0, "app-event": 0, "custom-event": 0, note: 0 };
  const byType: Record<string, number> = {};
  for (const occurrence of state.timeline.all()) {
    byKind[occurrence.kind] += 1;
    const { name } = templateOf(state, occurrence);
    byType[name] = (byType[name] ?? 0) + 1;
  }
  byKind.note = [...state.objects.notes.values()].filter(({ gone }) => gone === null).length;
  return { byKind, byType, incidents: { ...state.timeline.incidents } };
}

function card(state: HubspotState, occurrence: Occurrence): TimelineCard {
  const { kind, id, at, createdAt, values } = occurrence;
  const { name, header, detail } = templateOf(state, occurrence);
  return {
    kind,
    id,
    at: new Date(at).toISOString(),
    recordedAt: new Date(createdAt).toISOString(),
    type: name,
    header: renderTemplate(header, occurrence),
    detail: renderTemplate(detail, occurrence),
    values,
  };
}

/** A custom event without its own header shows its label. */
function templateOf(state: HubspotState, { kind, appId, type }: Occurrence) {
  const app = state.oauth.apps.get(appId);
  const template = kind === "timeline" ? app?.templates.get(type) : app?.eventTypes.get(type);
  if (template !== undefined) {
    return { name: template.name, header: template.headerTemplate, detail: template.detailTemplate };
  }
  const definition = state.customEvents.get(type);
  if (definition === undefined) return { name: type, header: "", detail: "" };
  const { fullyQualifiedName, headerTemplate, label, detailTemplate } = definition;
  return { name: fullyQualifiedName, header: headerTemplate || label, detail: detailTemplate };
}

function notesOf(state: HubspotState, contact: Contact): readonly TimelineCard[] {
  return state.associations.of("contacts", contact.id, "notes").flatMap(({ toObjectId }): TimelineCard[] => {
    const note = state.objects.notes.get(toObjectId);
    if (note === undefined || note.gone !== null) return [];
    return [
      {
        kind: "note",
        id: note.id,
        at: plainValue(note, "hs_timestamp") ?? new Date(note.createdAt).toISOString(),
        recordedAt: new Date(note.createdAt).toISOString(),
        type: "note",
        header: "Note",
        detail: plainValue(note, "hs_note_body") ?? "",
        values: {},
      },
    ];
  });
}
