import { durationMs } from "../schema/duration.ts";
import type { Finding } from "../diagnostics/diagnostic.ts";
import type { Meaning } from "./meaning-fields.ts";
import { signInMeanings } from "./meaning-sign-in.ts";
import type { HubSpotSignIn } from "./meaning-sign-in.ts";
import { schedule } from "../schedule.ts";
import type { RuleEntry } from "../schema/schema.ts";
import { SECRET_HELP } from "../schema/schema-connections.ts";

/** A rule that is shaped as it must be, with its place in the file's list. */
export interface PlacedRule {
  readonly index: number;
  readonly entry: RuleEntry;
  readonly line: number;
}

/** What rules say that cannot be meant. */
export function ruleMeanings(rules: readonly PlacedRule[]): readonly Meaning[] {
  const first = new Map<string, number>();
  return rules.flatMap(({ index, entry, line }) => {
    const found: Meaning[] = [];
    const at = (key: string, part: "key" | "value", finding: Finding): void => {
      found.push({ path: ["rules", index, key], part, finding });
    };
    const before = first.get(entry.id);
    first.set(entry.id, before ?? line);
    if (before !== undefined) {
      const message = `two rules have the id \`${entry.id}\``;
      at("id", "value", { code: "M207", message, help: `the first one is on line ${before}; rename one` });
    }
    if (entry.add_to_klaviyo_lists !== undefined && entry.from === "klaviyo") {
      const message = "`add_to_klaviyo_lists` is for rules that choose HubSpot contacts";
      at("add_to_klaviyo_lists", "key", { code: "M208", message, help: "delete it, or use `from: hubspot`" });
    } else if (takesOff(entry.on_leave) && entry.add_to_klaviyo_lists === undefined) {
      const message = `\`on_leave: ${entry.on_leave}\` has no list to ${LEAVES[entry.on_leave]}`;
      const help = entry.from === "hubspot" ? "add `add_to_klaviyo_lists`, or use `stop`" : "use `stop`";
      at("on_leave", "value", { code: "M209", message, help });
    }
    if (entry.subscribe === true && entry.add_to_klaviyo_lists === undefined) {
      const message = "`subscribe: true` has no list to subscribe to";
      const help =
        entry.from === "hubspot" ? "add `add_to_klaviyo_lists`, or use `false`" : "use `subscribe: false`";
      at("subscribe", "value", { code: "M209", message, help });
    }
    return found;
  });
}

const LEAVES = { remove_from_list: "remove from", unsubscribe: "unsubscribe from" } as const;

function takesOff(onLeave: RuleEntry["on_leave"]): onLeave is keyof typeof LEAVES {
  return onLeave === "remove_from_list" || onLeave === "unsubscribe";
}

/** The sections besides rules and fields, each only where it is shaped as it must be. */
export interface Surroundings {
  readonly connections: Record<string, HubSpotSignIn | undefined> | null;
  readonly schedule: {
    readonly contacts?: string | undefined;
    readonly reconcile?: string | undefined;
    readonly engagement?: string | undefined;
  } | null;
  readonly retry: { readonly first?: string | undefined; readonly max?: string | undefined } | null;
}

/** Less than this between two looks leaves no room for the API limits of either system. */
const SHORTEST_INTERVAL_MINUTES = 5;

export function surroundingMeanings({
  connections,
  schedule: times,
  retry,
}: Surroundings): readonly Meaning[] {
  const found: Meaning[] = [...signInMeanings(connections?.["hubspot"])];
  for (const side of ["hubspot", "klaviyo"]) {
    const connection = connections?.[side];
    // With OAuth there is no token to name: HubSpot needs other things then, Klaviyo's is refused by `not-yet.ts`.
    if (connection === undefined || connection.token !== undefined || connection.auth === "oauth") continue;
    const message = `\`connections.${side}\` needs \`token\``;
    const [help = ""] = SECRET_HELP.split(",");
    found.push({ path: ["connections", side], part: "key", finding: { code: "M103", message, help } });
  }
  for (const key of ["contacts", "reconcile", "engagement"] as const) {
    const written = times?.[key];
    const read = written === undefined ? null : schedule(written);
    if (read === null || "wrong" in read || read.shortestMinutes >= SHORTEST_INTERVAL_MINUTES) continue;
    const message = `\`${written}\` leaves no room for the API limits`;
    const finding = { code: "M230", severity: "warning", message, help: "use `every 5m` or longer" } as const;
    found.push({ path: ["schedule", key], part: "value", finding });
  }
  const [shortest, longest] = [durationMs(retry?.first ?? "30s"), durationMs(retry?.max ?? "6h")];
  if (retry !== null && shortest !== null && longest !== null && shortest > longest) {
    const message = "`retry.first` is longer than `retry.max`";
    const path = ["retry", retry.first === undefined ? "max" : "first"];
    found.push({
      path,
      part: "value",
      finding: { code: "M219", message, help: "waits grow from `first` to `max`" },
    });
  }
  return found;
}
