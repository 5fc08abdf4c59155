import type { CreateContact, UpdateContact } from "../../../src/model/operation.ts";
import type { Values } from "../../../src/model/value.ts";
import { key } from "../../support/email.ts";

let made = 0;

function target(email: string) {
  return { traceId: `trace-${(made += 1)}`, side: "hubspot", email: key(email) } as const;
}

/** A create with its own trace id. */
export function create(email: string, values: Values = {}): CreateContact {
  return { ...target(email), kind: "create", values, lists: [] };
}

/** An update with its own trace id. */
export function update(id: string, values: Values): UpdateContact {
  return { ...target(`of-${id}@example.com`), kind: "update", id, values };
}
