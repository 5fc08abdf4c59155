import type { Schema } from "../../connectors/connector.ts";
import type { Contact } from "../../model/contact.ts";
import type { FieldRule, Mapping } from "../../model/mapping.ts";
import { directionAllows } from "../../model/mapping.ts";
import type { Problem } from "../../model/problem.ts";
import type { PerSide, Side } from "../../model/side.ts";
import { SIDES, SIDE_NAMES, otherSide } from "../../model/side.ts";
import type { Value } from "../../model/value.ts";
import type { Diagnostic, Finding } from "../diagnostics/diagnostic.ts";
import { fieldsOf, propertiesOf } from "../../values/field-codec.ts";
import { knowOptions } from "../../values/know-options.ts";
import { fromOption } from "../../values/option-table.ts";
import { placedFields } from "./placed-fields.ts";
import { suggest } from "../diagnostics/suggest.ts";
import type { MappingText } from "../diagnostics/tell-at.ts";
import { tellAt } from "../diagnostics/tell-at.ts";
import { clip } from "../../model/clip.ts";

/** Some of an account's contacts, to count on. */
export interface Sample {
  readonly contacts: readonly Contact[];
  /** Is this everybody? */
  readonly whole: boolean;
}

/** What real contacts hold that a field could not carry over, with how many of those looked at hold it. Warnings only. */
export function checkData(
  mapping: Mapping,
  schemas: PerSide<Schema>,
  samples: PerSide<Sample>,
  origin: MappingText = { file: mapping.name, text: "" },
): readonly Diagnostic[] {
  const { tell, found } = tellAt(origin);
  // A side that no rule is from never leads: nothing of it flows.
  const leading = SIDES.filter((side) => mapping.rules.some(({ from }) => from === side));
  for (const [rule, place] of placedFields({ ...mapping, fields: knowOptions(mapping.fields, schemas) })) {
    for (const side of leading.filter((each) => directionAllows(rule.direction, each))) {
      const seen = checkField(rule, side, schemas[otherSide(side)], samples[side].contacts);
      const where = rule.options === null ? [...place, side] : [...place, "options"];
      const part = rule.options === null ? "value" : "key";
      if (seen.values.size > 0) tell(where, part, rule, missingOptions(rule, side, seen, samples[side]));
      if (seen.unturned > 0) tell([...place, side], "value", rule, unturned(rule, side, seen, samples[side]));
    }
  }
  return found();
}

/** What a field meets among contacts. */
interface Seen {
  /** Option values that lead nowhere, and how many contacts have each. */
  readonly values: ReadonlyMap<string, number>;
  /** The options that the other side has; `null` where the option table is what they are missing in. */
  readonly options: readonly string[] | null;
  /** Contacts whose value cannot be turned for another reason. */
  readonly unturned: number;
  readonly problem: Problem | null;
}

function checkField(rule: FieldRule, side: Side, target: Schema, contacts: readonly Contact[]): Seen {
  const options = target.fields.find(({ property }) => property === rule.property[otherSide(side)])?.options;
  const values = new Map<string, number>();
  let [unturned, problem]: [number, Problem | null] = [0, null];
  for (const contact of contacts) {
    const { fields, unreadable } = fieldsOf([rule], contact);
    const written = propertiesOf([rule], otherSide(side), fields);
    const wrong = unreadable[rule.key] ?? written.problems[0];
    const raw = contact.values[rule.property[side]] ?? null;
    const result = written.values[rule.property[otherSide(side)]] ?? null;
    const astray =
      wrong === undefined
        ? items(result).filter((item) => options?.includes(item) === false)
        : items(raw).filter((item) => isWithoutPair(rule, side, item));
    for (const item of astray) values.set(item, (values.get(item) ?? 0) + 1);
    if (wrong === undefined || astray.length > 0) continue;
    unturned += 1;
    problem ??= wrong;
  }
  return { values, options: rule.options === null ? (options ?? null) : null, unturned, problem };
}

function isWithoutPair({ options, hubspotOptions = [] }: FieldRule, side: Side, item: string): boolean {
  return options !== null && fromOption(options, hubspotOptions, side, item) === undefined;
}

function items(value: Value): readonly string[] {
  if (value === null) return [];
  return typeof value === "object" ? value : [String(value)];
}

const SHOWN = 5;

function missingOptions(rule: FieldRule, side: Side, { values, options }: Seen, sample: Sample): Finding {
  const [from, to] = [rule.property[side], rule.property[otherSide(side)]];
  const most = [...values].sort(([a, many], [b, few]) => few - many || (a < b ? -1 : 1));
  const shown = most.slice(0, SHOWN).map(([value, count]) => `\`${clip(value, 40)}\` (${people(count)})`);
  const rest = most.length > SHOWN ? ` and ${most.length - SHOWN} more` : "";
  const one = most.length === 1;
  const what = one ? "a value" : `${most.length} values`;
  const lack =
    options === null
      ? `no pair under \`options\``
      : `no option of that name in ${SIDE_NAMES[otherSide(side)]} \`${to}\``;
  const message = `${SIDE_NAMES[side]} \`${from}\` holds ${what} with ${lack}: ${shown.join(", ")}${rest}, of ${sampleWords(side, sample)}`;
  const near = options === null ? null : suggest(most[0]?.[0] ?? "", options).word;
  const guess = near === null ? "" : `\`${near}\` exists. `;
  const add =
    options === null ? "add a pair for each" : "add the options there, or pair them under `options:`";
  return {
    code: "M308",
    severity: "warning",
    message,
    help: `${guess}${add}; until then this field of these contacts is not synced`,
  };
}

function unturned(rule: FieldRule, side: Side, seen: Seen, sample: Sample): Finding {
  const message = `${people(seen.unturned)} of ${sampleWords(side, sample)} have a \`${rule.property[side]}\` that cannot be read as ${rule.type}, or not be turned for the other side`;
  // The values stay out: they are people's own.
  return { code: "M309", severity: "warning", message, help: seen.problem?.fix.join(" ") ?? "" };
}

function sampleWords(side: Side, { contacts, whole }: Sample): string {
  const many = contacts.length;
  return whole ? `all ${many} in ${SIDE_NAMES[side]}` : `${many} looked at in ${SIDE_NAMES[side]}`;
}

function people(count: number): string {
  return `${count} contact${count === 1 ? "" : "s"}`;
}
