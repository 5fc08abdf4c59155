import type { Mapping } from "../model/mapping.ts";
import type { Side } from "../model/side.ts";
import { buildMapping } from "./meaning/build-mapping.ts";
import { companyField } from "./company-field.ts";
import type { Diagnostic, Path } from "./diagnostics/diagnostic.ts";
import { diagnostic } from "./diagnostics/diagnostic.ts";
import { alertMeanings } from "./meaning/meaning-alerts.ts";
import { engagementMeanings } from "./meaning/meaning-engagement.ts";
import type { Meaning, PlacedField } from "./meaning/meaning-fields.ts";
import { defaultMeanings, doubleTargets, fieldMeanings } from "./meaning/meaning-fields.ts";
import { mixedTypes } from "./meaning/meaning-types.ts";
import { directionMeanings } from "./meaning/meaning-directions.ts";
import { ruleMeanings, surroundingMeanings } from "./meaning/meaning-rules.ts";
import { notYet } from "./meaning/not-yet.ts";
import { alertEntry } from "./schema/schema-alerts.ts";
import { companyEntry, connections, fieldEntry, mappingFile, ruleEntry, sections } from "./schema/schema.ts";
import { MOST_PROBLEMS, shapeProblems } from "./meaning/shape-problems.ts";
import type { YamlSource } from "./yaml/yaml-source.ts";
import { yamlSource } from "./yaml/yaml-source.ts";

export interface ParsedMapping {
  /** `null` where there is any error; warnings leave it whole. */
  readonly mapping: Mapping | null;
  /** In the order of the file. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads a mapping: all of it, or everything that is wrong with it. `fileName` is only for the diagnostics. */
export function parseMapping(text: string, fileName: string): ParsedMapping {
  const source = yamlSource(text, fileName);
  if ("code" in source) return { mapping: null, diagnostics: [source] };
  const shape = shapeProblems(source);
  if (shape.some((each) => each.code === "M100")) return { mapping: null, diagnostics: shape };
  const misshapen = tellers(shape);
  const later = notYet(source.value)
    .filter(({ path }) => !misshapen(path))
    .map(({ path, finding }) => diagnostic(fileName, path, source.place(path, "key"), finding));
  const refused = [...shape, ...later];
  const told = tellers(refused);
  const meaning = meanings(source)
    .filter(({ path }) => !told(path))
    .map(({ path, part, finding }) => diagnostic(fileName, path, source.place(path, part), finding));
  const all = [...refused, ...meaning].sort((a, b) => a.line - b.line || a.column - b.column);
  // Errors first where there are too many, so that warnings cannot hide that the mapping is refused.
  const worst = all.toSorted((a, b) => Number(b.severity === "error") - Number(a.severity === "error"));
  const diagnostics = all.length <= MOST_PROBLEMS ? all : worst.slice(0, MOST_PROBLEMS);
  if (diagnostics.some((each) => each.severity === "error")) return { mapping: null, diagnostics };
  const { data } = mappingFile.safeParse(withoutExtensions(source.value));
  if (data === undefined) throw new Error("a mapping was refused without a diagnostic");
  return { mapping: buildMapping(data, source.place), diagnostics };
}

/** Has a diagnostic at this path, above it or below it told the cause already? */
function tellers(told: readonly Diagnostic[]): (path: Path) => boolean {
  const starts = (path: Path) => path.map((_step, at) => JSON.stringify(path.slice(0, at + 1)));
  const at = new Set(told.map((each) => JSON.stringify(each.path)));
  const above = new Set(told.flatMap((each) => starts(each.path)));
  return (path) => above.has(JSON.stringify(path)) || starts(path).some((start) => at.has(start));
}

/** What the parts that are shaped well say that cannot be meant; a part that is not is left out. */
function meanings(source: YamlSource): readonly Meaning[] {
  const top = source.value as Readonly<Record<string, unknown>>;
  const rules = entries(top["rules"]).flatMap(({ index, value }) => {
    const { data } = ruleEntry.safeParse(value);
    return data === undefined
      ? []
      : [{ index, entry: data, line: source.place(["rules", index], "key").line }];
  });
  const defaults = sections.defaults.safeParse(top["defaults"]).data;
  const contactFields = entries(top["fields"]).flatMap(({ index, value }): readonly PlacedField[] => {
    const { data } = fieldEntry.safeParse(value);
    if (data === undefined) return [];
    const direction = data.direction ?? defaults?.direction ?? "both";
    const place = ["fields", index];
    const { line } = source.place(place, "key");
    return [{ place, entry: data, direction, defaultWinner: defaults?.winner, line }];
  });
  const companyFields = entries(top["company_fields"]).flatMap(({ index, value }): readonly PlacedField[] => {
    const { data } = companyEntry.safeParse(value);
    if (data === undefined) return [];
    const place = ["company_fields", index];
    const line = source.place(place, "key").line;
    return [{ place, entry: companyField(data), direction: "to_klaviyo", line }];
  });
  const fields = [...contactFields, ...companyFields];
  const leading = new Set<Side>(rules.map((rule) => rule.entry.from));
  const single = fieldMeanings(fields, leading);
  const refused = new Set(
    single
      .filter(({ finding }) => (finding.severity ?? "error") === "error")
      .map((each) => JSON.stringify(each.path.slice(0, 2))),
  );
  const whole = fields.filter((field) => !refused.has(JSON.stringify(field.place)));
  return [
    ...(defaults === undefined ? [] : defaultMeanings(defaults)),
    ...ruleMeanings(rules),
    ...single,
    ...directionMeanings(contactFields, leading),
    ...doubleTargets(whole),
    ...mixedTypes(whole),
    ...engagementOf(top, fields),
    ...alertsOf(top, source),
    ...surroundingMeanings({
      connections: connections.safeParse(top["connections"]).data ?? null,
      schedule: sections.schedule.safeParse(top["schedule"]).data ?? null,
      retry: sections.retry.safeParse(top["retry"]).data ?? null,
    }),
  ];
}

function engagementOf(
  top: Readonly<Record<string, unknown>>,
  fields: readonly PlacedField[],
): readonly Meaning[] {
  const section = sections.engagement.safeParse(top["engagement"]).data;
  if (section === undefined) return [];
  const hubspot = connections.safeParse(top["connections"]).data?.hubspot;
  const oauth = hubspot?.auth === "oauth";
  const eventType = hubspot?.app_event !== undefined;
  const shown = sections.consent.safeParse(top["consent"]).data?.klaviyo_to_hubspot;
  const consent = [shown?.status_property, shown?.reason_property].filter((name) => name !== undefined);
  return engagementMeanings(section, { oauth, eventType, fields, consent });
}

function alertsOf(top: Readonly<Record<string, unknown>>, source: YamlSource): readonly Meaning[] {
  const alerts = entries(top["alerts"]).flatMap(({ index, value }) => {
    const { data } = alertEntry.safeParse(value);
    const place = ["alerts", index];
    return data === undefined ? [] : [{ index, entry: data, line: source.place(place, "key").line }];
  });
  const written = top["channels"];
  const channels = typeof written === "object" && written !== null ? Object.keys(written) : [];
  const { hubspot, klaviyo } = connections.safeParse(top["connections"]).data ?? {};
  const expires = [hubspot, klaviyo].some((connection) => connection?.token_expires !== undefined);
  return alertMeanings(alerts, { channels, expires });
}

function entries(value: unknown): readonly { index: number; value: unknown }[] {
  return Array.isArray(value) ? value.map((item: unknown, index) => ({ index, value: item })) : [];
}

function withoutExtensions(value: unknown): unknown {
  return Object.fromEntries(Object.entries(value as object).filter(([key]) => !key.startsWith("x-")));
}
