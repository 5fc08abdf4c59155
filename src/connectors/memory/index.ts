import { otherSide } from "../../model/side.ts";
import type { Side } from "../../model/side.ts";
import type { Clearance } from "../../model/clearance.ts";
import type { ContactReading, ExternalId } from "../../model/contact.ts";
import { fromIndex, fromRecords } from "../../model/contact.ts";
import type { Operation } from "../../model/operation.ts";
import type { Connector, FieldSpec, PropertyRequest, Schema } from "../connector.ts";
import { memoryEngagement } from "./engagement.ts";
import type { MemoryEngagement } from "./engagement.ts";
import type { LateOptOut } from "./consent.ts";
import { applyLate, leftOptedOut, optOutsOf, refusing, subscribed } from "./consent.ts";
import { broken } from "./broken.ts";
import { memoryJobs } from "./jobs.ts";
import { memoryPull } from "./pull.ts";
import type { MemoryCall, Quirks } from "./quirks.ts";
import { noQuirks } from "./quirks.ts";
import { memoryStore } from "./store.ts";
import type { StoredContact } from "./store.ts";
import type { MemoryUser } from "./user.ts";
import { memoryUser } from "./user.ts";
import type { MemoryWrite } from "./write-all.ts";
import { endJobs, memoryWriteAll } from "./write-all.ts";

export interface MemoryOptions {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly quirks?: Partial<Quirks>;
  /** Contacts on a page, and ids on a part of a roster. */
  readonly pageSize?: number;
  readonly writeSize?: number;
  /** What `discover` tells of properties; any other can be read and written all the same. */
  readonly fields?: readonly FieldSpec[];
  /** HubSpot's subscription types. */
  readonly optOutTypes?: Schema["optOutTypes"];
}

export interface MemoryConnector extends Connector {
  readonly user: MemoryUser;
  /** May be changed at any time. */
  readonly quirks: Quirks;
  /** The ground truth of what was asked for and done. */
  readonly writes: readonly MemoryWrite[];
  /** Changes of jobs that have not ended: they may still be applied over what is there by then. */
  underWay(): readonly Operation[];
  /** Whom it was ever asked to subscribe, and to what. */
  readonly requested: readonly Clearance[];
  readonly engagement: MemoryEngagement;
}

/**
 * The reference implementation of the port: a whole system in memory that can be told to misbehave, for the engine's
 * tests and for the contract suite. It plays either side; where the two differ (merged ids, consent), it follows suit.
 * Nothing that goes in or comes out shares an object with what is stored.
 */
export function memory(side: Side, options: MemoryOptions): MemoryConnector {
  const { now, pageSize = 100, writeSize = 100, fields = [] } = options;
  const quirks: Quirks = { ...noQuirks(), ...options.quirks };
  const store = memoryStore(side, now);
  const writes: MemoryWrite[] = [];
  const requested: Clearance[] = [];
  const late: LateOptOut[] = [];
  const counts = new Map<string, number>();

  /** What precedes every request: the count, the test's own step, and the ways in which nothing comes of it. */
  const request = (call: MemoryCall, signal: AbortSignal): void => {
    signal.throwIfAborted();
    counts.set(call, (counts.get(call) ?? 0) + 1);
    quirks.before(call);
    applyLate(store, late, now());
    endJobs(writing);
    const out = quirks.unavailable(call);
    if (out !== null) throw out;
  };
  const jobs = memoryJobs(now, (signal) => request("jobs", signal));
  const writing = { side, store, quirks, now, late, writes, jobs, request };
  const showAll = (
    contacts: Iterable<StoredContact | undefined>,
    properties: readonly PropertyRequest[],
  ): ContactReading => {
    const all = [...new Set(contacts)].filter((contact) => contact !== undefined);
    return {
      contacts: all.filter(({ id }) => !quirks.unreadable(id)).map((each) => store.show(each, properties)),
      unreadable: all.filter(({ id }) => quirks.unreadable(id)).map((each) => broken(side, store, each)),
    };
  };
  const outline = async (signal: AbortSignal): Promise<Schema> => {
    request("discover", signal);
    return {
      ...(options.optOutTypes === undefined ? {} : { optOutTypes: options.optOutTypes }),
      fields: fields
        .filter(({ property }) => !store.hidden.has(property))
        .map((field) => structuredClone(field)),
      collections: [...store.collections.values()].map(({ id, name, kind }) => ({
        id,
        name,
        kind,
        writable: kind === "list",
        doubleOptIn: false,
        size: null,
      })),
    };
  };
  const foundByAddress = (contact: StoredContact): boolean => contact.createdAt <= now() - quirks.findLagMs;

  return {
    side,
    quirks,
    writes,
    underWay: () => jobs.underWay(),
    requested: requested,
    user: memoryUser(store, quirks),
    async account(signal) {
      request("account", signal);
      const contactUrl = `https://${side}.invalid/contacts/{id}`;
      return { id: side, name: `Memory of ${side}, not of ${otherSide(side)}`, timeZone: "UTC", contactUrl };
    },
    discover: outline,
    countMembers: ({ id }) => Promise.resolve(store.collections.get(id)?.members.size ?? null),
    outline,
    async missingScopes(signal) {
      request("discover", signal);
      return [];
    },
    async startedBy(_list, signal) {
      request("discover", signal);
      return [];
    },
    consent: {
      async *optOuts(since, signal) {
        request("refusals", signal);
        const people = showAll(
          refusing(store, since).map((id) => store.get(id)),
          [],
        );
        if (people.contacts.length + people.unreadable.length > 0) yield people;
      },
      optOutEvents:
        side === "klaviyo"
          ? async function* (since, signal) {
              request("refusals", signal);
              yield* optOutsOf(store, since);
            }
          : null,
      formerOptOuts:
        side === "klaviyo"
          ? null
          : async (left, signal) => {
              request("refusals", signal);
              return {
                optOuts: leftOptedOut(store, left),
                unreadable: new Set(left.flatMap(({ id }) => (quirks.unreadable(id) ? [id] : []))),
              };
            },
      subscribe:
        side === "klaviyo"
          ? async (clearances, gate, signal) => {
              const admitted = await gate.admit(clearances);
              const going = admitted?.clearances ?? [];
              if (admitted !== null) {
                admitted.permit.use();
                request("subscribe", signal);
              }
              requested.push(...going);
              for (const clearance of going) subscribed(store, clearance);
              const sent = new Set(going.map(({ profile }) => profile));
              return clearances.map(({ profile }) => ({
                outcome: sent.has(profile) ? "accepted" : "not_sent",
              }));
            }
          : null,
      mayWrite: () => Promise.resolve(null),
    },
    engagement: memoryEngagement({
      side,
      store,
      quirks,
      now,
      pageSize,
      known: (property) => fields.some((field) => field.property === property),
      request,
    }),
    requests: () => new Map(counts),
    skewMs: () => quirks.skewMs,
    quotas: () => [],
    health: () => ({ endpoints: [], paces: [] }),
    contacts: {
      writeSize,
      cost: ({ creates, updates, listChanges }) => ({
        requests: Math.ceil((creates + updates + listChanges) / writeSize),
        seconds: 0,
      }),
      async *pull(scope, cursor, signal) {
        request("pull", signal);
        const settings = { side, store, now, pageSize, indexLagMs: () => quirks.indexLagMs, quirks };
        for (const page of memoryPull(settings, scope, cursor)) {
          yield page;
          request("pull", signal);
        }
      },
      async *everyone(properties, signal) {
        request("everyone", signal);
        const ids = [...store.all()].map(({ id }) => id);
        for (let start = 0; start < ids.length; start += pageSize) {
          if (start > 0) request("everyone", signal);
          const page: ExternalId[] = ids.slice(start, start + pageSize);
          yield fromIndex(
            showAll(
              page.map((id) => store.get(id)),
              properties,
            ),
          );
        }
      },
      async read(ids, properties, signal) {
        request("read", signal);
        // HubSpot answers a merged id with its survivor, Klaviyo no longer knows it.
        const get = (id: ExternalId): StoredContact | undefined =>
          side === "hubspot" ? store.survivor(id) : store.get(id);
        return fromRecords(showAll(ids.map(get), properties));
      },
      // As the real ones: HubSpot keeps deleted contacts for a time, Klaviyo keeps none.
      removed:
        side === "klaviyo"
          ? null
          : {
              keptMs: 90 * 86_400_000,
              forGood(ids, signal) {
                request("read", signal);
                return Promise.resolve(ids.filter((id) => !store.isKept(id)));
              },
            },
      // As the real ones: HubSpot keeps a history of every property, Klaviyo one time for a whole profile.
      readHistory:
        side === "klaviyo"
          ? null
          : async (ids, properties, historic, signal) => {
              request("read", signal);
              const found = ids.map((id) => store.survivor(id)).filter((each) => each !== undefined);
              const { contacts, unreadable } = showAll(found, properties);
              const requested = properties.filter(({ property }) => historic.includes(property));
              const histories = contacts.map((contact) => ({
                contact,
                past: store.past(contact.id, requested),
              }));
              return { histories, unreadable };
            },
      get pullLagMs() {
        return quirks.indexLagMs;
      },
      async find(emails, properties, signal) {
        request("find", signal);
        const keys = new Set(emails);
        const wanted = [...store.all()].filter((contact) => contact.emails.some((key) => keys.has(key)));
        return fromIndex(showAll(wanted.filter(foundByAddress), properties));
      },
      // As the real ones: Klaviyo alone has jobs.
      jobs: side === "klaviyo" ? jobs.port : null,
      write: (operations, properties, gate, signal) =>
        memoryWriteAll(writing, operations, properties, gate, signal),
    },
  };
}
