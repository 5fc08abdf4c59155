import { NO_SHAPES } from "../support/known-link.ts";
import { NO_CONSENT_RULES } from "../../src/model/scope.ts";
import type { MemoryConnector } from "../../src/connectors/memory/index.ts";
import { markUnwritable } from "../../src/lanes/contacts/unwritable-properties.ts";
import { propertiesOf } from "../../src/values/field-codec.ts";
import { NOTHING_ACCEPTED, resolveScope } from "../../src/mapping/accounts/resolve-scope.ts";
import type { Sighting } from "../../src/model/contact.ts";
import type { EmailKey } from "../../src/model/email.ts";
import type { KnownLink, Link } from "../../src/model/link.ts";
import type { FieldRule, Mapping } from "../../src/model/mapping.ts";
import { EMAIL_FIELD } from "../../src/model/mapping.ts";
import type { Operation } from "../../src/model/operation.ts";
import type { ResolvedRule } from "../../src/model/scope.ts";
import type { PerSide, Side } from "../../src/model/side.ts";
import { SIDES, perSide, withSide } from "../../src/model/side.ts";
import { sameValue } from "../../src/model/value.ts";
import { changesOf } from "../../src/plan/changes.ts";
import type { PlanTotals } from "../../src/plan/limits.ts";
import { NO_CHANGES, addToTotals, exceededLimits, isHeldBy, withhold } from "../../src/plan/limits.ts";
import { lostValues } from "../../src/plan/lost-values.ts";
import type { ContactPlan, PlannedOperation } from "../../src/plan/planned.ts";
import { planContact } from "../../src/plan/plan-contact.ts";
import { propertiesFor, sightingRow } from "../../src/pull/sighting-row.ts";
import { linkOutcome } from "../../src/write/outcome.ts";
import type { SentOperation } from "../../src/write/prepare.ts";
import type { Driver, Recorded } from "./driver.ts";
import { watchedSystems } from "./systems.ts";
import { OPEN_GATE } from "../support/open-gate.ts";

/**
 * The pure parts of the engine (planning, limits, merging, the outcome of a link) over two systems in memory, with a map
 * in place of the store: a run is a fraction of a millisecond. What it leaves out is PostgreSQL, cursors, recovery and
 * the guards of lists, for which there is the whole driver.
 */
export function quickDriver(): Driver {
  const { witness, specs, make } = watchedSystems();
  let time = Date.parse("2026-11-01T08:00:00Z");
  const now = (): number => time;
  const systems = perSide((side) => make(side, { now }));
  systems.hubspot.user.makeCollection("all");
  systems.klaviyo.user.makeCollection("engaged", "segment");
  systems.klaviyo.user.makeCollection("newsletter");
  const links = new Map<EmailKey, Known>();
  return {
    systems,
    witness,
    specs,
    async sync(mapping) {
      witness.round += 1;
      time += 60_000;
      const before = perSide((side) => systems[side].writes.length);
      const told = await run(systems, links, mapping, new Date(time));
      time += 1_000;
      return { ...told, writes: perSide((side) => systems[side].writes.slice(before[side])) };
    },
    holds: null,
    close: async () => {},
  };
}

type Known = Pick<KnownLink, "link" | "made">;

type Systems = PerSide<MemoryConnector>;

const NEVER = new AbortController().signal;

async function run(systems: Systems, links: Map<EmailKey, Known>, mapping: Mapping, at: Date) {
  const schemas = {
    hubspot: await systems.hubspot.discover(NEVER),
    klaviyo: await systems.klaviyo.discover(NEVER),
  };
  const fields = [EMAIL_FIELD, ...markUnwritable(mapping.fields, schemas)];
  const scope = resolveScope(mapping.rules, schemas, new Map()).rules(NOTHING_ACCEPTED);
  const known = await see(systems, links, fields, scope);
  const plans = known.map((one) =>
    planContact({ fields, scope, consent: NO_CONSENT_RULES, shapes: NO_SHAPES }, one),
  );
  const totals = plans.reduce<PlanTotals>((sum, plan) => addToTotals(sum, changesOf(plan)), NO_CHANGES);
  const exceeded = exceededLimits(totals, mapping.limits, links.size, false);
  const conflicts: Recorded[] = [];
  for (const whole of plans) {
    const { plan, held } = withhold(whole, (change) => isHeldBy(exceeded, change));
    const { sent, moved } = await write(systems, fields, plan);
    const result = { plan, sent, unfinished: moved || held.length > 0 };
    const { email } = plan.known.link;
    const outcome = linkOutcome(fields, mapping.retry, result, at);
    conflicts.push(...outcome.conflicts.map((conflict) => ({ email, ...conflict })));
    links.set(email, after(plan, sent, outcome));
  }
  return { exceeded, conflicts };
}

/** Everybody on both sides, joined by address. */
async function see(
  systems: Systems,
  links: Map<EmailKey, Known>,
  fields: readonly FieldRule[],
  scope: readonly ResolvedRule[],
): Promise<readonly KnownLink[]> {
  const hubspot = await sightings(systems.hubspot, fields, scope);
  const klaviyo = await sightings(systems.klaviyo, fields, scope);
  for (const seen of [...hubspot.values(), ...klaviyo.values()]) {
    if (seen.email !== null && seen.rules.length > 0 && !links.has(seen.email)) {
      links.set(seen.email, { link: newLink(seen.email, links.size), made: perSide(() => false) });
    }
  }
  return [...links.values()].map(({ link, made }) => {
    const shown = {
      hubspot: hubspot.get(link.email) ?? null,
      klaviyo: klaviyo.get(link.email) ?? null,
    };
    const gone = SIDES.find((side) => link.ids[side] !== null && shown[side] === null) ?? null;
    const ids = perSide((side) => shown[side]?.id ?? link.ids[side]);
    // Somebody made the contact again: of this one nothing was ever agreed.
    const remade = SIDES.some((side) => link.ids[side] !== null && link.ids[side] !== ids[side]);
    const { base, lists } = remade ? { base: {}, lists: [] } : link;
    return {
      link: structuredClone({ ...link, base, lists, ids, deletedOn: gone }),
      sightings: shown,
      unread: perSide(() => null),
      sought: perSide(() => true),
      made,
      duplicates: perSide(() => []),
      writes: [],
      optedOut: false,
      optingOut: false,
      optOutUnconfirmed: false,
      optOutUnderWay: false,
      subscribeRequested: [],
      overruled: false,
      takenBack: [],
      claimed: { hubspot: null, klaviyo: null },
      taken: { hubspot: null, klaviyo: null },
      putAside: { hubspot: null, klaviyo: null },
      inherited: [],
    };
  });
}

async function sightings(
  connector: MemoryConnector,
  fields: readonly FieldRule[],
  scope: readonly ResolvedRule[],
): Promise<ReadonlyMap<EmailKey, Sighting>> {
  const { side, contacts, user } = connector;
  const rules = scope.filter(({ from }) => from === side);
  const found = new Map<EmailKey, Sighting>();
  for await (const page of contacts.everyone(propertiesFor(fields, side), NEVER)) {
    for (const contact of page.contacts) {
      const { digest: _digest, wanted: _wanted, ...row } = sightingRow(fields, contact, true);
      const matched = rules.filter(({ collections }) =>
        collections.some((one) => user.members(one).includes(contact.id)),
      );
      if (row.email !== null)
        found.set(row.email, { ...row, shape: "", edited: {}, rules: matched.map(({ id }) => id) });
    }
  }
  return found;
}

function newLink(email: EmailKey, count: number): Link {
  return {
    id: BigInt(count + 1),
    email,
    ids: { hubspot: null, klaviyo: null },
    base: {},
    lists: [],
    deletedOn: null,
    missingOn: null,
    merged: null,
    state: "waiting",
    attempts: 0,
    retryAt: null,
    refused: {},
  };
}

async function write(systems: Systems, fields: readonly FieldRule[], plan: ContactPlan) {
  const sent: SentOperation[] = [];
  let moved = false;
  // Lists after contacts, as the engine does it.
  for (const planned of plan.operations) {
    if (planned.kind === "subscribe" || planned.kind === "stamp") continue;
    const { contacts } = systems[planned.side];
    const still = planned.kind === "update" ? await unmoved(systems, fields, planned) : planned;
    if (still !== planned) moved = true;
    if (still === null) continue;
    const { operation, unsayable } = said(fields, plan, still);
    const entry = { traceId: operation.traceId, linkId: plan.known.link.id, side: still.side };
    const lost = lostValues(plan, still);
    const journal = { ...entry, kind: still.kind, before: {}, after: {}, source: {}, lost };
    const requested = propertiesFor(fields, still.side);
    const {
      results: [result = { outcome: "unknown" as const }],
    } = await contacts.write([operation], requested, OPEN_GATE, NEVER);
    sent.push({ prepared: { plan, planned: still, operation, entry: journal, unsayable }, result });
  }
  return { sent, moved };
}

type Update = Extract<PlannedOperation, { kind: "update" }>;

/** Of an update what its target still shows as when it was planned. */
async function unmoved(
  systems: Systems,
  fields: readonly FieldRule[],
  planned: Update,
): Promise<Update | null> {
  const { side, id } = planned;
  const {
    contacts: [target],
  } = await systems[side].contacts.read([id], propertiesFor(fields, side), NEVER);
  const shown = target === undefined ? {} : sightingRow(fields, target, false).fields;
  const still = Object.entries(planned.fields).filter(([field]) => {
    const value = Object.hasOwn(shown, field) ? shown[field] : undefined;
    return value !== undefined && sameValue(value, planned.pre[field] ?? null);
  });
  if (still.length === Object.keys(planned.fields).length) return planned;
  return still.length === 0 ? null : { ...planned, fields: Object.fromEntries(still) };
}

function said(
  fields: readonly FieldRule[],
  plan: ContactPlan,
  planned: Exclude<PlannedOperation, { kind: "subscribe" | "stamp" }>,
) {
  const { side } = planned;
  const common = { traceId: "trace", side, email: plan.known.link.email };
  if (planned.kind === "opt_out") return { operation: { ...common, ...planned }, unsayable: [] };
  if (!("fields" in planned)) {
    const { kind, id, list } = planned;
    const operation: Operation = { ...common, kind, id, list };
    return { operation, unsayable: [] };
  }
  const { values, problems } = propertiesOf(fields, side, planned.fields);
  const operation: Operation =
    planned.kind === "create"
      ? { ...common, kind: "create", values, lists: planned.lists }
      : { ...common, kind: "update", id: planned.id, values };
  return { operation, unsayable: problems };
}

function after(
  { known }: ContactPlan,
  sent: readonly SentOperation[],
  { base, lists, refused, attempts, state }: ReturnType<typeof linkOutcome>,
): Known {
  let ids: PerSide<string | null> = known.link.ids;
  let made: PerSide<boolean> = known.made;
  for (const { prepared, result } of sent) {
    const side: Side = prepared.planned.side;
    if (prepared.planned.kind !== "create" || result.outcome !== "done") continue;
    ids = withSide<string | null>(ids, side, result.id);
    made = withSide(made, side, true);
  }
  const link = { ...known.link, ids, base, lists, refused, attempts, state };
  return { link: structuredClone(link), made };
}
