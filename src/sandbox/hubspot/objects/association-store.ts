export type AssociatedType = "contacts" | "companies" | "deals" | "notes";

export interface AssociationType {
  readonly category: "HUBSPOT_DEFINED";
  readonly typeId: number;
  readonly label: string | null;
}

export interface Association {
  readonly toObjectId: string;
  readonly associationTypes: readonly AssociationType[];
}

/** Who belongs to whom, readable from either end. */
export interface AssociationStore {
  of(from: AssociatedType, id: string, to: AssociatedType): readonly Association[];
  /** A primary association carries the plain type too, as HubSpot's do. */
  connect(from: AssociatedType, id: string, to: AssociatedType, toId: string, primary: boolean): void;
  /** Ends all that a record belongs to, as its deletion does. */
  disconnect(type: AssociatedType, id: string): void;
  /** Gives everything of one record to another, as a merge does. */
  move(type: AssociatedType, id: string, toId: string): void;
}

/** HubSpot's own type ids: [primary or null, plain]. */
const TYPE_IDS: Readonly<Record<string, readonly [number | null, number]>> = {
  "contacts>companies": [1, 279],
  "companies>contacts": [2, 280],
  "contacts>deals": [null, 4],
  "deals>contacts": [null, 3],
  "deals>companies": [5, 341],
  "companies>deals": [6, 342],
  "contacts>notes": [null, 201],
  "notes>contacts": [null, 202],
  "companies>notes": [null, 189],
  "notes>companies": [null, 190],
  "deals>notes": [null, 213],
  "notes>deals": [null, 214],
};

const TYPES: readonly AssociatedType[] = ["contacts", "companies", "deals", "notes"];

/** All that the store knows: key `type:id>type`, then the other's id and whether it is primary, in the order made. */
export type AssociationData = Map<string, Map<string, boolean>>;

export function associationStore(connections: AssociationData): AssociationStore {
  const key = (from: AssociatedType, id: string, to: AssociatedType): string => `${from}:${id}>${to}`;
  const put = (
    from: AssociatedType,
    id: string,
    to: AssociatedType,
    toId: string,
    primary: boolean,
  ): void => {
    const known = connections.get(key(from, id, to)) ?? new Map<string, boolean>();
    known.set(toId, primary);
    connections.set(key(from, id, to), known);
  };
  const connect: AssociationStore["connect"] = (from, id, to, toId, primary) => {
    // A contact has one primary company; the company has many primary contacts.
    if (primary)
      for (const other of connections.get(key(from, id, to))?.keys() ?? []) put(from, id, to, other, false);
    put(from, id, to, toId, primary);
    put(to, toId, from, id, primary);
  };
  return {
    of(from, id, to) {
      const found = connections.get(key(from, id, to));
      if (found === undefined) return [];
      return [...found].map(([toObjectId, primary]) => ({
        toObjectId,
        associationTypes: associationTypes(from, to, primary),
      }));
    },
    connect,
    disconnect(type, id) {
      for (const other of TYPES) {
        for (const otherId of connections.get(key(type, id, other))?.keys() ?? [])
          connections.get(key(other, otherId, type))?.delete(id);
        connections.delete(key(type, id, other));
      }
    },
    move(type, id, toId) {
      for (const other of TYPES) {
        for (const [otherId, primary] of connections.get(key(type, id, other)) ?? []) {
          const hasPrimary = [...(connections.get(key(type, toId, other))?.values() ?? [])].includes(true);
          connections.get(key(other, otherId, type))?.delete(id);
          connect(type, toId, other, otherId, primary && !hasPrimary);
        }
        connections.delete(key(type, id, other));
      }
    },
  };
}

function associationTypes(
  from: AssociatedType,
  to: AssociatedType,
  primary: boolean,
): readonly AssociationType[] {
  const ids = TYPE_IDS[`${from}>${to}`];
  if (ids === undefined) return [];
  const [primaryId, plainId] = ids;
  const plain: AssociationType = { category: "HUBSPOT_DEFINED", typeId: plainId, label: null };
  if (!primary || primaryId === null) return [plain];
  return [{ category: "HUBSPOT_DEFINED", typeId: primaryId, label: "Primary" }, plain];
}
