import type { Route } from "../../route.ts";
import { changeProfile, createProfile } from "../state/change-profile.ts";
import type { Profile } from "../state/profile.ts";
import { recordEvent } from "../state/record-event.ts";
import type { KlaviyoState } from "../state/state.ts";
import { inSeconds, microsFrom } from "../state/vendor-time.ts";
import { dataOf, FIVE_MEGABYTES, listed, only, required, textOf } from "../wire/body-reader.ts";
import { operation } from "../wire/operation.ts";
import { invalid } from "../wire/vendor-error.ts";
import { applyChange } from "../writes/apply-change.ts";
import { profileChangeOf } from "../writes/profile-change.ts";
import { resolveUpsert } from "../writes/resolve-profile.ts";

type Attributes = Readonly<Record<string, unknown>>;

const EVENT: ReadonlySet<string> = new Set([
  "properties",
  "time",
  "value",
  "value_currency",
  "unique_id",
  "backfill",
  "metric",
  "profile",
]);
const IDENTIFIERS: ReadonlySet<string> = new Set(["email", "phone_number", "external_id", "_kx"]);
const PROPERTIES_PER_EVENT = 400;
const NAME_LENGTH = 128;
const YEAR_IN_MICROS = 366 * 24 * 3_600 * 1_000_000;
const OLDEST = Date.UTC(1990, 0, 1) * 1_000;

export function eventWriteRoutes(state: KlaviyoState): readonly Route[] {
  return [
    operation("create_event", "POST", "/api/events", (call) => {
      const data = dataOf(call, "event", FIVE_MEGABYTES);
      const attributes = required(data, "attributes", "/data");
      const event = eventOf(state, attributes, "/data/attributes");
      const profile = profileOfEvent(state, attributes, "/data/attributes");
      record(state, event, profile());
      return { status: 202 };
    }),
    operation("bulk_create_events", "POST", "/api/event-bulk-create-jobs", (call) => {
      const data = dataOf(call, "event-bulk-create-job", FIVE_MEGABYTES);
      const outer = required(data, "attributes", "/data");
      const base = "/data/attributes/events-bulk-create";
      const groups = listed(required(outer, "events-bulk-create", "/data/attributes"), "data", base, 1_000);
      const all = groups.flatMap((group, at) => {
        const pointer = `${base}/data/${at}/attributes`;
        const attributes = required(group, "attributes", `${base}/data/${at}`);
        const profile = profileOfEvent(state, attributes, pointer);
        const rows = listed(required(attributes, "events", pointer), "data", `${pointer}/events`, 1_000);
        return rows.map((row, index) => {
          const place = `${pointer}/events/data/${index}`;
          return { profile, ...eventOf(state, required(row, "attributes", place), `${place}/attributes`) };
        });
      });
      if (all.length > 1_000) throw invalid("A maximum of 1000 events is allowed.", `${base}/data`);
      // A unique id twice in one request fails all of it.
      const named = all.map(({ uniqueId }) => uniqueId).filter((id) => id !== null);
      if (new Set(named).size < named.length) {
        throw invalid("'unique_id' must be unique within the request.", `${base}/data`);
      }
      for (const event of all) record(state, event, event.profile());
      return { status: 202 };
    }),
  ];
}

interface ParsedEvent {
  readonly metricName: string;
  readonly at: number;
  readonly properties: Attributes;
  readonly uniqueId: string | null;
}

function eventOf(state: KlaviyoState, attributes: Attributes, pointer: string): ParsedEvent {
  only(attributes, EVENT, "event", pointer);
  const properties = required(attributes, "properties", pointer);
  if (Object.keys(properties).length > PROPERTIES_PER_EVENT) {
    throw invalid("A maximum of 400 properties is allowed.", `${pointer}/properties`);
  }
  const metric = required(required(attributes, "metric", pointer), "data", `${pointer}/metric`);
  const place = `${pointer}/metric/data/attributes`;
  const name = textOf(required(metric, "attributes", `${pointer}/metric/data`), "name", place) ?? "";
  if (name === "" || name.length >= NAME_LENGTH) {
    throw invalid("'name' must have between 1 and 127 characters.", `${place}/name`);
  }
  const now = state.time.micros();
  const text = textOf(attributes, "time", pointer) ?? null;
  const at = text === null ? now : microsFrom(text);
  if (at === null || at < OLDEST || at > now + YEAR_IN_MICROS) {
    throw invalid("'time' must be after 1990 and at most one year ahead.", `${pointer}/time`);
  }
  const uniqueId = textOf(attributes, "unique_id", pointer) ?? null;
  const { value, value_currency: currency } = attributes;
  return {
    metricName: name,
    at,
    uniqueId,
    properties: {
      ...properties,
      // Without a unique id the second counts as one: one event of a metric and profile in a second.
      $event_id: uniqueId ?? inSeconds(at),
      ...(typeof value === "number" ? { $value: value } : {}),
      ...(typeof currency === "string" ? { $value_currency: currency } : {}),
    },
  };
}

/** Checks the profile of an event now; finds, updates or makes it when called. */
function profileOfEvent(state: KlaviyoState, attributes: Attributes, pointer: string): () => Profile {
  const place = `${pointer}/profile/data`;
  const given = required(required(attributes, "profile", pointer), "data", `${pointer}/profile`);
  // `anonymous_id` identifies browsers, of which there are none here.
  const { anonymous_id: _ignored, meta, ...rest } = required(given, "attributes", place);
  const change = profileChangeOf({ attributes: rest, meta: meta ?? given["meta"] }, place, { kx: true });
  const id = typeof given["id"] === "string" ? given["id"] : null;
  resolveUpsert(state, id, change, place);
  return () => {
    const known = resolveUpsert(state, id, change, place);
    const apply = (profile: Profile): void =>
      applyChange(profile, change, { settings: state.settings, appendAt: "back", nulls: "clear" });
    if (known === undefined) return createProfile(state, "api", apply);
    // Whether an event alone moves `updated` is not known; here only what it says of the person does.
    const touch = Object.keys(rest).some((name) => !IDENTIFIERS.has(name));
    changeProfile(state, known, "api", "profile.update", apply, { touch });
    return known;
  };
}

function record(state: KlaviyoState, event: ParsedEvent, profile: Profile): void {
  const metric = state.metrics.api(event.metricName, state.time.micros());
  const { at, properties } = event;
  const uniqueId = event.uniqueId ?? inSeconds(at);
  recordEvent(state, "api", { metric, profile, at, properties, uniqueId });
}
