import type { LinkState } from "../../src/model/link.ts";
import type { Problem } from "../../src/model/problem.ts";
import type { Side } from "../../src/model/side.ts";
import type { Values } from "../../src/model/value.ts";
import type { RunResult } from "../../src/store/runs/runs.ts";
import type { FreshDatabase } from "../support/fresh-database.ts";

export const NOW = new Date("2026-11-22T09:00:00Z");

export function before(minutes: number): Date {
  return new Date(NOW.getTime() - minutes * 60_000);
}

/** Fills a database with what the pages show, a row at a time. */
export interface Seed {
  readonly connectionId: number;
  link(emailKey: string, state: LinkState, more?: SeedLink): Promise<bigint>;
  problem(linkId: bigint | null, changes: Partial<Problem> & { readonly firstSeen?: Date }): Promise<void>;
  /** What a side shows of a link's person. */
  sighting(linkId: bigint, side: Side, externalId: string, fields: Values): Promise<void>;
  run(result: RunResult | "running", startedMinutesAgo: number, more?: SeedRun): Promise<void>;
}

export interface SeedLink {
  readonly hubspotId?: string;
  readonly klaviyoId?: string;
  readonly dirtySince?: Date;
  readonly attempts?: number;
  readonly retryAt?: Date;
}

export interface SeedRun {
  readonly kind?: string;
  readonly counts?: Record<string, number>;
  readonly note?: string;
}

export const PHONE: Problem = {
  code: "KL-PHONE",
  level: "field",
  side: "klaviyo",
  field: "phone:phone_number:phone",
  title: "Phone number is not in international format",
  explanation: '"5123 4567" has no country code.',
  fix: ["Write the number as +372 5123 4567 in HubSpot,", "or set `default_country` in the mapping file."],
  retry: "on_change",
  reference: "ref-1",
};

export async function seed(fresh: Pick<FreshDatabase, "database">, name: string): Promise<Seed> {
  const { database } = fresh;
  const { id: connectionId } = await database.connection.create({ data: { name } });
  return {
    connectionId,
    async link(emailKey, state, more = {}) {
      const { id } = await database.link.create({ data: { connectionId, emailKey, state, ...more } });
      return id;
    },
    async problem(linkId, changes) {
      const { firstSeen = before(60), side, field, fix, ...words } = { ...PHONE, ...changes };
      await database.problem.create({
        data: {
          ...words,
          connectionId,
          linkId,
          side: side ?? "",
          field: field ?? "",
          fix: [...fix],
          firstSeen,
          lastSeen: before(1),
        },
      });
    },
    async sighting(linkId, side, externalId, fields) {
      const times = { createdAt: before(9_000), updatedAt: before(60), seenAt: before(3) };
      const data = { connectionId, side, externalId, linkId, unreadable: {}, digest: "d", ...times };
      await database.sighting.create({ data: { ...data, fields: JSON.parse(JSON.stringify(fields)) } });
    },
    async run(result, startedMinutesAgo, more = {}) {
      const startedAt = before(startedMinutesAgo);
      const finishedAt = result === "running" ? null : new Date(startedAt.getTime() + 41_000);
      const data = {
        connectionId,
        kind: "contacts",
        trigger: "schedule",
        result,
        startedAt,
        finishedAt,
        ...more,
      };
      await database.run.create({ data });
    },
  };
}
