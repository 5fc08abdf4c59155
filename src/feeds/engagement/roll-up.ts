import type { PropertyRequest } from "../../connectors/connector.ts";
import type { PropertyToMake } from "../../connectors/engagement-port.ts";
import type { RollUp, RollUpProperty } from "../../model/engagement-mapping.ts";
import { ROLL_UP_TYPES } from "../../model/engagement-mapping.ts";
import type { Value } from "../../model/value.ts";
import type { RolledUp } from "../../store/feeds/engagement-roll-ups.ts";

/** The properties that roll-ups are written to, and what each is written as. */
export function rollUpRequests(rollUps: readonly RollUpProperty[]): readonly PropertyRequest[] {
  return rollUps.map(({ rollUp, property }) => ({ property, type: ROLL_UP_TYPES[rollUp] }));
}

/**
 * What is to be written to a contact, by property: what differs from what was last written. Nothing is ever emptied by it,
 * and no time and no count goes back, so that a lost answer is answered by writing once more.
 */
export function rollUpChanges(
  rollUps: readonly RollUpProperty[],
  rolled: RolledUp,
): Readonly<Record<string, Value>> {
  const changed = rollUps.flatMap(({ rollUp, property }): readonly (readonly [string, Value])[] => {
    const value = valueOf(rollUp, rolled);
    const before = Object.hasOwn(rolled.written, property) ? rolled.written[property] : undefined;
    return value === null || value === before ? [] : [[property, value]];
  });
  return Object.fromEntries(changed);
}

function valueOf(rollUp: RollUp, { lastOpen, lastClick, opens, clicks, last, link }: RolledUp): Value {
  switch (rollUp) {
    case "opened":
      return lastOpen?.toISOString() ?? null;
    case "clicked":
      return lastClick?.toISOString() ?? null;
    case "opens":
      return String(opens);
    case "clicks":
      return String(clicks);
    case "link":
      return link;
    case "message":
    case "source":
    case "subject":
    case "channel":
      return last?.[rollUp] ?? null;
  }
}

const WORDS: Readonly<Record<RollUp, readonly [label: string, description: string]>> = {
  opened: ["Klaviyo: last open", "When this contact last opened a message."],
  clicked: ["Klaviyo: last click", "When this contact last clicked a link in a message."],
  opens: ["Klaviyo: opens", "How many opens of messages the timeline shows."],
  clicks: ["Klaviyo: clicks", "How many clicks the timeline shows."],
  message: ["Klaviyo: last message", "The message that was opened or clicked last."],
  source: ["Klaviyo: last campaign or flow", "What the message was part of that was opened or clicked last."],
  subject: ["Klaviyo: last subject", "The subject of the message that was opened or clicked last."],
  link: ["Klaviyo: last link", "Where the last click led."],
  channel: ["Klaviyo: last channel", "Whether the last open or click was of an e-mail or a text message."],
};

const CHANNELS = [
  { value: "email", label: "E-mail" },
  { value: "sms", label: "Text message" },
] as const;

/** The properties as HubSpot is to make them. */
export function rollUpProperties(rollUps: readonly RollUpProperty[]): readonly PropertyToMake[] {
  return rollUps.map(({ rollUp, property }) => {
    const [label, description] = WORDS[rollUp];
    const type = ROLL_UP_TYPES[rollUp];
    return { property, label, description, type, options: type === "option" ? CHANNELS : [] };
  });
}
