import type { Direction, FieldRule } from "../../model/mapping.ts";
import { commonSide } from "../../model/mapping.ts";
import type { PerSide, Side } from "../../model/side.ts";
import { otherSide, perSide } from "../../model/side.ts";
import type { Transform } from "../../model/transform.ts";
import type { FieldType } from "../../model/value.ts";
import type { Finding, Path } from "../diagnostics/diagnostic.ts";
import type { FieldEntry } from "../schema/schema.ts";
import * as say from "./transform-findings.ts";
import type { Walked } from "../../values/transforms/chain.ts";
import { readsAs, reversed, startType, walk } from "../../values/transforms/chain.ts";
import { readTransform } from "../../values/transforms/entry.ts";

/**
 * Types of properties that exist in every account under the same name, so that nobody has to write them. Kept tiny on
 * purpose: a guess from a name that people choose themselves would be wrong in somebody's account.
 */
const WELL_KNOWN: { readonly [side in "hubspot" | "klaviyo"]: { readonly [property: string]: FieldType } } = {
  hubspot: { phone: "phone", mobilephone: "phone", createdate: "datetime", lastmodifieddate: "datetime" },
  klaviyo: {
    phone_number: "phone",
    created: "datetime",
    updated: "datetime",
    last_event_date: "datetime",
    "location.latitude": "number",
    "location.longitude": "number",
    "subscriptions.email.marketing.consent_timestamp": "datetime",
    "subscriptions.email.marketing.can_receive_email_marketing": "boolean",
    "predictive_analytics.historic_clv": "number",
    "predictive_analytics.predicted_clv": "number",
    "predictive_analytics.total_clv": "number",
    "predictive_analytics.historic_number_of_orders": "number",
    "predictive_analytics.predicted_number_of_orders": "number",
    "predictive_analytics.average_days_between_orders": "number",
    "predictive_analytics.average_order_value": "number",
    "predictive_analytics.churn_probability": "number",
    "predictive_analytics.expected_date_of_next_order": "datetime",
  },
};

/** The type that one of an entry's properties has in every account, or `null`. */
function wellKnownType(entry: Pick<FieldEntry, "hubspot" | "klaviyo">): FieldType | null {
  // Klaviyo's first: its attributes have one type, while a HubSpot phone may well go into a custom text.
  return own(WELL_KNOWN.klaviyo, entry.klaviyo) ?? own(WELL_KNOWN.hubspot, entry.hubspot);
}

function own(types: { readonly [property: string]: FieldType }, property: string): FieldType | null {
  return Object.hasOwn(types, property) ? (types[property] ?? null) : null;
}

/** Result of an entry's types and transforms, and what is wrong with them, by path within the entry. */
export interface FieldShape extends Pick<FieldRule, "type" | "propertyType" | "transforms"> {
  readonly findings: readonly EntryFinding[];
}

export interface EntryFinding {
  readonly path: Path;
  readonly part: "key" | "value";
  readonly finding: Finding;
}

/** The steps to one side, and whether the file says them or they are the opposite of what it says for the other side. */
interface Chain {
  readonly to: Side;
  readonly steps: readonly Transform[];
  readonly written: boolean;
}

/** Types and transforms of an entry. With an error among the findings, the rest is not to be relied upon. */
export function fieldShape(entry: FieldEntry, direction: Direction): FieldShape {
  const common = commonSide(direction);
  const both = direction === "both";
  const written = perSide((side) => writtenSteps(entry, side, both));
  const forward = chain(common, written);
  const back = both ? chain(otherSide(common), written) : { ...forward, to: otherSide(common), steps: [] };
  const start = sourceType(entry, forward.steps);
  const there = walk(forward.steps, start);
  const again = "end" in there ? walk(back.steps, there.end) : null;
  const refused =
    (both ? (defaulting(entry, written) ?? losing(entry, written, start)) : null) ??
    wrongStep(entry, forward, there) ??
    (again === null ? null : wrongStep(entry, back, again)) ??
    (both && again !== null && "end" in again ? wrongEnd(back, again.end, start) : null);
  if (refused !== null || !("end" in there) || again === null || !("end" in again)) {
    const type = perSide(() => start);
    return {
      type: start,
      propertyType: type,
      transforms: perSide(() => []),
      findings: refused === null ? [] : [refused],
    };
  }
  return {
    type: there.end,
    propertyType: perSide((side) => (side === common ? there.end : start)),
    transforms: perSide((side) => (side === common ? there.steps : again.steps)),
    findings: both ? [] : withoutEffect(written, otherSide(common), direction),
  };
}

/** The type of the source's values: as written, else by the option table, by what the first step needs, by the name. */
function sourceType(entry: FieldEntry, forward: readonly Transform[]): FieldType {
  if (entry.type !== undefined) return entry.type;
  if (entry.options !== undefined) return "option";
  return startType(forward) ?? wellKnownType(entry) ?? "text";
}

type Written = PerSide<readonly Transform[] | null>;

/** The steps that an entry says for the way to a side, or `null` where it says nothing of that way. */
function writtenSteps(entry: FieldEntry, to: Side, both: boolean): readonly Transform[] | null {
  const written = entry.transform?.[`to_${to}`];
  if (written === undefined) return null;
  const steps = Array.isArray(written) ? written : [written];
  return steps.flatMap((step) => readTransform(step, both) ?? []);
}

function chain(to: Side, written: Written): Chain {
  const own = written[to];
  if (own !== null) return { to, steps: own, written: true };
  const opposite = reversed(written[otherSide(to)] ?? []);
  return { to, steps: "steps" in opposite ? opposite.steps : [], written: false };
}

/** A stand-in for an empty value where the other side may hold a real one, which it would overwrite. */
function defaulting(entry: FieldEntry, written: Written): EntryFinding | null {
  for (const to of ["klaviyo", "hubspot"] as const) {
    const at = written[to]?.findIndex((step) => step.kind === "default") ?? -1;
    const step = written[to]?.[at];
    if (step?.kind === "default") return atStep(entry, to, at, step, say.defaultBothWays(to, step.value));
  }
  return null;
}

/** A step that loses something, where the file does not say what comes back. */
function losing(entry: FieldEntry, written: Written, start: FieldType): EntryFinding | null {
  for (const to of ["klaviyo", "hubspot"] as const) {
    const steps = written[to];
    if (steps === null || written[otherSide(to)] !== null) continue;
    const opposite = reversed(steps);
    const step = "lostAt" in opposite ? steps[opposite.lostAt] : undefined;
    if (!("lostAt" in opposite) || step === undefined) continue;
    const example = to === "klaviyo" ? entry.examples?.[0] : undefined;
    const loss = say.loss(step, opposite.usual, steps, example, start);
    return atStep(entry, to, opposite.lostAt, step, say.noWayBack(to, step, loss));
  }
  return null;
}

function wrongStep(entry: FieldEntry, { to, steps, written }: Chain, walked: Walked): EntryFinding | null {
  if (!("wrongAt" in walked)) return null;
  const step = steps[walked.wrongAt];
  if (step === undefined) throw new Error("a chain cannot be wrong where it has no step");
  const finding = say.badStep(step, walked.given, written ? null : to);
  return written
    ? atStep(entry, to, walked.wrongAt, step, finding)
    : { path: ["transform", `to_${otherSide(to)}`], part: "key", finding };
}

function wrongEnd(back: Chain, end: FieldType, start: FieldType): EntryFinding | null {
  if (readsAs(end, start)) return null;
  const path = ["transform", `to_${back.written ? back.to : otherSide(back.to)}`];
  return { path, part: "key", finding: say.badEnd(back.to, end, start) };
}

function withoutEffect(written: Written, source: Side, direction: Direction): readonly EntryFinding[] {
  if (written[source] === null) return [];
  return [{ path: ["transform", `to_${source}`], part: "key", finding: say.noEffect(source, direction) }];
}

function atStep(entry: FieldEntry, to: Side, at: number, step: Transform, finding: Finding): EntryFinding {
  const list = Array.isArray(entry.transform?.[`to_${to}`]);
  return {
    path: ["transform", `to_${to}`, ...(list ? [at] : []), step.kind],
    part: "key",
    finding,
  };
}
