import type { EventTemplate } from "./event-template.ts";
import { tokenValues } from "./event-template.ts";
import type { TargetRules } from "./event-target.ts";
import { targetOf } from "./event-target.ts";
import { invalid } from "../wire/vendor-error.ts";
import type { JsonObject } from "../wire/request-parts.ts";
import { textIn } from "../wire/request-parts.ts";
import type { HubspotState } from "../state.ts";
import type { Occurrence, OccurrenceKind } from "./timeline-store.ts";
import type { Writer } from "../contacts/write-contact.ts";
import { prepareUpdate } from "../contacts/write-contact.ts";

/** What is known of an event before it is recorded. */
export interface Draft {
  readonly kind: OccurrenceKind;
  readonly appId: string;
  readonly id: string;
  readonly template: Pick<EventTemplate, "id" | "objectType" | "tokens">;
  /** The body, with its tokens or properties under this name. */
  readonly event: JsonObject;
  readonly values: "tokens" | "properties";
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly visibleAt: number;
  readonly rules: TargetRules;
}

/**
 * Checks an event; the returned function records it. Values of tokens that stand for a property of the contact are
 * written there too.
 *
 * @throws VendorError 400 where it cannot be recorded
 */
export function prepareOccurrence(state: HubspotState, writer: Writer, draft: Draft): () => Occurrence {
  const { event, template, kind, appId, id, at, visibleAt } = draft;
  const values = tokenValues(template.tokens, event[draft.values] ?? {});
  const target = targetOf(state, writer, template.objectType, event, draft.rules);
  return () => {
    const objectId = target();
    const before = state.timeline.get(kind, appId, template.id, id);
    if (before !== undefined && kind === "timeline") {
      // Documented: of two records the last one wins, and the first has no trace of it. That an event sent to the
      // same record again stays what it was is not; only that events cannot be changed.
      if (before.objectId === objectId) {
        state.timeline.incidents.sentAgain += 1;
        return before;
      }
      state.timeline.incidents.movedBetweenObjects += 1;
    }
    const occurrence: Occurrence = {
      kind,
      appId,
      type: template.id,
      id,
      objectType: template.objectType,
      objectId,
      at,
      createdAt: state.now(),
      visibleAt,
      values,
      email: typeof event["email"] === "string" ? event["email"] : null,
      extraData: event["extraData"] ?? null,
      iframe: event["timelineIFrame"] ?? null,
    };
    state.timeline.put(occurrence);
    copyToContact(state, writer, occurrence, template);
    state.world.truth.applied({
      actor: writer.actor,
      action: `${kind}.create`,
      id,
      before: before === undefined ? null : { objectId: before.objectId },
      after: { type: template.id, objectId, at: new Date(at).toISOString() },
    });
    return occurrence;
  };
}

/** When it happened: now where nothing is said. */
export function timeOf(event: JsonObject, name: string, now: number): number {
  const given = event[name];
  if (given === undefined || given === null) return now;
  const at = typeof given === "number" ? given : Date.parse(textIn(given));
  if (Number.isNaN(at)) throw invalid(`${name} is not a valid date-time`);
  return at;
}

function copyToContact(
  state: HubspotState,
  writer: Writer,
  { objectType, objectId, values }: Occurrence,
  { tokens }: Draft["template"],
): void {
  const contact = objectType === "contacts" ? state.contacts.get(objectId) : undefined;
  const properties = tokens.flatMap(({ name, objectPropertyName }) => {
    const value = values[name];
    return objectPropertyName === null || value === undefined ? [] : [[objectPropertyName, value] as const];
  });
  if (contact === undefined || properties.length === 0) return;
  prepareUpdate(state, writer, contact, Object.fromEntries(properties)).commit();
}
