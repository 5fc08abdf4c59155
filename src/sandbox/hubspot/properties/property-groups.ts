import type { ObjectType } from "./seed-properties.ts";

/** A heading under which properties stand in HubSpot's pages. */
export interface PropertyGroup {
  readonly name: string;
  readonly label: string;
  readonly displayOrder: number;
  readonly archived: boolean;
}

const SEED: Readonly<Record<ObjectType, readonly [name: string, label: string]>> = {
  contacts: ["contactinformation", "Contact information"],
  companies: ["companyinformation", "Company information"],
  deals: ["dealinformation", "Deal information"],
  notes: ["engagement", "Engagement information"],
};

/** The groups of a portal that nobody has changed. */
export function seedGroups(): Record<ObjectType, Map<string, PropertyGroup>> {
  const only = (type: ObjectType): Map<string, PropertyGroup> => {
    const [name, label] = SEED[type];
    return new Map([[name, { name, label, displayOrder: -1, archived: false }]]);
  };
  return {
    contacts: only("contacts"),
    companies: only("companies"),
    deals: only("deals"),
    notes: only("notes"),
  };
}
