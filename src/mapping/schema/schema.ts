import { z } from "zod";
import { FIELD_TYPES } from "../../model/value.ts";
import { schedule as readSchedule } from "../schedule.ts";
import { engagement } from "./schema-engagement.ts";
import { hubspotConnection, klaviyoConnection } from "./schema-connections.ts";
import { quiet } from "./quiet-time.ts";
import { consent } from "./schema-consent.ts";
import { alerts, channels } from "./schema-alerts.ts";
import { privacy } from "./schema-privacy.ts";
import { transforms } from "../../values/transforms/entry.ts";
import * as words from "./schema-words.ts";
import { wrong } from "../../values/wrong.ts";
import { suggest } from "../diagnostics/suggest.ts";

/**
 * The mapping format: types, validation and the editor's JSON Schema come from here. It says what may be written where;
 * what the whole means is looked at in `meaning-*.ts`. Every key is described, since editors show it on hover.
 */

const exampleWords = wrong("must be a value", "a text, a number, `true`, or a list of texts");
const exampleValue = z.union([z.string(), z.number(), z.boolean(), z.array(z.string())], {
  error: exampleWords,
});

export const fieldEntry = z.strictObject({
  hubspot: words.propertyName.describe("Internal name of the HubSpot contact property."),
  klaviyo: words.propertyName.describe(
    "Klaviyo attribute (`first_name`, `location.city`) or `properties.NAME`.",
  ),
  type: z
    .enum(FIELD_TYPES)
    .optional()
    .describe(
      "What the source's values are (HubSpot's where both are); transforms start from it. Default: by `options`, the transform or the name, otherwise text.",
    ),
  direction: words.direction.optional().describe("Where values flow."),
  winner: words.winner.optional().describe("Whose value stands when both sides changed."),
  tie: words.tie
    .optional()
    .describe("With `winner: newest`: who wins where the times are too close to tell. Default: hubspot."),
  on_empty: words.onEmpty
    .optional()
    .describe(
      "What an emptied source does: keep the target, or clear it too. For a value instead, use `transform: { …: { default: VALUE } }`.",
    ),
  on_invalid: words.onInvalid
    .optional()
    .describe("A value that cannot be turned: sync the rest, or hold the contact."),
  on_target_edit: words.onTargetEdit
    .optional()
    .describe("One-way fields: a target edited by hand stays until its source moves, or is put back."),
  merge: z
    .enum(["replace", "union"])
    .optional()
    .describe(
      "Lists changed on both sides: the winner's, or both sides' additions and removals. Default: union.",
    ),
  options: z
    .record(z.string(), z.string())
    .optional()
    .describe(
      'HubSpot option value : Klaviyo value, in any letter case; `"*"` says what any other does: error, keep or drop.',
    ),
  transform: z
    .strictObject({
      to_klaviyo: transforms
        .optional()
        .describe(
          "What happens to a HubSpot value on its way to Klaviyo: a step, or a list run left to right.",
        ),
      to_hubspot: transforms
        .optional()
        .describe(
          "What happens to a Klaviyo value on its way to HubSpot. Where both ways are open and one is not said, it is the opposite of the other; `[]` leaves values as they are.",
        ),
    })
    .optional()
    .describe("How values are changed on their way."),
  examples: z
    .array(exampleValue)
    .max(100)
    .optional()
    .describe(
      "Values of the source that `tandem check` sends there and back; one that comes back otherwise is an error.",
    ),
});

export const companyEntry = fieldEntry.omit({ winner: true, tie: true, merge: true }).extend({
  hubspot: words.propertyName.describe("Internal name of the HubSpot company property."),
  direction: z
    .enum(["to_klaviyo"], {
      error: wrong(
        "can only be `to_klaviyo`",
        "delete it: companies are sources, Tandem never writes to one",
      ),
    })
    .optional()
    .describe("Always to_klaviyo: companies are never written."),
});

const collections = z.array(words.nameOrId).min(1, {
  error: wrong("must not be empty", "name at least one, or delete the key"),
});

export const ruleEntry = z.strictObject({
  id: words.identifier.describe("Name of the rule; unique in the file."),
  from: z.enum(["hubspot", "klaviyo"]).describe("The side whose contacts the rule chooses; they lead."),
  match: z
    .strictObject({
      lists: collections.optional().describe("Lists by exact name or id. HubSpot calls them segments, too."),
      segments: collections.optional().describe("Segments by exact name or id."),
    })
    .refine((match) => match.lists !== undefined || match.segments !== undefined, {
      error: wrong("needs `lists` or `segments`", 'for example `lists: ["All customers"]`'),
      params: { code: "M103" },
    })
    .describe("Who is meant: members of any of these."),
  on_enter: z
    .enum(["link_or_create", "link_only"])
    .optional()
    .describe("Create missing contacts, or only link."),
  add_to_klaviyo_lists: collections
    .optional()
    .describe("Membership of these lists. No consent is given by it."),
  subscribe: z
    .boolean()
    .optional()
    .describe(
      "Ask Klaviyo to subscribe them to these lists: only who never was, once, and nobody who ever refused. Default: false.",
    ),
  on_leave: z
    .enum(["stop", "remove_from_list", "unsubscribe"])
    .optional()
    .describe(
      "What leaving the rule does. `unsubscribe` also refuses the list's e-mail for them. Contacts are never deleted.",
    ),
});

const schedule = z.string().refine((text) => "text" in readSchedule(text), {
  error: (issue) => {
    const read = readSchedule(String(issue.input));
    return "wrong" in read ? wrong(`cannot be used: ${read.wrong}`, read.help) : "";
  },
  params: { code: "M107" },
});

const timezone = z.string().refine(isTimeZone, {
  error: (issue) => {
    const written = String(issue.input);
    const help = "an IANA name, for example `Europe/Tallinn`; a bare `+02:00` would miss summer time";
    return wrong(`: there is no time zone \`${written}\``, timeZoneHelp(written, help));
  },
  params: { code: "M106" },
});

export const connections = z.strictObject({
  hubspot: hubspotConnection.describe("The HubSpot account."),
  klaviyo: klaviyoConnection.describe("The Klaviyo account."),
});

export const sections = {
  version: z.literal(1).describe("Version of this format; today 1."),
  name: words.identifier.describe("Name of the connection, in the status page, logs and metrics."),
  timezone: timezone.optional().describe("IANA name, for `schedule`. Stored times are UTC. Default: UTC."),
  connections: connections.describe("The two accounts that are linked."),
  identity: z
    .strictObject({
      key: z.enum(["email"]).optional().describe("Fixed: contacts are linked by e-mail address."),
      duplicates: z
        .enum(["oldest"])
        .optional()
        .describe("Two HubSpot contacts with one address: the oldest is linked."),
      email_change: z
        .enum(["relink", "error"])
        .optional()
        .describe(
          "What a changed address does: written to the other side (default), or the contact waits for a person.",
        ),
      secondary_emails: z
        .enum(["ignore", "match"])
        .optional()
        .describe("Is a HubSpot contact found by an additional address linked? Default: ignore."),
    })
    .optional()
    .describe("How two contacts of one person are recognised."),
  rules: z
    .array(ruleEntry)
    .min(1, { error: wrong("must not be empty", "without a rule nobody is in sync") })
    .describe("Who is in sync: everybody who matches at least one rule."),
  defaults: z
    .strictObject({
      direction: words.direction.optional().describe("Default: both."),
      winner: words.winner.optional().describe("Default: hubspot."),
      tie: words.tie.optional().describe("With `winner: newest`. Default: hubspot."),
      on_empty: words.onEmpty.optional().describe("Default: keep."),
      on_invalid: words.onInvalid.optional().describe("Default: skip_field."),
      on_target_edit: words.onTargetEdit.optional().describe("Default: keep."),
    })
    .optional()
    .describe("What fields do that do not say otherwise."),
  fields: z
    .array(fieldEntry)
    .min(1, { error: wrong("must not be empty", "name at least one pair of properties") })
    .describe("What is in sync. E-mail always is, and cannot be listed."),
  company_fields: z
    .array(companyEntry)
    .optional()
    .describe("Properties of a contact's primary company, written to the Klaviyo profile."),
  consent: consent.optional(),
  engagement: engagement.optional(),
  schedule: z
    .strictObject({
      contacts: schedule.optional().describe("When changes are looked for. Default: every 15m."),
      engagement: schedule.optional().describe("When opens and clicks are looked for. Default: every 5m."),
      consent: schedule.optional().describe("When refusals alone are looked for. Default: every 1m."),
      reconcile: schedule.optional().describe('When both sides are compared in full. Default: "0 3 * * *".'),
      quiet: quiet.optional(),
    })
    .optional()
    .describe("When runs happen: `every 15m` or a quoted cron expression, in `timezone`."),
  limits: z
    .strictObject({
      creates_per_run: words.limit.optional().describe("Contacts created. Default: 500."),
      updates_per_run: words.limit.optional().describe("Contacts changed. Default: 20000."),
      removals_per_run: words.limit.optional().describe("Contacts taken off lists. Default: 5%."),
      clears_per_run: words.limit
        .optional()
        .describe("Contacts of which a value would be emptied. Default: 2%."),
      unsubscribes_per_run: words.limit
        .optional()
        .describe("People unsubscribed on one side because they refused on the other. Default: 0.5%."),
      subscribes_per_run: words.limit
        .optional()
        .describe("People whom Klaviyo is asked to subscribe. Default: 1%."),
      errors_per_run: words.limit.optional().describe("Contacts that fail. Default: 10%."),
      approval_above: z
        .int()
        .min(0)
        .optional()
        .describe(
          "More people than this with a change in one run wait for `tandem approve`. Default: none wait.",
        ),
      api_share: z
        .strictObject({
          hubspot: words.percent.optional().describe("Default: 60%."),
          klaviyo: words.percent.optional().describe("Default: 60%."),
        })
        .optional()
        .describe("The part of each account's API quota that Tandem may use: its pace, and HubSpot's day."),
    })
    .optional()
    .describe("A run that would exceed one stops before writing: a count, or a share of all contacts."),
  retry: z
    .strictObject({
      attempts: z.int().min(1).max(20).optional().describe("Default: 6."),
      first: words.duration.optional().describe("Wait before the second attempt. Default: 30s."),
      max: words.duration.optional().describe("Longest wait. Default: 6h."),
    })
    .optional()
    .describe("How failing contacts are tried again."),
  alerts: alerts.optional(),
  channels: channels.optional(),
  privacy: privacy.optional(),
};

export const mappingFile = z
  .strictObject(sections)
  .describe("Tandem mapping: one HubSpot and one Klaviyo account.");

export type FieldEntry = z.infer<typeof fieldEntry>;
export type CompanyEntry = z.infer<typeof companyEntry>;
export type RuleEntry = z.infer<typeof ruleEntry>;
export type MappingFile = z.infer<typeof mappingFile>;

function isTimeZone(name: string): boolean {
  // Offsets are accepted by Intl, but they are no zones: they do not know summer time.
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

function timeZoneHelp(written: string, otherwise: string): string {
  const zones = Intl.supportedValuesOf("timeZone");
  const whole = suggest(written, zones).word;
  // People know their city, not the continent that comes before it.
  const city = (written.split("/").at(-1) ?? written).replaceAll(" ", "_");
  const cities = new Map(zones.map((zone) => [zone.split("/").at(-1) ?? zone, zone]));
  const near = cities.get(city) ?? cities.get(suggest(city, [...cities.keys()]).word ?? "");
  const word = whole ?? near;
  return word === undefined ? otherwise : `did you mean \`${word}\`?`;
}
