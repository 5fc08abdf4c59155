import { createHash } from "node:crypto";
import type { MetricRule, RollUpProperty, WhichSources } from "../../model/engagement-mapping.ts";
import type { OnlyFrom, EngagementMapping, NewContactField, CollectionRef } from "../../model/mapping.ts";
import { ROLL_UPS } from "../../model/engagement-mapping.ts";
import type { EngagementKind } from "../../model/engagement.ts";
import { ENGAGEMENT_KINDS } from "../../model/engagement.ts";
import { buildField } from "./build-field.ts";
import type { Path, Place } from "../diagnostics/diagnostic.ts";
import type { EngagementSection } from "../schema/schema-engagement.ts";
import { valueFromText } from "../../values/value-from-text.ts";

type PlaceOf = (path: Path, part: "key" | "value") => Place;
type Metrics = NonNullable<EngagementSection["metrics"]>;

/** Shown unless the mapping says which: what a salesperson acts upon. Deliveries are many, and nobody does anything. */
const USUAL: Metrics = { opened: {}, clicked: {}, bounced: {}, unsubscribed: {}, spam: {} };

const RECORD: Readonly<Partial<Record<EngagementKind, MetricRule["record"]>>> = {
  received: "first_per_message",
  opened: "first_per_message",
  clicked: "first_per_url",
};

/** The engagement that a section without any error says, with every default filled in. */
export function buildEngagement(section: EngagementSection, place: PlaceOf): EngagementMapping {
  const metrics = metricRules(section.metrics ?? USUAL);
  const onlyFrom = whoseMessages(section.only_from, place);
  return {
    paused: section.paused ?? false,
    recordAs: section.record_as,
    metrics,
    onlyFrom,
    unknownContacts: section.unknown_contacts ?? "skip",
    newContact: newContact(section.new_contact, place),
    backfillDays:
      section.backfill === undefined || section.backfill === "none"
        ? null
        : Number(section.backfill.slice(0, -1)),
    rollUps: rollUps(section.last_activity, place),
    hash: decidingHash(metrics, onlyFrom),
    line: place(["engagement"], "key").line,
  };
}

function metricRules(written: Metrics): EngagementMapping["metrics"] {
  const rules: Partial<Record<EngagementKind, MetricRule>> = {};
  for (const kind of ENGAGEMENT_KINDS) {
    const metric = written[kind];
    if (metric === undefined) continue;
    rules[kind] = {
      record: metric.record ?? RECORD[kind] ?? "every",
      excludeBots: metric.exclude_bots ?? (kind === "opened" || kind === "clicked"),
    };
  }
  return rules;
}

function whoseMessages(written: EngagementSection["only_from"], place: PlaceOf): OnlyFrom {
  const refs = (kind: CollectionRef["kind"], key: "lists" | "segments"): readonly CollectionRef[] =>
    (written?.[key] ?? []).map((nameOrId, item) => {
      const { line, column } = place(["engagement", "only_from", key, item], "value");
      return { kind, nameOrId: String(nameOrId), line, column };
    });
  return {
    flows: sources(written?.flows),
    campaigns: sources(written?.campaigns),
    collections: [...refs("list", "lists"), ...refs("segment", "segments")],
  };
}

function sources(written: "all" | "none" | readonly (string | number)[] | undefined): WhichSources {
  if (written === undefined || written === "all") return "all";
  return written === "none" ? [] : written.map(String);
}

/** Each value is its own field on its way to HubSpot, so that it is turned and written as any other is. */
function newContact(written: EngagementSection["new_contact"], place: PlaceOf): readonly NewContactField[] {
  return Object.entries(written ?? {}).map(([hubspot, value]) => {
    const { line } = place(["engagement", "new_contact", hubspot], "key");
    if (typeof value === "object") {
      const entry = { hubspot, klaviyo: value.klaviyo, direction: "to_hubspot" } as const;
      return { kind: "field", rule: buildField(entry, undefined, line) };
    }
    const entry = { hubspot, klaviyo: "properties.constant", type: "text", direction: "to_hubspot" } as const;
    const constant = valueFromText(value, "text") ?? null;
    return { kind: "constant", rule: buildField(entry, undefined, line), value: constant };
  });
}

function rollUps(written: EngagementSection["last_activity"], place: PlaceOf): readonly RollUpProperty[] {
  return ROLL_UPS.flatMap((rollUp) => {
    const property = written?.[rollUp];
    if (property === undefined) return [];
    const { line } = place(["engagement", "last_activity", rollUp], "value");
    return [{ rollUp, property, line }];
  });
}

/** Where things stand in the file, and in which order, is not part of it. */
function decidingHash(
  metrics: EngagementMapping["metrics"],
  { flows, campaigns, collections }: OnlyFrom,
): string {
  const which = (all: WhichSources) => (all === "all" ? all : [...all].sort());
  const people = collections.map(({ kind, nameOrId }) => `${kind} ${nameOrId}`).sort();
  const parts = [
    ENGAGEMENT_KINDS.map((kind) => [kind, metrics[kind]?.record, metrics[kind]?.excludeBots]),
    which(flows),
    which(campaigns),
    people,
  ];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}
