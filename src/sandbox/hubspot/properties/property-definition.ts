/** One choice of an enumeration. */
export interface PropertyOption {
  readonly label: string;
  readonly value: string;
  readonly displayOrder: number;
  readonly hidden: boolean;
  readonly description: string;
}

/** A property as its portal defines it, in the shape HubSpot answers with. */
export interface PropertyDefinition {
  readonly name: string;
  readonly label: string;
  /** string, number, bool, date, datetime, enumeration, phone_number, and whatever HubSpot adds. */
  readonly type: string;
  readonly fieldType: string;
  readonly groupName: string;
  readonly description: string;
  readonly displayOrder: number;
  readonly options: readonly PropertyOption[];
  readonly calculated: boolean;
  readonly externalOptions: boolean;
  readonly hasUniqueValue: boolean;
  readonly hidden: boolean;
  readonly formField: boolean;
  readonly archived: boolean;
  readonly hubspotDefined: boolean;
  readonly modificationMetadata: {
    readonly archivable: boolean;
    readonly readOnlyDefinition: boolean;
    readonly readOnlyValue: boolean;
    readonly readOnlyOptions?: boolean;
  };
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly dataSensitivity: "non_sensitive";
}

/** What has to be said of a property; the rest is HubSpot's default for a custom one. */
export interface PropertyDraft {
  readonly name: string;
  readonly label: string;
  readonly type: string;
  readonly fieldType: string;
  readonly groupName: string;
  readonly description?: string;
  readonly displayOrder?: number;
  readonly options?: readonly Partial<PropertyOption>[];
  readonly calculated?: boolean;
  readonly externalOptions?: boolean;
  readonly hasUniqueValue?: boolean;
  readonly hidden?: boolean;
  readonly formField?: boolean;
  readonly hubspotDefined?: boolean;
  readonly readOnlyValue?: boolean;
}

/** A full definition from its essentials. `at` is an ISO time. */
export function propertyDefinition(draft: PropertyDraft, at: string): PropertyDefinition {
  const { readOnlyValue = false, hubspotDefined = false } = draft;
  return {
    name: draft.name,
    label: draft.label,
    type: draft.type,
    fieldType: draft.fieldType,
    groupName: draft.groupName,
    description: draft.description ?? "",
    displayOrder: draft.displayOrder ?? -1,
    options: propertyOptions(draft.options ?? []),
    calculated: draft.calculated ?? false,
    externalOptions: draft.externalOptions ?? false,
    hasUniqueValue: draft.hasUniqueValue ?? false,
    hidden: draft.hidden ?? false,
    formField: draft.formField ?? false,
    archived: false,
    hubspotDefined,
    modificationMetadata: {
      archivable: !hubspotDefined,
      readOnlyDefinition: hubspotDefined,
      readOnlyValue,
    },
    createdAt: at,
    updatedAt: at,
    dataSensitivity: "non_sensitive",
  };
}

/** Options with everything a client may leave out. */
export function propertyOptions(options: readonly Partial<PropertyOption>[]): readonly PropertyOption[] {
  return options.map((option, index) => ({
    label: option.label ?? option.value ?? "",
    value: option.value ?? "",
    displayOrder: option.displayOrder ?? index,
    hidden: option.hidden ?? false,
    description: option.description ?? "",
  }));
}

/** True where a value is a set of options, joined by `;`. */
export function isMultiple(definition: PropertyDefinition): boolean {
  return definition.type === "enumeration" && definition.fieldType === "checkbox";
}
