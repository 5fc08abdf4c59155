import type { PropertyDefinition } from "./property-definition.ts";
import { checkValue } from "./property-value.ts";
import { invalid, VendorError } from "../wire/vendor-error.ts";
import type { ObjectType } from "./seed-properties.ts";
import type { HubspotState } from "../state.ts";

interface PropertyProblem {
  readonly name: string;
  readonly error: string;
  readonly message: string;
}

/**
 * Checks all properties of one write against their definitions and returns what would be stored; an empty text
 * clears. `current` is what a property holds now. Throws the 400 that names every property that is wrong.
 */
export function writtenValues(
  state: HubspotState,
  objectType: ObjectType,
  body: unknown,
  current: (name: string) => string | null,
): Map<string, string> {
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw new VendorError(
      400,
      "Invalid input JSON on line 1, column 1: Some required fields were not set: [properties]",
    );
  }
  const checked = new Map<string, string>();
  const problems: PropertyProblem[] = [];
  for (const [name, raw] of Object.entries(body)) {
    const definition = state.properties[objectType].get(name);
    const problem = definitionProblem(definition, name);
    if (definition === undefined || problem !== null) {
      if (problem !== null) problems.push(problem);
      continue;
    }
    const value = checkValue(definition, asText(raw), current(definition.name));
    if (value.ok) checked.set(definition.name, value.value);
    else problems.push({ name, error: value.error, message: value.message });
  }
  if (problems.length > 0) throw notValid(problems, state.settings.portalId);
  return checked;
}

function definitionProblem(definition: PropertyDefinition | undefined, name: string): PropertyProblem | null {
  if (definition === undefined || definition.archived) {
    return { name, error: "PROPERTY_DOESNT_EXIST", message: `Property "${name}" does not exist` };
  }
  if (definition.modificationMetadata.readOnlyValue || definition.calculated) {
    const message = `"${name}" is a read only property; its value cannot be set`;
    return { name, error: "READ_ONLY_VALUE", message };
  }
  return null;
}

/** Numbers and booleans are taken as their text. Null is not known to be taken at HubSpot, so it is not taken here. */
function asText(raw: unknown): string {
  if (typeof raw === "string") return raw;
  if (typeof raw === "number" || typeof raw === "boolean") return String(raw);
  const kind = raw === null ? "Null" : Array.isArray(raw) ? "Array" : "Object";
  throw new VendorError(
    400,
    `Invalid input JSON on line 1, column 1: Cannot deserialize value of type \`java.lang.String\` from ${kind} value`,
  );
}

function notValid(problems: readonly PropertyProblem[], portalId: number): VendorError {
  const entries = problems.map(({ name, error, message }) => ({
    isValid: false,
    message,
    error,
    name,
    localizedErrorMessage: message,
    portalId,
  }));
  return invalid(`Property values were not valid: ${JSON.stringify(entries)}`, {
    errors: problems.map(({ name, error, message }) => ({
      message,
      code: error,
      context: { propertyName: [name] },
    })),
  });
}
