import { directionAllows } from "../../model/mapping.ts";
import type { Finding, Path } from "../diagnostics/diagnostic.ts";
import { companyProperty } from "../company-field.ts";
import { klaviyoProperty } from "../../values/klaviyo-property.ts";
import type { Meaning, PlacedField } from "./meaning-fields.ts";
import type { EngagementSection } from "../schema/schema-engagement.ts";

/** What stands around the section and decides what it can mean. */
export interface EngagementSurroundings {
  /** Does the HubSpot connection sign in as an app? */
  readonly oauth: boolean;
  /** Does it name the type of the app's events? */
  readonly eventType: boolean;
  readonly fields: readonly PlacedField[];
  /** HubSpot properties that show the consent in Klaviyo. */
  readonly consent: readonly string[];
}

type Say = (path: Path, part: "key" | "value", finding: Finding) => void;

/** What the engagement section says that cannot be meant. */
export function engagementMeanings(
  section: EngagementSection,
  around: EngagementSurroundings,
): readonly Meaning[] {
  const found: Meaning[] = [];
  const say: Say = (path, part, finding) => {
    found.push({ path: ["engagement", ...path], part, finding });
  };
  sinkMeaning(section, around, say);
  metricMeanings(section, say);
  sourceMeaning(section, say);
  newContactMeanings(section, say);
  rollUpMeanings(section, around, say);
  return found;
}

/** HubSpot lets only installed apps write on the timeline (facts: a private token is refused). */
function sinkMeaning(
  { record_as, last_activity }: EngagementSection,
  { oauth, eventType }: EngagementSurroundings,
  say: Say,
) {
  if (!oauth && (record_as === "timeline" || record_as === "app_event")) {
    say(["record_as"], "value", {
      code: "M257",
      message: `\`${record_as}\` is for an installed app, and this connection uses a token`,
      help: "use `auth: oauth` under `connections.hubspot`, or `note`, `custom_event` (Enterprise) or `properties_only` here",
    });
  }
  if (oauth && record_as === "app_event" && !eventType) {
    say(["record_as"], "value", {
      code: "M256",
      message: "`app_event` needs the name of the app's event type",
      help: "set `app_event` under `connections.hubspot`: the event type's `uid`, for example `klaviyo_engagement`",
    });
  }
  if (record_as === "properties_only" && Object.keys(last_activity ?? {}).length === 0) {
    say(["record_as"], "value", {
      code: "M258",
      message: "`properties_only` shows nothing without `last_activity`",
      help: "name at least one property there, for example `last_activity: { opened: klaviyo_last_open }`",
    });
  }
}

function metricMeanings({ metrics }: EngagementSection, say: Say): void {
  for (const [kind, metric] of Object.entries(metrics ?? {})) {
    if (metric === undefined) continue;
    if (metric.record === "first_per_url" && kind !== "clicked") {
      say(["metrics", kind, "record"], "value", {
        code: "M250",
        message: "`first_per_url` is for clicks: nothing else has a link",
        help: "use `first_per_message` or `every`",
      });
    }
    if (metric.exclude_bots === true && kind !== "opened" && kind !== "clicked") {
      say(["metrics", kind, "exclude_bots"], "key", {
        code: "M251",
        severity: "warning",
        message: "Klaviyo tells of machines only with opens and clicks",
        help: "delete it",
      });
    }
  }
}

function sourceMeaning({ only_from }: EngagementSection, say: Say): void {
  if (only_from?.flows !== "none" || only_from.campaigns !== "none") return;
  say(["only_from"], "key", {
    code: "M252",
    message: "with no flow and no campaign nothing is ever shown",
    help: "set one of them to `all`, or delete `engagement`",
  });
}

function newContactMeanings({ new_contact, unknown_contacts }: EngagementSection, say: Say): void {
  if (new_contact === undefined) return;
  if (unknown_contacts !== "create") {
    say(["new_contact"], "key", {
      code: "M253",
      severity: "warning",
      message: "`new_contact` has no effect while nobody is made",
      help: "add `unknown_contacts: create`, or delete it",
    });
  }
  for (const [property, written] of Object.entries(new_contact)) {
    if (property === "email") {
      say(["new_contact", property], "key", {
        code: "M201",
        message: "a new contact always gets its address",
        help: "delete this entry",
      });
    } else if (typeof written === "object" && klaviyoProperty(written.klaviyo) === "unknown") {
      say(["new_contact", property, "klaviyo"], "value", {
        code: "M204",
        message: `\`${written.klaviyo}\` is not a Klaviyo profile attribute`,
        help: `write \`first_name\`, \`location.city\` and the like. Custom properties are written \`properties.NAME\``,
      });
    }
  }
}

/** A roll-up and a field that write the same property would overwrite each other for ever. */
function rollUpMeanings(
  { last_activity }: EngagementSection,
  { fields, consent }: EngagementSurroundings,
  say: Say,
): void {
  const written = new Map(
    fields
      .filter(({ entry }) => companyProperty(entry.hubspot) === null)
      .map(({ entry, line, direction }) => [
        entry.hubspot,
        { line, writes: directionAllows(direction, "klaviyo") },
      ]),
  );
  const first = new Map([
    ["email", "the address"],
    ...consent.map((property) => [property, "`consent`"] as const),
  ]);
  for (const [rollUp, property] of Object.entries(last_activity ?? {})) {
    if (property === undefined) continue;
    const before = first.get(property);
    first.set(property, before ?? `\`last_activity.${rollUp}\``);
    const field = written.get(property);
    if (before !== undefined) {
      say(["last_activity", rollUp], "value", {
        code: "M254",
        message: `\`${property}\` is written by ${before} already`,
        help: "give each its own property",
      });
    } else if (field?.writes === true) {
      say(["last_activity", rollUp], "value", {
        code: "M255",
        message: `\`${property}\` is written by the field on line ${field.line} too`,
        help: "use another property: the two would overwrite each other in every run",
      });
    }
  }
}
