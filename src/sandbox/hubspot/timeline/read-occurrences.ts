import type { Call } from "../../route.ts";
import { invalid } from "../wire/vendor-error.ts";
import { pageSize } from "../wire/request-parts.ts";
import type { HubspotState } from "../state.ts";
import type { Occurrence } from "./timeline-store.ts";
import { occurrencesOf } from "./timeline-view.ts";

const TYPES: Readonly<Record<string, Occurrence["objectType"]>> = {
  contact: "contacts",
  company: "companies",
  deal: "deals",
};

/** The custom events of one record, newest first, as soon as they can be seen. */
export function readOccurrences(state: HubspotState, call: Call): unknown {
  const objectType = TYPES[(call.query.get("objectType") ?? "").toLowerCase()];
  const objectId = call.query.get("objectId");
  if (objectType === undefined || objectId === null) throw invalid("objectType and objectId are required");
  const eventType = call.query.get("eventType");
  const after = timeIn(call, "occurredAfter") ?? Number.NEGATIVE_INFINITY;
  const before = timeIn(call, "occurredBefore") ?? Number.POSITIVE_INFINITY;
  const found = occurrencesOf(state, objectType, objectId)
    .filter(({ kind, type, at }) => {
      const wanted = kind === "custom-event" && (eventType === null || type === eventType);
      return wanted && at >= after && at <= before;
    })
    .toSorted((one, other) => other.at - one.at);
  const start = Number(call.query.get("after") ?? 0);
  const end = start + pageSize(call, 20, 100);
  const results = found.slice(start, end).map(({ id, type, at, values, objectId: of }) => ({
    id,
    eventType: type,
    objectType: objectType.toUpperCase().replace("COMPANIES", "COMPANY").replace(/S$/, ""),
    objectId: of,
    occurredAt: new Date(at).toISOString(),
    properties: values,
  }));
  const paging =
    end < found.length ? { paging: { next: { after: String(end), link: `?after=${end}` } } } : {};
  return { results, ...paging };
}

function timeIn(call: Call, name: string): number | null {
  const text = call.query.get(name);
  if (text === null) return null;
  const at = /^\d+$/.test(text) ? Number(text) : Date.parse(text);
  if (Number.isNaN(at)) throw invalid(`${name} is not a valid date-time`);
  return at;
}
