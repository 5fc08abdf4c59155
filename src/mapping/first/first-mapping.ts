import type { Account, Schema } from "../../connectors/connector.ts";
import type { SecretRef } from "../../model/keys/secret-ref.ts";
import type { PerSide } from "../../model/side.ts";
import { checkAgainst } from "../accounts/check-against.ts";
import type { Sample } from "../accounts/check-data.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { FilledField } from "./first-fields.ts";
import type { FirstRule } from "./first-rule.ts";
import { sensibleLists } from "./first-rule.ts";
import type { GuessedCountry } from "./guess-country.ts";
import { parseMapping } from "../parse-mapping.ts";
import { comment, isZone, nameOf, percent, scalar, secret, slug } from "./yaml-parts.ts";

/** Everything that a first mapping is made of. */
export interface FirstMapping {
  readonly tokens: PerSide<SecretRef>;
  /** Rehearsal only. */
  readonly baseUrls: PerSide<string | null>;
  readonly accounts: PerSide<Account>;
  readonly schemas: PerSide<Schema>;
  readonly samples: PerSide<Sample>;
  /** Fullest first. */
  readonly fields: readonly FilledField[];
  /** `null`: nobody could tell, and the file says where to write it. */
  readonly rule: FirstRule | null;
  /** Whether edits in Klaviyo sync to HubSpot, too. */
  readonly bothWays: boolean;
  /** For whom they do; `null`: nobody could tell, and the file says where to write it. Only with `bothWays`. */
  readonly returning: FirstRule | null;
  readonly country: GuessedCountry | null;
}

/** What stands where a person has to write a list. */
export const FILL_IN = "FILL THIS IN";

export interface WrittenMapping {
  readonly text: string;
  /** Fields that are in use, and those that are only suggested. */
  readonly fields: readonly FilledField[];
  readonly suggested: readonly FilledField[];
}

/**
 * A mapping file that a person would keep, checked against both accounts before anybody sees it: a field that would not
 * pass becomes a suggestion.
 */
export function firstMapping(given: FirstMapping): WrittenMapping {
  const known = given.fields.filter((field) => field.wellKnown);
  const filled = known.filter((field) => field.filled.hubspot + field.filled.klaviyo > 0);
  // A mapping has to have a field; where nobody has anything yet, names are what everybody will have.
  let chosen = filled.length > 0 ? filled : known.slice(0, 2);
  for (;;) {
    const suggested = given.fields.filter((field) => !chosen.includes(field));
    const text = written(given, chosen, suggested);
    const refused = new Set(
      problems(text, given.schemas).flatMap(({ path: [part, index] }) =>
        part === "fields" && typeof index === "number" ? [index] : [],
      ),
    );
    if (refused.size === 0) return { text, fields: chosen, suggested };
    chosen = chosen.filter((_field, index) => !refused.has(index));
  }
}

function problems(text: string, schemas: PerSide<Schema>): readonly Diagnostic[] {
  const { mapping, diagnostics } = parseMapping(text, "mapping.yaml");
  const remote = mapping === null ? [] : checkAgainst(mapping, schemas, { file: "mapping.yaml", text });
  return [...diagnostics, ...remote].filter(({ severity }) => severity === "error");
}

function written(
  given: FirstMapping,
  fields: readonly FilledField[],
  suggested: readonly FilledField[],
): string {
  const { samples } = given;
  const sampleWords = `${count(samples.hubspot)} in HubSpot and ${count(samples.klaviyo)} in Klaviyo`;
  const custom = suggested.filter((field) => !field.wellKnown);
  const unfilled = suggested.filter((field) => field.wellKnown);
  return [
    ...head(given),
    ...ruleLines(given),
    ...returnLines(given),
    "",
    ...(given.bothWays ? [] : ONE_WAY),
    "# WHAT is in sync. E-mail is the link between the two and always is. Where both sides changed a field, `winner`",
    "# decides: hubspot, unless the field or `defaults` says klaviyo. Fullest first, as measured on",
    `# ${sampleWords}.`,
    "fields:",
    ...fields.flatMap((field) => fieldLines(field, given.country)),
    ...(custom.length === 0
      ? []
      : ["  # Of one name on both sides. Take away the # of those that mean the same:"]),
    ...custom.flatMap((field) => suggestion(field, given.country)),
    ...(unfilled.length === 0 ? [] : ["  # Known on both sides, and nobody who was looked at has them:"]),
    ...unfilled.flatMap((field) => suggestion(field, given.country).slice(1)),
    "",
    ...TAIL,
  ]
    .join("\n")
    .concat("\n");
}

function count({ contacts, whole }: Sample): string {
  if (contacts.length === 0) return "nobody";
  const many = contacts.length.toLocaleString("en");
  return whole ? `all ${many} people` : `${many} people`;
}

function head({ accounts, tokens, baseUrls }: FirstMapping): readonly string[] {
  const zone = accounts.hubspot.timeZone ?? accounts.klaviyo.timeZone;
  const url = (text: string | null): readonly string[] =>
    text === null ? [] : [`    base_url: ${scalar(text)} # rehearsal`];
  return [
    "# yaml-language-server: $schema=./mapping.schema.json",
    "# One file links one HubSpot account with one Klaviyo account.",
    "#",
    "#   tandem check --remote   is it right, and does every name in it exist?",
    "#   tandem plan             what would change? Writes nothing.",
    "#   tandem fields hubspot   what else can be mapped; tandem lists: what rules can match",
    "version: 1",
    `name: ${scalar(nameOf(accounts.klaviyo.name))}`,
    `timezone: ${scalar(zone !== null && isZone(zone) ? zone : "UTC")} # for \`schedule\``,
    "",
    "connections:",
    "  hubspot:",
    `    token: ${secret(tokens.hubspot)} # where the key is; never the key itself`,
    `    portal_id: ${scalar(accounts.hubspot.id)} # guard: no other account is ever touched`,
    ...url(baseUrls.hubspot),
    "  klaviyo:",
    `    token: ${secret(tokens.klaviyo)}`,
    `    account_id: ${JSON.stringify(accounts.klaviyo.id)} # guard: ${comment(accounts.klaviyo.name)}`,
    ...url(baseUrls.klaviyo),
    "",
    "# WHO is in sync: everybody who matches at least one rule. The side that a rule is `from` leads.",
    "rules:",
  ];
}

function ruleLines({ rule, schemas }: FirstMapping): readonly string[] {
  const targets = schemas.klaviyo.collections.filter(({ writable }) => writable).slice(0, 3);
  const shown = targets.map(({ id, name }) => `${scalar(id)} (${comment(name)})`).join(", ");
  const end = [
    "    on_enter: link_or_create # link_only: nobody is created",
    "    # Membership of Klaviyo lists, without any consent:",
    `    # add_to_klaviyo_lists: [ID]${shown === "" ? "" : ` # ${shown}`}`,
    "    subscribe: false # nobody is subscribed",
    "    on_leave: stop # who leaves stops being updated; nobody is deleted",
  ];
  if (rule === null) return [...fillIn(schemas), ...end];
  const { from, collection } = rule;
  const size = collection.size === null ? "" : `, ${collection.size.toLocaleString("en")} people`;
  return [
    `  # Chosen by \`tandem init\`: ${comment(collection.name)}${size}. Is that whom you mean?`,
    `  - id: ${scalar(slug(collection.name) || "everybody")}`,
    `    from: ${from}`,
    "    match:",
    // By its id: renaming the list will not break the rule.
    `      ${collection.kind}s: [${scalar(collection.id)}] # ${comment(collection.name)}`,
    ...end,
  ];
}

/** The rule by which Klaviyo's edits reach HubSpot. */
function returnLines({ bothWays, returning }: FirstMapping): readonly string[] {
  if (!bothWays) return [];
  const why = "  # Edits in Klaviyo sync to HubSpot for people in this list or segment.";
  if (returning === null) {
    return [
      why,
      `  # ${FILL_IN}: which list or segment? \`tandem lists klaviyo\` shows them all. Then take away the # of these lines:`,
      "  # - id: from-klaviyo",
      "  #   from: klaviyo",
      "  #   match:",
      "  #     lists: [ID]",
      "  #   on_enter: link_or_create",
    ];
  }
  const { collection } = returning;
  const size = collection.size === null ? "" : `, ${collection.size.toLocaleString("en")} people`;
  return [
    why,
    `  # Chosen by \`tandem init\`: ${comment(collection.name)}${size}. Is that whom you mean?`,
    "  - id: from-klaviyo",
    "    from: klaviyo",
    "    match:",
    `      ${collection.kind}s: [${scalar(collection.id)}] # ${comment(collection.name)}`,
    "    on_enter: link_or_create # link_only: nobody is created in HubSpot",
    "    subscribe: false # nobody is subscribed",
    "    on_leave: stop",
  ];
}

const ONE_WAY = [
  "# One way: HubSpot leads, and edits in Klaviyo stay there.",
  "defaults:",
  "  direction: to_klaviyo",
  "",
];

function fillIn(schemas: PerSide<Schema>): readonly string[] {
  const lists = sensibleLists(schemas, "hubspot").slice(0, 5);
  const shown = lists.map(({ id, name, size }) => `${id} ${comment(name)} (${size?.toLocaleString("en")})`);
  return [
    `  # ${FILL_IN}: which list? None is clearly the one. \`tandem lists\` shows them all.`,
    ...(shown.length === 0 ? [] : [`  # The largest in HubSpot: ${shown.join(" · ")}`]),
    "  - id: first",
    "    from: hubspot # or klaviyo",
    "    match:",
    `      lists: [${JSON.stringify(FILL_IN)}] # an id or a name`,
  ];
}

function fieldLines(field: FilledField, country: GuessedCountry | null): readonly string[] {
  const { hubspot, klaviyo, type, direction, filled } = field;
  const told = `  # filled: HubSpot ${percent(filled.hubspot)}, Klaviyo ${percent(filled.klaviyo)}`;
  const more = [
    ...(type === null ? [] : [`type: ${type}`]),
    ...(direction === null ? [] : [`direction: ${direction}`]),
  ];
  if (klaviyo !== "phone_number") {
    const pair = [`hubspot: ${scalar(hubspot)}`, `klaviyo: ${scalar(klaviyo)}`, ...more].join(", ");
    return [told, `  - { ${pair} }`];
  }
  const guess =
    country === null
      ? [
          "    # Numbers without a country code cannot be read. If they are of one country, say which:",
          "    # transform: { to_klaviyo: { phone_e164: { default_country: XX } } }",
        ]
      : [
          country.of === 0
            ? "    # The country of numbers that are written without one."
            : `    # A guess for numbers without a country code: ${country.numbers} of ${country.of} with one are of ${country.country}.`,
          `    transform: { to_klaviyo: { phone_e164: { default_country: ${scalar(country.country)} } } }`,
        ];
  return [
    told,
    `  - hubspot: ${scalar(hubspot)}`,
    `    klaviyo: ${scalar(klaviyo)}`,
    ...more.map((line) => `    ${line}`),
    ...guess,
  ];
}

function suggestion(field: FilledField, country: GuessedCountry | null): readonly string[] {
  const [told = "", ...lines] = fieldLines(field, country);
  return [told, ...lines.map((line) => line.replace("  ", "  # "))];
}

const TAIL = [
  "# A run that would exceed one of these makes no call of that class, and says so.",
  "limits:",
  "  creates_per_run: 500 # people created",
  "  updates_per_run: 20000 # people changed",
  "  removals_per_run: 5% # people taken off lists",
  "  clears_per_run: 2% # people of whom a value would be emptied",
  "  approval_above: 1000 # more changed people than this wait for `tandem approve`",
  "",
  "schedule:",
  "  contacts: every 15m # when changes are looked for",
  '  reconcile: "0 3 * * *" # when everybody is compared again, in `timezone`',
];
