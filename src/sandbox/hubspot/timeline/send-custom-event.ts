import type { CustomEventDefinition } from "./custom-event-definition.ts";
import { secret } from "../oauth/oauth-grants.ts";
import { prepareOccurrence, timeOf } from "./record-occurrence.ts";
import { invalid } from "../wire/vendor-error.ts";
import type { JsonObject } from "../wire/request-parts.ts";
import { textField } from "../wire/request-parts.ts";
import type { HubspotState } from "../state.ts";
import type { Writer } from "../contacts/write-contact.ts";

const MOST_PROPERTIES = 50;
const YEAR_MS = 365 * 86_400_000;
/** Custom events belong to the portal, whichever app sends them. */
const PORTAL_ITSELF = "portal";
const TYPES = { CONTACT: "contacts", COMPANY: "companies", DEAL: "deals" } as const;

/**
 * Checks a custom event; the returned function records it. Of those with one `uuid` the first within a year is taken
 * and the others are dropped without a word: the answer is an empty 204 either way.
 *
 * @throws VendorError 400 where it cannot be recorded
 */
export function sendCustomEvent(state: HubspotState, writer: Writer, event: JsonObject): () => void {
  const name = textField(event, "eventName");
  const definition = state.customEvents.get(name);
  if (definition === undefined) throw invalid(`No event definition named ${name} exists`);
  const given = Object.keys(event["properties"] ?? {});
  if (given.length > MOST_PROPERTIES) throw invalid(`An event has at most ${MOST_PROPERTIES} properties`);
  const uuid = typeof event["uuid"] === "string" && event["uuid"] !== "" ? event["uuid"] : null;
  const record = prepareOccurrence(state, writer, {
    kind: "custom-event",
    appId: PORTAL_ITSELF,
    id: uuid ?? secret(state),
    template: templateOf(definition, given),
    event,
    values: "properties",
    at: timeOf(event, "occurredAt", state.now()),
    visibleAt: state.now() + state.settings.customEventLagMs,
    rules: { emailChanges: false, emailCreates: state.settings.customEventsCreateContacts },
  });
  return () => {
    const first = uuid === null ? undefined : state.timeline.get("custom-event", PORTAL_ITSELF, name, uuid);
    if (first !== undefined && state.now() - first.createdAt < YEAR_MS) {
      state.timeline.incidents.sentAgain += 1;
      return;
    }
    record();
  };
}

function templateOf(definition: CustomEventDefinition, given: readonly string[]) {
  const { fullyQualifiedName, primaryObject, properties, includeDefaultProperties } = definition;
  const own = given.filter((name) => includeDefaultProperties && name.startsWith("hs_"));
  const tokens = own.map((name) => ({
    name,
    label: name,
    type: "string" as const,
    options: [],
    objectPropertyName: null,
  }));
  return { id: fullyQualifiedName, objectType: TYPES[primaryObject], tokens: [...properties, ...tokens] };
}
