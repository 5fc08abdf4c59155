import type { OptOutType } from "../../connector.ts";

/** HubSpot keeps an opt-out of each subscription type in a read-only property of the contact, named by the type's id. */
const PROPERTY = /^hs_email_optout_(\d+)$/;
/** The property's label is the type's name behind these words. */
const LABEL = /^Opted out of email:\s*/iu;

export function optOutProperty(type: string): string {
  return `hs_email_optout_${type}`;
}

/** The type that a property tells of; `null` for any other property. */
export function optOutTypeOf(property: string): string | null {
  return PROPERTY.exec(property)?.[1] ?? null;
}

/** The account's subscription types, from its contact properties: without a request or scope. */
export function optOutTypes(
  properties: readonly { readonly name: string; readonly label: string }[],
): readonly OptOutType[] {
  return properties.flatMap(({ name, label }) => {
    const id = optOutTypeOf(name);
    return id === null ? [] : [{ id, name: label.replace(LABEL, "") || id }];
  });
}

/** The ids of the types that are named, by id or by exact name. */
export function typesNamed(named: readonly string[], types: readonly OptOutType[]): readonly string[] {
  return types.filter(({ id, name }) => named.includes(id) || named.includes(name)).map(({ id }) => id);
}
