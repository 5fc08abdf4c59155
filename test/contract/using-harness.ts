import type { PropertyRequest } from "../../src/connectors/connector.ts";
import type { Values } from "../../src/model/value.ts";
import type { ConnectorHarness, ContractType, MakeHarness } from "./harness.ts";
import { CONTRACT_TYPES } from "./harness.ts";

/** A test body with its own system, closed whatever happens. */
export function using(
  makeHarness: MakeHarness,
  body: (harness: ConnectorHarness) => Promise<void>,
): () => Promise<void> {
  return async () => {
    const harness = await makeHarness();
    try {
      await body(harness);
    } finally {
      await harness.close();
    }
  };
}

export function requested({ properties }: ConnectorHarness): readonly PropertyRequest[] {
  return CONTRACT_TYPES.map((type) => ({ property: properties[type], type }));
}

/** One value of each type by the system's property names, changed as wanted. */
export function sampleValues(
  { properties }: ConnectorHarness,
  changes: Partial<Record<ContractType, Values[string]>> = {},
): Values {
  const sample: Record<ContractType, Values[string]> = {
    text: "Žofie O'Neil & søn",
    number: "1234.5",
    boolean: true,
    date: "2024-02-29",
    datetime: "2024-02-29T12:34:56.000Z",
    list: ["blue", "green"],
    ...changes,
  };
  return Object.fromEntries(CONTRACT_TYPES.map((type) => [properties[type], sample[type]]));
}

export const live = (): AbortSignal => new AbortController().signal;
