import type { RecordWhich } from "./engagement.ts";

export interface MetricRule {
  readonly record: RecordWhich;
  /** Leaves out what the source takes for the work of machines. */
  readonly excludeBots: boolean;
}

/** All of them, or those with these ids or names; none where the list is empty. */
export type WhichSources = "all" | readonly string[];

/** What can be rolled up into a property of HubSpot's contacts. */
export const ROLL_UPS = [
  "opened",
  "clicked",
  "opens",
  "clicks",
  "message",
  "source",
  "subject",
  "link",
  "channel",
] as const;

export type RollUp = (typeof ROLL_UPS)[number];

export interface RollUpProperty {
  readonly rollUp: RollUp;
  readonly property: string;
  readonly line: number;
}

/** The type of the HubSpot property that a roll-up is written to. */
export const ROLL_UP_TYPES = {
  opened: "datetime",
  clicked: "datetime",
  opens: "number",
  clicks: "number",
  message: "text",
  source: "text",
  subject: "text",
  link: "text",
  channel: "option",
} as const satisfies Record<RollUp, "text" | "number" | "datetime" | "option">;
