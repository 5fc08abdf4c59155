import type { Flow, List, OptInProcess, Segment, SegmentRule } from "../state/group.ts";
import { newList, newSegment } from "../state/group.ts";
import { addToList, removeFromList } from "../state/list-membership.ts";
import { rebuildSegment, wantInSegment } from "../state/segment-membership.ts";
import type { KlaviyoState } from "../state/state.ts";
import { person } from "./person.ts";

interface GroupGiven {
  readonly id?: string;
  readonly name: string;
  /** Tag names. */
  readonly tags?: readonly string[];
}

/** What happens to lists and segments in Klaviyo's own pages. Members are named by id or e-mail. */
export interface GroupControl {
  /** Answers the id. */
  createList(
    given: GroupGiven & { readonly opt_in_process?: OptInProcess; readonly flows?: readonly Flow[] },
  ): string;
  deleteList(id: string): void;
  addToList(id: string, members: readonly string[]): void;
  removeFromList(id: string, members: readonly string[]): void;
  /** With a rule it fills itself after the segment lag; without one it holds whom it is given. */
  createSegment(
    given: GroupGiven & {
      readonly rule?: SegmentRule;
      readonly is_active?: boolean;
      readonly is_starred?: boolean;
    },
  ): string;
  deleteSegment(id: string): void;
  addToSegment(id: string, members: readonly string[]): void;
  removeFromSegment(id: string, members: readonly string[]): void;
  setSegment(id: string, change: { readonly is_active?: boolean; readonly is_starred?: boolean }): void;
  /** Computes it again: it says `is_processing` and shows nobody until the time is over. */
  rebuildSegment(id: string, milliseconds: number): void;
}

export function groupControl(state: KlaviyoState): GroupControl {
  const { truth } = state.world;
  const list = (id: string): List => given(state.lists.get(id), "list", id);
  const segment = (id: string): Segment => given(state.segments.get(id), "segment", id);
  const ids = (members: readonly string[]): readonly string[] =>
    members.map((member) => person(state, member).id);
  const note = (action: string, id: string, before: string | null, after: string | null): void =>
    truth.applied({
      actor: "user",
      action,
      id,
      before: before === null ? null : { name: before },
      after: after === null ? null : { name: after },
    });

  return {
    createList({ tags = [], ...rest }) {
      state.schedule.settle();
      const created = state.time.micros();
      const made = newList({
        id: state.ids.short(),
        opt_in_process: "single_opt_in",
        created,
        ...rest,
        tags: tagIds(state, tags),
      });
      state.lists.set(made.id, made);
      note("list.create", made.id, null, made.name);
      return made.id;
    },
    deleteList(id) {
      const gone = list(id);
      state.lists.delete(id);
      note("list.delete", id, gone.name, null);
    },
    addToList(id, members) {
      for (const member of ids(members)) addToList(state, list(id), member, "user");
    },
    removeFromList(id, members) {
      for (const member of ids(members)) removeFromList(state, list(id), member, "user");
    },
    createSegment({ tags = [], rule, ...rest }) {
      state.schedule.settle();
      const made = newSegment({
        id: state.ids.short(),
        created: state.time.micros(),
        ...rest,
        rule: rule ?? null,
        tags: tagIds(state, tags),
      });
      state.segments.set(made.id, made);
      note("segment.create", made.id, null, made.name);
      if (rule !== undefined && made.is_active) rebuildSegment(state, made, state.settings.segment_lag_ms);
      return made.id;
    },
    deleteSegment(id) {
      const gone = segment(id);
      state.segments.delete(id);
      note("segment.delete", id, gone.name, null);
    },
    addToSegment(id, members) {
      for (const member of ids(members)) wantInSegment(state, segment(id), member, true);
    },
    removeFromSegment(id, members) {
      for (const member of ids(members)) wantInSegment(state, segment(id), member, false);
    },
    setSegment(id, change) {
      state.schedule.settle();
      const changed = segment(id);
      Object.assign(changed, change);
      changed.updated = state.time.micros();
      // What happened while it slept is found out when it wakes.
      if (change.is_active === true) rebuildSegment(state, changed, state.settings.segment_lag_ms);
    },
    rebuildSegment(id, milliseconds) {
      state.schedule.settle();
      rebuildSegment(state, segment(id), milliseconds);
    },
  };
}

function given<G>(found: G | undefined, kind: string, id: string): G {
  if (found === undefined) throw new RangeError(`there is no ${kind} ${id}`);
  return found;
}

function tagIds(state: KlaviyoState, names: readonly string[]): readonly string[] {
  return names.map((name) => {
    for (const [id, known] of state.tags) if (known === name) return id;
    const id = state.ids.uuid();
    state.tags.set(id, name);
    return id;
  });
}
