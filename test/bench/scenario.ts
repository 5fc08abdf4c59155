import type { Side } from "../../src/model/side.ts";
import type { Minimum } from "./minimum.ts";
import {
  minimumAfterImport,
  minimumEditedInHubSpot,
  minimumEditedInKlaviyo,
  minimumIdle,
  minimumToEmptyHubSpot,
  minimumToEmptyKlaviyo,
} from "./minimum.ts";
import type { People } from "./people.ts";
import { moveSome } from "./people.ts";
import type { RehearsalServers } from "./rehearsal-servers.ts";
import type { Measured } from "./verdict.ts";

/** One thing to measure, after the ones before it. */
export interface Scenario {
  readonly name: string;
  readonly contacts: number;
  readonly cycles: number;
  readonly minimum: Minimum;
  readonly highestRatio: Measured["highestRatio"];
  readonly expectedWrites: Readonly<Record<string, number>>;
  /** What people do before the engine looks. */
  readonly before: (servers: RehearsalServers, people: People) => Promise<void>;
}

/** The default schedule. */
export const CYCLE_EVERY_MS = 15 * 60_000;
/** In 90 minutes every span that the engine looks at twice, because indexes lag, has come up again. */
const CYCLES_AFTER = 6;

/** HubSpot's search shows an edit a moment after it was made. */
const SHOWN_AFTER_MS = 60_000;

const nothing = async (): Promise<void> => {};

/** One side is filled from the other, left alone, and then somebody edits one person in a hundred. */
export function scenariosFrom(side: Side, people: number): readonly Scenario[] {
  const edited = Math.ceil(people / 100);
  const [from, to] = side === "hubspot" ? ["HubSpot", "Klaviyo"] : ["Klaviyo", "HubSpot"];
  const first = side === "hubspot" ? firstSyncToKlaviyo(people) : firstSyncToHubSpot(people);
  const calm = { contacts: people, highestRatio: null, expectedWrites: {}, before: nothing };
  return [
    { ...first, contacts: people, cycles: 1, before: (servers, all) => servers.fill(side, all.values()) },
    {
      ...calm,
      name: `${from} → ${to}, the next 90 minutes`,
      cycles: CYCLES_AFTER,
      minimum: side === "hubspot" ? minimumAfterImport(people, CYCLES_AFTER) : minimumIdle(CYCLES_AFTER),
    },
    { ...calm, name: `${from} → ${to}, idle`, cycles: 1, minimum: minimumIdle() },
    {
      name: `${from} → ${to}, 1 % edited in ${from}`,
      contacts: edited,
      cycles: 1,
      minimum: side === "hubspot" ? minimumEditedInHubSpot(edited) : minimumEditedInKlaviyo(edited),
      highestRatio: null,
      expectedWrites: { [side === "hubspot" ? "profile.update" : "contact.update"]: edited },
      before: async (servers, all) => {
        await servers.retype(side, moveSome(all));
        await servers.pass(SHOWN_AFTER_MS);
      },
    },
  ];
}

function firstSyncToKlaviyo(people: number) {
  return {
    name: "HubSpot → empty Klaviyo",
    minimum: minimumToEmptyKlaviyo(people),
    // Of the promise in the README: at most 1.3 times the minimum.
    highestRatio: { times: 13, per: 10 },
    expectedWrites: { "profile.create": people, "list.add": people },
  };
}

function firstSyncToHubSpot(people: number) {
  return {
    name: "Klaviyo → empty HubSpot",
    minimum: minimumToEmptyHubSpot(people),
    highestRatio: null,
    expectedWrites: { "contact.create": people },
  };
}
