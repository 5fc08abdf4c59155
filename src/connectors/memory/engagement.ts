import type { Happened, Shown, EngagementSettings } from "./engagement-settings.ts";
import type { Engagement } from "../../model/engagement.ts";
import type { EngagementPort } from "../engagement-port.ts";
import { memorySink } from "./sink.ts";
import { memorySource } from "./source.ts";

/** The port, and what a test does and sees behind it. */
export interface MemoryEngagement extends EngagementPort {
  /** Somebody does something with a message. It is told of at once, or from `seenAt` (milliseconds) on. */
  happen(engagement: Engagement, seenAt?: number): void;
  /** The ground truth of what the sink shows, by its way of showing and the entry's id. */
  readonly shown: ReadonlyMap<string, Shown>;
  /** How often an entry came that was shown already. */
  sentAgain(): number;
  /** Names of the properties made. */
  readonly properties: readonly string[];
}

/** As the real ones: Klaviyo tells what people did, HubSpot shows it. */
export function memoryEngagement(settings: EngagementSettings): MemoryEngagement {
  const { side, now, known, request } = settings;
  const happened: Happened[] = [];
  const shown = new Map<string, Shown>();
  const properties: string[] = [];
  let again = 0;
  return {
    shown,
    properties,
    sentAgain: () => again,
    happen(engagement, seenAt = now()) {
      happened.push({ engagement: structuredClone(engagement), seenAt });
    },
    source: side === "klaviyo" ? memorySource(settings, happened) : null,
    sink: (recordAs) =>
      side === "hubspot" ? memorySink(settings, recordAs, shown, () => (again += 1)) : null,
    makeProperties:
      side === "hubspot"
        ? async (wanted, gate, signal) => {
            request("properties", signal);
            (await gate.permit()).use();
            const made = wanted
              .map(({ property }) => property)
              .filter((name) => !known(name) && !properties.includes(name));
            properties.push(...made);
            return made;
          }
        : null,
  };
}
