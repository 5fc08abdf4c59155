import { expect } from "vitest";
import { emailKey } from "../../src/model/email.ts";
import type { LostValue } from "../../src/model/history/lost-value.ts";
import { decideHold, heldWords, waitingHold } from "../../src/store/runs/holds.ts";
import { engine } from "../support/engine.ts";
import type { Driver, Recorded } from "./driver.ts";
import { watchedSystems } from "./systems.ts";
import { storeOf } from "../../src/store/database/store.ts";

/** The whole engine over PostgreSQL. */
export async function wholeDriver(): Promise<Driver> {
  const { witness, specs, make } = watchedSystems();
  const it = await engine(make);
  const systems = { hubspot: it.hubspot, klaviyo: it.klaviyo };
  let told = 0n;
  return {
    systems,
    witness,
    specs,
    async sync(mapping) {
      witness.round += 1;
      const before = { hubspot: it.hubspot.writes.length, klaviyo: it.klaviyo.writes.length };
      const run = await it.sync(mapping);
      // A day: every answer that never came may be asked after, and nothing counts as going back and forth.
      it.wait(86_400_000);
      const rows = await it.fresh.database.conflict.findMany({
        where: { id: { gt: told } },
        include: { link: true },
        orderBy: { id: "asc" },
      });
      told = rows.at(-1)?.id ?? told;
      const conflicts = rows.flatMap(({ link, field, kind, winner, won, lost }): readonly Recorded[] => {
        const email = emailKey(link.emailKey);
        const value = { kind, winner, won, lost } as LostValue;
        return email === null ? [] : [{ email, field, ...value }];
      });
      const writes = {
        hubspot: it.hubspot.writes.slice(before.hubspot),
        klaviyo: it.klaviyo.writes.slice(before.klaviyo),
      };
      return { writes, conflicts, exceeded: run.exceeded };
    },
    holds: {
      async held() {
        const hold = await waitingHold(storeOf(it.fresh.database, 1));
        return hold === null ? [] : heldWords(storeOf(it.fresh.database, 1), hold.id, 10_000);
      },
      async approve() {
        const hold = await waitingHold(storeOf(it.fresh.database, 1));
        if (hold === null) throw new Error("nothing is held");
        const now = it.deps().now();
        const expiresAt = new Date(now.getTime() + 2 * 86_400_000);
        const decision = { state: "approved", by: "test", reason: "wanted", expiresAt } as const;
        expect(await decideHold(storeOf(it.fresh.database, 1), hold.hash, decision, now)).toBe(true);
      },
      dead: () => it.fresh.database.link.count({ where: { deletedOn: { not: null } } }),
    },
    close: () => it.fresh.drop(),
  };
}
