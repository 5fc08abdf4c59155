import type { MemoryConnector } from "../../src/connectors/memory/index.ts";
import type { Database } from "../../src/store/database/database.ts";

/** What a process does that is killed at one of its steps: from then on it does nothing any more. */
export interface Mortal {
  readonly database: Database;
  /** Steps that were done: statements and calls, each counted before and after. */
  steps(): number;
  isDead(): boolean;
  /** Puts the calls to the two systems under the same count. */
  watch(...systems: readonly MemoryConnector[]): void;
}

class Killed extends Error {}

/** @param killAt the step at which it dies; beyond its last step it lives */
export function mortal(database: Database, killAt: number): Mortal {
  let done = 0;
  let dead = false;
  const step = (): void => {
    if (!dead && done >= killAt) dead = true;
    if (dead) throw new Killed();
    done += 1;
  };
  // Before a statement nothing of it is done; after it all of it is, and nobody was told.
  const counted =
    (call: (...args: unknown[]) => unknown, owner: object) =>
    async (...args: unknown[]): Promise<unknown> => {
      step();
      const answer: unknown = await call.apply(owner, args);
      step();
      return answer;
    };
  const delegate = (own: object): object =>
    new Proxy(own, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        return typeof value === "function" ? counted(value as never, target) : value;
      },
    });
  const watched = new Proxy(database, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value === "function") return counted(value as never, target);
      return typeof value === "object" && value !== null && typeof name === "string" && !name.startsWith("_")
        ? delegate(value)
        : value;
    },
  });
  return {
    database: watched,
    steps: () => done,
    isDead: () => dead,
    watch(...systems) {
      for (const { quirks } of systems) quirks.before = step;
    },
  };
}
