import type { Direction } from "../../model/mapping.ts";
import type { Side } from "../../model/side.ts";
import { SIDE_NAMES, otherSide } from "../../model/side.ts";
import type { Filled, Transform } from "../../model/transform.ts";
import type { FieldType } from "../../model/value.ts";
import type { Finding } from "../diagnostics/diagnostic.ts";
import { applyTransforms } from "../../values/transforms/chain.ts";
import { EXAMPLES, rowOf } from "../../values/transforms/transforms.ts";
import type { Written } from "../../values/value-from-text.ts";
import { valueFromText } from "../../values/value-from-text.ts";

/** What `check` says of transforms. */

/** M214, M227: a step that does not take what it is given. `opposite` where it is not written but follows from another. */
export function badStep(step: Transform, given: FieldType, opposite: Side | null): Finding {
  if (step.kind === "default" && rowOf(step).takes(step).includes(given)) {
    const message = `\`default\` cannot be \`${shown(step.value)}\`: the value is ${a(given)} here`;
    return { code: "M227", message, help: "write a value of that type, or say another `type`" };
  }
  const what =
    opposite === null
      ? `\`${step.kind}\``
      : `the opposite on the way to ${SIDE_NAMES[opposite]}, \`${step.kind}\`,`;
  const message = `${what} turns ${rowOf(step).takes(step).map(a).join(" or ")}, and the value is ${a(given)} here`;
  const legal = EXAMPLES.filter((other) => rowOf(other).takes(other).includes(given)).map(({ kind }) => kind);
  const help = `what turns ${a(given)}: ${[...new Set(legal)].join(", ")}; \`type\` says what the source's values are`;
  return { code: "M214", message, help };
}

/** M225: what comes back is of another type than what the side holds. */
export function badEnd(to: Side, end: FieldType, wanted: FieldType): Finding {
  const message = `what comes back to ${SIDE_NAMES[to]} is ${a(end)}, and its values are ${a(wanted)}`;
  const help = `end \`to_${to}\` with a step that gives ${a(wanted)}, or add \`direction: to_${otherSide(to)}\``;
  return { code: "M225", message, help };
}

/** M223: a transform for a way that nothing goes. */
export function noEffect(to: Side, direction: Direction): Finding {
  const message = `\`to_${to}\` has no effect: values flow one way (${direction})`;
  return { code: "M223", severity: "warning", message, help: "delete it, or set `direction: both`" };
}

/** M206 for `default`: the other side's real value would lose to a stand-in. */
export function defaultBothWays(to: Side, value: Filled): Finding {
  const message = `\`default\` works one way only: where ${SIDE_NAMES[otherSide(to)]} is empty, \`${shown(value)}\` could overwrite what ${SIDE_NAMES[to]} holds`;
  return { code: "M206", message, help: `add \`direction: to_${to}\`, or delete \`default\`` };
}

/** M206: a step that loses something, with what would come back of an example. */
export function noWayBack(to: Side, step: Transform, loss: Loss): Finding {
  const from = otherSide(to);
  const message = `\`${step.kind}\` loses information; the value written back to ${SIDE_NAMES[from]} would be '${loss.after}' where it was '${loss.before}'`;
  const help = `add \`to_${from}\` that says what goes back (\`[]\`: as it is), or \`direction: to_${to}\``;
  return { code: "M206", message, help };
}

interface Loss {
  readonly before: string;
  readonly after: string;
}

/** What a chain makes of the entry's own example, or where it has none, the step of a usual value. */
export function loss(
  step: Transform,
  usual: string,
  steps: readonly Transform[],
  example: Written | undefined,
  start: FieldType,
): Loss {
  const own = example === undefined ? undefined : valueFromText(example, start);
  const turned = own === undefined ? null : applyTransforms(steps, own);
  if (own !== undefined && turned !== null && "value" in turned && turned.value !== null)
    return { before: shown(own), after: shown(turned.value) };
  const after = applyTransforms([step], usual);
  return { before: usual, after: "value" in after && after.value !== null ? shown(after.value) : usual };
}

function shown(value: Filled): string {
  return typeof value === "object" ? value.join(", ") : String(value);
}

function a(type: FieldType): string {
  return type === "option" ? "an option" : `a ${type}`;
}
