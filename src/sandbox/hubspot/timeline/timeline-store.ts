/** Which of HubSpot's three ways an event took to the timeline. */
export type OccurrenceKind = "timeline" | "app-event" | "custom-event";

/** Something that happened, as the timeline of a record keeps it. Times are milliseconds since 1970. */
export interface Occurrence {
  readonly kind: OccurrenceKind;
  readonly appId: string;
  /** Id of the template, or name of the event type. */
  readonly type: string;
  /** Unique within kind, app and type. */
  readonly id: string;
  readonly objectType: "contacts" | "companies" | "deals";
  readonly objectId: string;
  readonly at: number;
  readonly createdAt: number;
  /** From when it can be seen. */
  readonly visibleAt: number;
  readonly values: Readonly<Record<string, string>>;
  readonly email: string | null;
  readonly extraData: unknown;
  readonly iframe: unknown;
}

/** What a careful client never causes; a test can ask for all of them to be 0. */
export interface Incidents {
  /** Contacts that were made because an event named an address nobody had. */
  contactsCreated: number;
  /** Contacts whose address an event with `email` and `objectId` changed. */
  emailsChanged: number;
  /** Events that one record lost because another got one of the same id. */
  movedBetweenObjects: number;
  /** Events that were there already and were sent again, of any kind. */
  sentAgain: number;
}

export interface TimelineData {
  readonly byKey: Map<string, Occurrence>;
  /** Key: `type:id` of the record. */
  readonly byObject: Map<string, Occurrence[]>;
  readonly incidents: Incidents;
}

export interface TimelineStore {
  readonly incidents: Incidents;
  get(kind: OccurrenceKind, appId: string, type: string, id: string): Occurrence | undefined;
  /** Of one record, in the order they came. */
  of(objectType: string, objectId: string): readonly Occurrence[];
  all(): Iterable<Occurrence>;
  /** Takes the place of one with the same key, whichever record that was on. */
  put(occurrence: Occurrence): void;
}

export function emptyTimeline(): TimelineData {
  return {
    byKey: new Map(),
    byObject: new Map(),
    incidents: { contactsCreated: 0, emailsChanged: 0, movedBetweenObjects: 0, sentAgain: 0 },
  };
}

/** @param data changed in place */
export function timelineStore({ byKey, byObject, incidents }: TimelineData): TimelineStore {
  const keyOf = (...parts: readonly [OccurrenceKind, string, string, string]): string => parts.join("\n");
  const place = ({ objectType, objectId }: Occurrence): string => `${objectType}:${objectId}`;
  return {
    incidents,
    get: (...key) => byKey.get(keyOf(...key)),
    of: (objectType, objectId) => byObject.get(`${objectType}:${objectId}`) ?? [],
    all: () => byKey.values(),
    put(occurrence) {
      const { kind, appId, type, id } = occurrence;
      const key = keyOf(kind, appId, type, id);
      const before = byKey.get(key);
      if (before !== undefined) {
        const others = byObject.get(place(before));
        others?.splice(others.indexOf(before), 1);
      }
      byKey.set(key, occurrence);
      const own = byObject.get(place(occurrence));
      if (own === undefined) byObject.set(place(occurrence), [occurrence]);
      else own.push(occurrence);
    },
  };
}
