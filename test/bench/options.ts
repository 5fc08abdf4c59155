import { parseArgs } from "node:util";

export interface BenchOptions {
  readonly contacts: number;
  /** `real`: the rehearsal servers refuse what the vendors would refuse, so the wall time is a real account's. */
  readonly limits: "off" | "real";
  /** Only the events, of which there are ten times as many as contacts. */
  readonly only: "engagement" | null;
  readonly json: boolean;
  /** A folder for CPU profiles of the engine, one for each scenario. */
  readonly profile: string | null;
}

export const USAGE = `npm run bench -- [--contacts N] [--limits off|real] [--only engagement] [--json] [--profile FOLDER]`;

/** @throws TypeError or RangeError with what is wrong, in words for a person */
export function benchOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      contacts: { type: "string", default: "10000" },
      limits: { type: "string", default: "off" },
      only: { type: "string" },
      json: { type: "boolean", default: false },
      profile: { type: "string" },
    },
  });
  const contacts = Number(values.contacts);
  if (!Number.isInteger(contacts) || contacts < 1 || contacts > 1_000_000)
    throw new RangeError("--contacts is a whole number from 1 to 1000000");
  const { limits } = values;
  if (limits !== "off" && limits !== "real") throw new RangeError("--limits is off or real");
  const { only = null } = values;
  if (only !== null && only !== "engagement") throw new RangeError("--only is engagement");
  return { contacts, only, limits, json: values.json, profile: values.profile ?? null };
}
