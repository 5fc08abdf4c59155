import type { FieldRule } from "../../model/mapping.ts";
import { commonSide } from "../../model/mapping.ts";
import { SIDE_NAMES, otherSide } from "../../model/side.ts";
import type { Value } from "../../model/value.ts";
import { sameValue } from "../../model/value.ts";
import type { Finding } from "../diagnostics/diagnostic.ts";
import { fieldsOf, propertiesOf } from "../../values/field-codec.ts";
import { phoneCountry } from "../../values/field-problems.ts";
import { phoneNumber } from "../../values/phone-number.ts";
import type { Written } from "../../values/value-from-text.ts";
import { valueFromText } from "../../values/value-from-text.ts";

/**
 * Sends an entry's `examples:` through the mapping as contacts go: from the source to the other side and, where values
 * flow both ways, back. What cannot be turned is M222, what comes back as another value M221.
 */
export function exampleFindings(
  examples: readonly Written[],
  rule: FieldRule,
): readonly { readonly item: number; readonly finding: Finding }[] {
  return examples.flatMap((written, item) => {
    const finding = tryOut(written, rule);
    return finding === null ? [] : [{ item, finding }];
  });
}

function tryOut(written: Written, rule: FieldRule): Finding | null {
  const common = commonSide(rule.direction);
  const source = otherSide(common);
  const type = rule.propertyType[source];
  const value = valueFromText(written, type);
  if (value === undefined)
    return wrong(
      `the example \`${shown(written)}\` is no value of type ${type}`,
      "correct it, or change `type`",
    );
  const there = fieldsOf([rule], {
    side: source,
    values: { [rule.property[source]]: value },
    unreadable: {},
  });
  const [problem] = Object.values(there.unreadable);
  const turned = there.fields[rule.key];
  if (problem !== undefined)
    return wrong(`the example cannot be turned: ${sentence(problem.explanation)}`, CHANGE);
  if (turned === undefined || rule.direction !== "both") return null;
  const back = propertiesOf([rule], source, there.fields);
  const [stuck] = back.problems;
  if (stuck !== undefined)
    return wrong(`the example does not come back: ${sentence(stuck.explanation)}`, CHANGE);
  const returned = back.values[rule.property[source]] ?? null;
  if (sameValue(returned, atRest(rule, type, value))) return null;
  const message = `the example \`${shown(written)}\` is \`${shown(turned)}\` in ${SIDE_NAMES[common]} and comes back as \`${shown(returned)}\``;
  return { code: "M221", message, help: `say what goes back under \`to_${source}\`, or correct the example` };
}

const CHANGE = "change the transform, or correct the example";

function wrong(message: string, help: string): Finding {
  return { code: "M222", message, help };
}

/** Two notations of one phone number are one value. */
function atRest(rule: FieldRule, type: FieldRule["type"], value: Value): Value {
  return type === "phone" ? (phoneNumber(String(value), phoneCountry(rule)) ?? value) : value;
}

/** Without what becomes of the contact, which an example has none of. */
function sentence(explanation: string): string {
  return explanation.replace(/\.? The (?:rest of the )?contact is .*$/s, "");
}

function shown(value: Written | Value): string {
  return Array.isArray(value) ? value.join(", ") : String(value ?? "");
}
