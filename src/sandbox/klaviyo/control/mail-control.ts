import { complain, setSms, suppress, unsubscribe } from "../state/consent-acts.ts";
import type { Event } from "../state/events.ts";
import type { Campaign, MailFlow, Message, Sending } from "../state/mailings.ts";
import { sendingOf } from "../state/mailings.ts";
import type { EngagementKind, Manner } from "../state/message-properties.ts";
import { ENGAGEMENT_METRICS, messageProperties } from "../state/message-properties.ts";
import type { Profile } from "../state/profile.ts";
import type { Cause } from "../state/record-event.ts";
import { emit } from "../state/record-event.ts";
import type { KlaviyoState } from "../state/state.ts";
import { microsFrom, secondsOf } from "../state/vendor-time.ts";
import { person } from "./person.ts";
import type { ManyEvents } from "./seed-events.ts";
import { seedEvents } from "./seed-events.ts";

export interface MessageGiven {
  readonly name?: string;
  readonly subject: string;
  readonly channel?: "email" | "sms";
  readonly links?: readonly string[];
}

export interface CampaignGiven extends MessageGiven {
  readonly name: string;
  readonly status?: Campaign["status"];
  readonly archived?: boolean;
  /** Ids of lists and segments. */
  readonly audiences?: readonly string[];
  readonly trackingParams?: boolean;
  /** ISO 8601; now by default. */
  readonly sent?: string;
}

export interface FlowGiven {
  readonly name: string;
  readonly status?: MailFlow["status"];
  readonly archived?: boolean;
  readonly trigger?: MailFlow["trigger"];
  readonly trackingParams?: boolean;
  readonly messages: readonly MessageGiven[];
}

/** Somebody does something with a message. */
export interface Engagement extends Manner {
  readonly kind: EngagementKind;
  /** Id or e-mail. */
  readonly profile: string;
  /** Id of a campaign, or of a flow's message. */
  readonly message: string;
  /** Of `unsubscribed-from-list`: its id. */
  readonly list?: string;
  /** ISO 8601, as far in the past or the future as one likes; now by default. */
  readonly datetime?: string;
  /** How long after this call `get_events` shows it. */
  readonly visible_after_ms?: number;
  /** Over what the kind says: a flag that is missing (undefined) or a text, as old rows have it. */
  readonly properties?: Readonly<Record<string, unknown>>;
}

/** What marketers send in Klaviyo's own pages, and what people do with it. */
export interface MailControl {
  /** Answers its id, which is also what events call the message. */
  createCampaign(given: CampaignGiven): string;
  createFlow(given: FlowGiven): { readonly id: string; readonly messages: readonly string[] };
  /** With the change of consent that belongs to it. Answers the event's id. */
  engage(engagement: Engagement): string;
  /** Very many at once, for when only how many matters. Answers how many. */
  engageMany(many: ManyEvents): number;
}

/** Documented: more than seven in a row suppress an address. */
const SOFT_BOUNCES = 7;

export function mailControl(state: KlaviyoState): MailControl {
  const messageFrom = (id: string, given: MessageGiven): Message => ({
    id,
    channel: given.channel ?? "email",
    name: given.name ?? given.subject,
    subject: given.subject,
    links: given.links ?? ["https://www.example.com/"],
  });
  return {
    createCampaign(given) {
      state.schedule.settle();
      const at = given.sent === undefined ? state.time.micros() : microsOf(given.sent);
      const id = state.ids.ulid(state.time.millis());
      state.mailings.campaigns.set(id, {
        id,
        name: given.name,
        status: given.status ?? "Sent",
        archived: given.archived ?? false,
        audiences: given.audiences ?? [],
        trackingParams: given.trackingParams ?? false,
        created: at,
        updated: at,
        scheduled: given.status === "Draft" ? null : at,
        message: messageFrom(state.ids.ulid(state.time.millis()), given),
      });
      return id;
    },
    createFlow(given) {
      state.schedule.settle();
      const created = state.time.micros();
      const messages = given.messages.map((message) => messageFrom(state.ids.short(), message));
      const { name, status = "live", archived = false, trigger = "Metric", trackingParams = false } = given;
      const id = state.ids.short();
      const flow = {
        id,
        name,
        status,
        archived,
        trigger,
        trackingParams,
        created,
        updated: created,
        messages,
      };
      state.mailings.flows.set(id, flow);
      return { id, messages: messages.map((message) => message.id) };
    },
    engage: (engagement) => engage(state, engagement).id,
    engageMany: (many) => seedEvents(state, many),
  };
}

function engage(state: KlaviyoState, given: Engagement): Event {
  const profile = person(state, given.profile);
  const sending = sendingOf(state.mailings, given.message);
  if (sending === undefined) throw new RangeError(`there is no message ${given.message}`);
  const sms = sending.message.channel === "sms";
  if (given.kind.startsWith("sms-") !== sms)
    throw new RangeError(`${given.kind} is nothing that happens to this message`);
  const cause = causeOf(state, given, sending, profile);
  if (given.kind === "unsubscribed") return unsubscribe(state, profile, "user", null, cause);
  if (given.kind === "unsubscribed-from-list") {
    const list = state.lists.get(given.list ?? "");
    if (list === undefined) throw new RangeError(`there is no list ${given.list}`);
    return unsubscribe(state, profile, "user", list, cause);
  }
  if (given.kind === "spam") return complain(state, profile, cause);
  if (given.kind === "sms-unsubscribed") setSms(state, profile, "user", "UNSUBSCRIBED", cause.at ?? null);
  const event = emit(state, ENGAGEMENT_METRICS[given.kind], profile, cause);
  if (given.kind === "bounced" && (given.bounce !== "Soft" || softBounces(state, profile) > SOFT_BOUNCES))
    suppress(state, profile, "system", "HARD_BOUNCE", cause.at);
  return event;
}

function causeOf(state: KlaviyoState, given: Engagement, sending: Sending, profile: Profile): Cause {
  const at = given.datetime === undefined ? undefined : microsOf(given.datetime);
  const seconds = secondsOf(at ?? state.time.micros());
  return {
    at,
    lagMs: given.visible_after_ms,
    properties: { ...messageProperties(given.kind, sending, profile, seconds, given), ...given.properties },
  };
}

/** Those since something last arrived. */
function softBounces(state: KlaviyoState, profile: Profile): number {
  const names = (id: string | null): string | undefined =>
    id === null ? undefined : state.metrics.get(id)?.name;
  const own = state.events.ofProfile(profile.id).toSorted((one, other) => other.timestamp - one.timestamp);
  const arrived = own.findIndex(({ metricId }) => names(metricId) === ENGAGEMENT_METRICS.received);
  const since = arrived < 0 ? own : own.slice(0, arrived);
  return since.filter(({ properties }) => properties["Bounce Type"] === "Soft").length;
}

function microsOf(text: string): number {
  const micros = microsFrom(text);
  if (micros === null) throw new RangeError(`${text} is not an ISO 8601 time`);
  return micros;
}
