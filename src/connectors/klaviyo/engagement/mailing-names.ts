import type { Channel, Engagement, MessageSource } from "../../../model/engagement.ts";
import type { ConnectorLog } from "../../http/connector-log.ts";
import type { Calls } from "../wire/calls.ts";
import type { Endpoints } from "../wire/client.ts";
import type { Call } from "../wire/put-together.ts";
import { KlaviyoFailure } from "../problems/failure.ts";
import { lacksScope } from "../problems/missing-scopes.ts";
import { CAMPAIGNS_PER_PAGE, FLOWS_PER_PAGE } from "./endpoints.ts";
import { namedPage } from "./wire.ts";

/** Gives events the names that they do not carry themselves. */
export type NameMailings = (
  engagements: readonly Engagement[],
  signal: AbortSignal,
) => Promise<readonly Engagement[]>;

export interface NamesDeps {
  readonly calls: Calls;
  readonly client: Endpoints;
  readonly now: () => number;
  readonly log: ConnectorLog;
}

/** Campaigns and flows are renamed now and then; what a key may read is widened. */
const KEEP_MS = 3_600_000;

interface Kept {
  /** `null`: there is none of this id, or this key is not told. */
  readonly name: string | null;
  readonly until: number;
}

/**
 * Names of flows, and of campaigns whose events tell none: asked for by id, by the page, and kept for an hour. A key that
 * may not read campaigns or flows, and one that is gone, costs the name and nothing else.
 */
export function mailingNames({ calls, client, now, log }: NamesDeps): NameMailings {
  const known = new Map<string, Kept>();

  async function learn(
    kind: "flow" | Channel,
    ids: readonly string[],
    size: number,
    call: (ids: readonly string[]) => Call,
    signal: AbortSignal,
  ): Promise<void> {
    const missing = [...new Set(ids)].filter((id) => (known.get(`${kind} ${id}`)?.until ?? 0) <= now());
    for (let start = 0; start < missing.length; start += size) {
      const part = missing.slice(start, start + size);
      const names = await ask(part, call, signal);
      for (const id of part) {
        known.set(`${kind} ${id}`, { name: names.get(id) ?? null, until: now() + KEEP_MS });
      }
    }
  }

  /** One id that Klaviyo does not take costs no other its name: the ids are halved until it stands alone. */
  async function ask(
    ids: readonly string[],
    callOf: (ids: readonly string[]) => Call,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, string>> {
    const call = callOf(ids);
    try {
      const { data } = await calls.read(call, namedPage, signal, [400, 404]);
      return new Map(
        data.data.flatMap(({ id, attributes }) => (attributes?.name ? [[id, attributes.name] as const] : [])),
      );
    } catch (error) {
      if (!lacksScope(error) && !(error instanceof KlaviyoFailure)) throw error;
      if (ids.length > 1 && error instanceof KlaviyoFailure) {
        const middle = Math.ceil(ids.length / 2);
        const first = await ask(ids.slice(0, middle), callOf, signal);
        return new Map([...first, ...(await ask(ids.slice(middle), callOf, signal))]);
      }
      log("Klaviyo does not tell these names", { operation: call.operation, ids: ids.join(" ") });
      return new Map();
    }
  }

  const named = ({ source, channel }: Engagement): MessageSource => {
    const { kind, id, name } = source;
    if (id === null || name !== null) return source;
    if (kind === "flow") return { ...source, name: known.get(`flow ${id}`)?.name ?? null };
    const campaign = known.get(`${channel} ${id}`)?.name ?? null;
    return campaign === null ? source : { kind: "campaign", id, name: campaign };
  };

  return async (engagements, signal) => {
    const nameless = engagements.filter(({ source: { id, name } }) => id !== null && name === null);
    const idsOf = (wanted: (engagement: Engagement) => boolean): readonly string[] =>
      nameless.filter(wanted).flatMap(({ source: { id } }) => (id === null ? [] : [id]));
    await learn("flow", idsOf(isOfFlow), FLOWS_PER_PAGE, client.flows, signal);
    for (const channel of ["email", "sms"] as const) {
      const ids = idsOf((each) => !isOfFlow(each) && each.channel === channel);
      const call = (part: readonly string[]): Call => client.campaigns(part, channel);
      await learn(channel, ids, CAMPAIGNS_PER_PAGE, call, signal);
    }
    return engagements.map((each) => {
      const source = named(each);
      const messageName = each.messageName ?? (source.kind === "campaign" ? source.name : null);
      return { ...each, source, messageName };
    });
  };
}

const isOfFlow = ({ source: { kind } }: Engagement): boolean => kind === "flow";
