import type { Members } from "./members.ts";
import { members } from "./members.ts";
import type { TextAttribute } from "./profile.ts";

export type OptInProcess = "single_opt_in" | "double_opt_in";

interface Group {
  readonly id: string;
  readonly name: string;
  readonly created: number;
  updated: number;
  readonly tags: readonly string[];
  readonly members: Members;
}

/** A flow with the trigger "added to this list". */
export interface Flow {
  readonly id: string;
  readonly name: string;
  readonly status: "draft" | "manual" | "live";
  readonly archived: boolean;
}

export interface List extends Group {
  readonly kind: "list";
  readonly opt_in_process: OptInProcess;
  /** Absent: it starts none. */
  readonly flows?: readonly Flow[];
}

/** Who belongs to a segment; without a rule, those whom the control API names. */
export interface SegmentRule {
  /** A text attribute, `properties.NAME`, or `list` (the value is then a list's id). */
  readonly field: TextAttribute | `properties.${string}` | "list";
  readonly operator: "equals" | "contains" | "is-set";
  readonly value?: string | number | boolean;
}

export interface Segment extends Group {
  readonly kind: "segment";
  readonly rule: SegmentRule | null;
  is_active: boolean;
  is_starred: boolean;
  /** While true the membership is being computed from scratch and nobody is shown. */
  is_processing: boolean;
  /** Profiles the rule has not been asked about since they changed. */
  readonly stale: Set<string>;
  /** Who was added or removed by hand and is not yet noticed. */
  readonly wanted: Map<string, boolean>;
  recomputing: boolean;
}

/** A list or segment as plain data. */
type Kept<G extends Group> = Omit<G, "members"> & { readonly joined: ReadonlyMap<string, number> };
export type KeptList = Kept<List>;
export type KeptSegment = Kept<Segment>;

export function keptGroup<G extends Group>({ members: { joined }, ...rest }: G): Kept<G> {
  return { ...rest, joined };
}

export function listFrom({ joined, ...rest }: KeptList): List {
  return { ...rest, members: members(new Map(joined)) };
}

export function segmentFrom({ joined, ...rest }: KeptSegment): Segment {
  return { ...rest, members: members(new Map(joined)) };
}

export function newList(
  given: Pick<List, "id" | "name" | "created" | "opt_in_process" | "flows"> & {
    readonly tags?: readonly string[];
  },
): List {
  return { kind: "list", tags: [], ...given, updated: given.created, members: members() };
}

export function newSegment(
  given: Pick<Segment, "id" | "name" | "created" | "rule"> & {
    readonly tags?: readonly string[];
    readonly is_active?: boolean;
    readonly is_starred?: boolean;
  },
): Segment {
  return {
    kind: "segment",
    tags: [],
    is_active: true,
    is_starred: false,
    is_processing: false,
    ...given,
    updated: given.created,
    members: members(),
    stale: new Set(),
    wanted: new Map(),
    recomputing: false,
  };
}
