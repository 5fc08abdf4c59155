import { expect } from "vitest";
import type { WriteResult } from "../../src/connectors/connector.ts";
import type { Contact, ExternalId } from "../../src/model/contact.ts";
import type { CreateContact, ListMembership, Operation, UpdateContact } from "../../src/model/operation.ts";
import type { Values } from "../../src/model/value.ts";
import type { ConnectorHarness } from "./harness.ts";
import { live, requested } from "./using-harness.ts";
import { OPEN_GATE } from "../support/open-gate.ts";
import { key } from "../support/email.ts";

/** The operations of one harness, with trace ids that never repeat. */
export function operationsFor({ connector: { side } }: ConnectorHarness) {
  let made = 0;
  const traceId = (): string => `${side}-trace-${(made += 1)}`;
  return {
    create: (email: string, values: Values, lists: readonly string[] = []): CreateContact => ({
      kind: "create",
      traceId: traceId(),
      side,
      email: key(email),
      values,
      lists,
    }),
    update: (id: ExternalId, email: string, values: Values): UpdateContact => ({
      kind: "update",
      traceId: traceId(),
      side,
      email: key(email),
      id,
      values,
    }),
    member: (kind: ListMembership["kind"], id: ExternalId, list: string): ListMembership => ({
      kind,
      traceId: traceId(),
      side,
      email: key("member@example.com"),
      id,
      list,
    }),
  };
}

/** Writes through an open gate. */
export const write = async (
  harness: ConnectorHarness,
  operations: readonly Operation[],
): Promise<readonly WriteResult[]> =>
  (await harness.connector.contacts.write(operations, requested(harness), OPEN_GATE, live())).results;

/** The contact that has the address, once every lag is over. */
export async function contactOf(harness: ConnectorHarness, email: string): Promise<Contact | undefined> {
  await harness.pass();
  const { contacts: found } = await harness.connector.contacts.find([key(email)], requested(harness), live());
  expect(found.length).toBeLessThan(2);
  return found[0];
}
