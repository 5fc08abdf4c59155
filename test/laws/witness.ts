import type { MemoryConnector } from "../../src/connectors/memory/index.ts";
import type { PropertyRequest } from "../../src/connectors/connector.ts";
import type { Contact, ExternalId } from "../../src/model/contact.ts";
import type { EmailKey } from "../../src/model/email.ts";
import type { Side } from "../../src/model/side.ts";
import type { Value } from "../../src/model/value.ts";

/** What an answer said of one property of one contact; `undefined`: it was asked for and not in the answer. */
export interface Shown {
  readonly round: number;
  readonly value: Value | undefined;
}

/** Remembers all that two systems ever answered, and in which round, so that nothing can be written from nowhere. */
export interface Witness {
  /** Counted by the test that lets the engine run. */
  round: number;
  /** The same system, its answers noted. */
  watch(connector: MemoryConnector): MemoryConnector;
  /** Oldest first. */
  shown(side: Side, id: ExternalId, property: string): readonly Shown[];
  /** The contacts that ever showed this address. */
  idsOf(side: Side, email: EmailKey): readonly ExternalId[];
}

export function witness(): Witness {
  const notes = new Map<string, Shown[]>();
  const addresses = new Map<string, Set<ExternalId>>();

  const note = (side: Side, id: ExternalId, property: string, value: Value | undefined): void => {
    const key = `${side} ${id} ${property}`;
    const known = notes.get(key);
    if (known === undefined) notes.set(key, [{ round: self.round, value }]);
    else known.push({ round: self.round, value });
  };
  const noteAddress = (side: Side, id: ExternalId, email: EmailKey | null): void => {
    if (email === null) return;
    const key = `${side} ${email}`;
    addresses.set(key, (addresses.get(key) ?? new Set()).add(id));
  };
  const noteAll = (contacts: readonly Contact[], requested: readonly PropertyRequest[]): void => {
    for (const { side, id, email, values } of contacts) {
      noteAddress(side, id, email);
      for (const { property } of requested) {
        note(side, id, property, Object.hasOwn(values, property) ? values[property] : undefined);
      }
    }
  };

  const self: Witness = {
    round: 0,
    watch(connector) {
      const { side, contacts } = connector;
      return {
        ...connector,
        contacts: {
          ...contacts,
          async *pull(scope, cursor, signal) {
            for await (const page of contacts.pull(scope, cursor, signal)) {
              if (page.kind === "contacts") noteAll(page.contacts, scope.properties);
              yield page;
            }
          },
          async *everyone(properties, signal) {
            for await (const page of contacts.everyone(properties, signal)) {
              noteAll(page.contacts, properties);
              yield page;
            }
          },
          async read(ids, properties, signal) {
            const found = await contacts.read(ids, properties, signal);
            noteAll(found.contacts, properties);
            return found;
          },
          async find(emails, properties, signal) {
            const found = await contacts.find(emails, properties, signal);
            noteAll(found.contacts, properties);
            return found;
          },
          async write(operations, properties, gate, signal) {
            const answer = await contacts.write(operations, properties, gate, signal);
            for (const [index, result] of answer.results.entries()) {
              if (result.outcome !== "done" || result.id === null) continue;
              noteAddress(side, result.id, operations[index]?.email ?? null);
              for (const [property, value] of Object.entries(result.stored ?? {})) {
                note(side, result.id, property, value);
              }
            }
            return answer;
          },
        },
      };
    },
    shown: (side, id, property) => notes.get(`${side} ${id} ${property}`) ?? [],
    idsOf: (side, email) => [...(addresses.get(`${side} ${email}`) ?? [])],
  };
  return self;
}
