import type { MemoryConnector } from "../../src/connectors/memory/index.ts";

/** Calls that answer with one promise, and those that yield pages. */
const SINGLE = new Set(["read", "readHistory", "find", "write"]);
const PAGED = new Set(["pull", "everyone"]);

/**
 * The same system, where something that takes time may happen before each call of its contacts and before each page:
 * another process works, a connection is cut. What a user does in between needs no waiting: `quirks.before`.
 */
export function interrupted(connector: MemoryConnector, before: () => Promise<void>): MemoryConnector {
  const contacts = new Proxy(connector.contacts, {
    get(target, name, self) {
      const member: unknown = Reflect.get(target, name, self);
      if (typeof member !== "function" || typeof name !== "string") return member;
      if (SINGLE.has(name)) {
        return async (...given: unknown[]): Promise<unknown> => {
          await before();
          return member.apply(target, given);
        };
      }
      if (!PAGED.has(name)) return member;
      return async function* (...given: unknown[]) {
        const pages = member.apply(target, given) as AsyncIterable<unknown>;
        for await (const page of pages) {
          await before();
          yield page;
        }
      };
    },
  });
  return { ...connector, contacts };
}
