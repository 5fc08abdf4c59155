import type { Call } from "../../route.ts";
import type { Profile } from "../state/profile.ts";
import { LOCATION_FIELDS, PREDICTIONS, TEXT_ATTRIBUTES } from "../state/profile.ts";
import { inMicros, inSeconds } from "../state/vendor-time.ts";
import { relation, resourceLink } from "./document.ts";
import { additionalOf, fieldsOf, sparse } from "./requested-fields.ts";
import { subscriptionsOf } from "./subscriptions-resource.ts";

/** What changes from one endpoint to the next in how a profile is shown. */
export interface ProfileShape {
  /** Reads show whole seconds; a write shows the microsecond it just wrote, and a create both times so. */
  readonly times: "read" | "updated" | "created";
  /** `conversations` on the two profile reads, `conversation` elsewhere. */
  readonly conversations?: boolean;
  readonly joinedAt?: number;
  /** Relationships that were included, and so carry their data. */
  readonly related?: Readonly<Record<string, unknown>>;
}

/** A profile as a resource, with the fields and additional fields the call asks for. */
export function profileResource(call: Call, profile: Profile, shape: ProfileShape): object {
  const fields = fieldsOf(call, "profile");
  const additional = additionalOf(call, "profile");
  const wanted = fields === null ? null : new Set([...fields, ...additional]);
  const attributes: Record<string, unknown> = sparse(allAttributes(profile, shape), wanted);
  if (additional.has("subscriptions")) attributes["subscriptions"] = subscriptionsOf(profile);
  if (additional.has("predictive_analytics")) attributes["predictive_analytics"] = predictionsOf(profile);
  const conversation = shape.conversations === true ? "conversations" : "conversation";
  const names = ["lists", "segments", "push-tokens", conversation];
  return {
    type: "profile",
    id: profile.id,
    attributes,
    relationships: Object.fromEntries(
      names.map((name) => [name, relation(call, "profiles", profile.id, name, shape.related?.[name])]),
    ),
    links: { self: resourceLink(call, "profiles", profile.id) },
  };
}

function allAttributes(profile: Profile, { times, joinedAt }: ProfileShape): Record<string, unknown> {
  const attributes: Record<string, unknown> = {};
  for (const name of TEXT_ATTRIBUTES) {
    attributes[name] = profile[name];
    if (name === "external_id") {
      // In no specification, but in every real answer.
      attributes["anonymous_id"] = null;
      attributes["whatsapp_bsuid"] = null;
    }
  }
  attributes["created"] = times === "created" ? inMicros(profile.created) : inSeconds(profile.created);
  attributes["updated"] = times === "read" ? inSeconds(profile.updated) : inMicros(profile.updated);
  attributes["last_event_date"] =
    profile.last_event_date === null ? null : inSeconds(profile.last_event_date);
  attributes["location"] = Object.fromEntries(
    LOCATION_FIELDS.map((name) => [name, profile.location[name] ?? null]),
  );
  attributes["properties"] = Object.fromEntries(profile.properties);
  if (joinedAt !== undefined) attributes["joined_group_at"] = inSeconds(joinedAt);
  return attributes;
}

/** All of them, whether anything is predicted or not. */
function predictionsOf({ predictions }: Profile): object {
  return Object.fromEntries(PREDICTIONS.map((name) => [name, predictions?.[name] ?? null]));
}
