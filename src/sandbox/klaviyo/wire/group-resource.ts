import type { Call } from "../../route.ts";
import type { Flow, List, Segment, SegmentRule } from "../state/group.ts";
import { inMicros, inSeconds } from "../state/vendor-time.ts";
import { relation, resourceLink } from "./document.ts";
import { fieldsOf, sparse } from "./requested-fields.ts";

/** How a list or segment is shown where. */
export interface GroupShape {
  readonly includes: ReadonlySet<string>;
  readonly profileCount?: boolean;
  /** A create shows microseconds. */
  readonly created?: boolean;
}

export function listResource(call: Call, list: List, shape: GroupShape): object {
  const time = shape.created === true ? inMicros : inSeconds;
  const attributes = sparse(
    {
      name: list.name,
      created: time(list.created),
      updated: time(list.updated),
      opt_in_process: list.opt_in_process,
    },
    fieldsOf(call, "list"),
  );
  if (shape.profileCount === true) attributes["profile_count"] = list.members.size;
  return groupResource(call, list, "lists", attributes, shape);
}

export function segmentResource(call: Call, segment: Segment, shape: GroupShape): object {
  const attributes = sparse(
    {
      name: segment.name,
      definition: definitionOf(segment),
      created: inSeconds(segment.created),
      updated: inSeconds(segment.updated),
      is_active: segment.is_active,
      is_processing: segment.is_processing,
      is_starred: segment.is_starred,
    },
    fieldsOf(call, "segment"),
  );
  if (shape.profileCount === true) {
    attributes["profile_count"] = segment.is_processing ? 0 : segment.members.size;
  }
  return groupResource(call, segment, "segments", attributes, shape);
}

function groupResource(
  call: Call,
  group: List | Segment,
  collection: "lists" | "segments",
  attributes: object,
  { includes }: GroupShape,
): object {
  const tags = includes.has("tags") ? group.tags.map((id) => ({ type: "tag", id })) : undefined;
  const started = group.kind === "list" ? (group.flows ?? []) : [];
  const flows = includes.has("flow-triggers") ? started.map(({ id }) => ({ type: "flow", id })) : undefined;
  return {
    type: group.kind,
    id: group.id,
    attributes,
    relationships: {
      profiles: relation(call, collection, group.id, "profiles"),
      tags: relation(call, collection, group.id, "tags", tags),
      "flow-triggers": relation(call, collection, group.id, "flow-triggers", flows),
    },
    links: { self: resourceLink(call, collection, group.id) },
  };
}

/** A flow as lists include it. */
export function flowResource(call: Call, list: List, { id, name, status, archived }: Flow): object {
  const [created, updated] = [inSeconds(list.created), inSeconds(list.updated)];
  return {
    type: "flow",
    id,
    attributes: sparse(
      { name, status, archived, created, updated, trigger_type: "Added to List" },
      fieldsOf(call, "flow"),
    ),
    links: { self: resourceLink(call, "flows", id) },
  };
}

function definitionOf(segment: Segment): object {
  return { condition_groups: [{ conditions: [conditionOf(segment.rule, segment.id)] }] };
}

function conditionOf(rule: SegmentRule | null, id: string): object {
  if (rule === null) {
    const filter = { type: "string", operator: "equals", value: id };
    return { type: "profile-property", property: "properties['sandbox_segment']", filter };
  }
  if (rule.field === "list") {
    const membership = { is_member: true, group_ids: [String(rule.value)], timeframe_filter: null };
    return { type: "profile-group-membership", ...membership };
  }
  const property = rule.field.startsWith("properties.")
    ? `properties['${rule.field.slice("properties.".length)}']`
    : rule.field;
  return { type: "profile-property", property, filter: propertyFilter(rule) };
}

function propertyFilter({ operator, value }: SegmentRule): object {
  if (operator === "is-set") return { type: "existence", operator };
  if (typeof value === "boolean") return { type: "boolean", operator: "equals", value };
  if (typeof value === "number") return { type: "numeric", operator: "equals", value };
  return { type: "string", operator, value: value ?? null };
}
