import type { Segment, SegmentRule } from "./group.ts";
import type { Profile } from "./profile.ts";
import type { KlaviyoState } from "./state.ts";

/** Tells every living segment that a profile may have come or gone; they find out after their lag. */
export function noticeBySegments(state: KlaviyoState, profileId: string): void {
  for (const segment of state.segments.values()) {
    if (segment.rule === null) continue;
    segment.stale.add(profileId);
    recomputeLater(state, segment);
  }
}

/** Adds somebody to a segment that has no rule, or takes them out; noticed after the segment's lag. */
export function wantInSegment(
  state: KlaviyoState,
  segment: Segment,
  profileId: string,
  member: boolean,
): void {
  segment.wanted.set(profileId, member);
  recomputeLater(state, segment);
}

/** Computes the membership from scratch; until that is done the segment says `is_processing` and shows nobody. */
export function rebuildSegment(state: KlaviyoState, segment: Segment, milliseconds: number): void {
  segment.is_processing = true;
  if (segment.rule !== null) for (const profile of state.profiles.all()) segment.stale.add(profile.id);
  state.schedule.after(milliseconds, { kind: "rebuild_segment", segmentId: segment.id });
}

export function rebuilt(state: KlaviyoState, segmentId: string): void {
  const segment = state.segments.get(segmentId);
  if (segment === undefined) return;
  segment.is_processing = false;
  recompute(state, segment);
}

function recomputeLater(state: KlaviyoState, segment: Segment): void {
  if (segment.recomputing || segment.is_processing || !segment.is_active) return;
  segment.recomputing = true;
  state.schedule.after(state.settings.segment_lag_ms, { kind: "recompute_segment", segmentId: segment.id });
}

export function recomputed(state: KlaviyoState, segmentId: string): void {
  const segment = state.segments.get(segmentId);
  if (segment === undefined) return;
  segment.recomputing = false;
  if (segment.is_active && !segment.is_processing) recompute(state, segment);
}

/** Brings the membership up to date with everything that is known to have changed. */
function recompute(state: KlaviyoState, segment: Segment): void {
  const decide = (profileId: string, member: boolean): void => {
    const changed = member
      ? segment.members.add(profileId, state.time.micros())
      : segment.members.remove(profileId);
    if (!changed) return;
    state.world.truth.applied({
      actor: "system",
      action: member ? "segment.join" : "segment.leave",
      id: profileId,
      before: { segment: member ? null : segment.id },
      after: { segment: member ? segment.id : null },
    });
  };
  for (const [profileId, member] of segment.wanted) {
    if (!member || state.profiles.get(profileId) !== undefined) decide(profileId, member);
  }
  segment.wanted.clear();
  for (const profileId of segment.stale) {
    const profile = state.profiles.get(profileId);
    if (segment.rule !== null && profile !== undefined) {
      decide(profileId, satisfies(state, profile, segment.rule));
    }
  }
  segment.stale.clear();
}

function satisfies(state: KlaviyoState, profile: Profile, rule: SegmentRule): boolean {
  if (rule.field === "list") return state.lists.get(String(rule.value))?.members.has(profile.id) === true;
  const value: unknown = rule.field.startsWith("properties.")
    ? profile.properties.get(rule.field.slice("properties.".length))
    : profile[rule.field as keyof Profile];
  switch (rule.operator) {
    case "is-set":
      return value !== undefined && value !== null && value !== "";
    case "equals":
      return value === rule.value;
    case "contains":
      return Array.isArray(value)
        ? value.includes(rule.value)
        : typeof value === "string" && value.includes(String(rule.value));
  }
}
