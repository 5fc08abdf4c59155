import { refusesAll } from "../../src/model/consent.ts";
import type { MemoryConnector } from "../../src/connectors/memory/index.ts";
import type { MemoryWrite } from "../../src/connectors/memory/write-all.ts";
import type { Side } from "../../src/model/side.ts";
import { SIDES } from "../../src/model/side.ts";
import type { Value } from "../../src/model/value.ts";
import type { Crowd, Person } from "./crowd.ts";
import { FIELDS } from "./crowd.ts";
import type { Ending } from "./crowd-oracle.ts";

/** What must not be, in words, beside what the fields hold: echoes (P3), consent (P9), contacts that went (P12). */
export function beyondTheFields(ending: Ending): readonly string[] {
  const { crowd } = ending;
  return [
    ...SIDES.flatMap((side) => echoes(side, ending.writes[side])),
    ...crowd.people.flatMap((person) => stillReached(ending, person)),
    ...SIDES.flatMap((side) => ending.writes[side].flatMap((write) => unasked(crowd, side, write))),
    ...subscribed(crowd),
    ...SIDES.flatMap((side) => gone(crowd, side)),
  ];
}

/**
 * P3: each value is typed once in a whole world, so the engine brings a contact back to one only if somebody did. A list
 * may come back, where what was added is taken away again.
 */
function echoes(side: Side, writes: readonly MemoryWrite[]): readonly string[] {
  const texts = new Set(FIELDS.filter(({ type }) => type !== "list").map(({ property }) => property[side]));
  const last = new Map<string, Value>();
  const left = new Set<string>();
  const wrong: string[] = [];
  for (const { operation } of writes) {
    if (operation.kind !== "update") continue;
    for (const [property, value] of Object.entries(operation.values)) {
      if (value === null || !texts.has(property)) continue;
      const place = `${side} ${operation.id} ${property}`;
      const before = last.get(place);
      if (before !== undefined && before !== value) left.add(`${place} ${String(before)}`);
      if (left.has(`${place} ${String(value)}`)) wrong.push(`back again (P3): ${place} = ${String(value)}`);
      last.set(place, value);
    }
  }
  return wrong;
}

/** P9: a person who opted out on one side is opted out on both, whatever else happened to them. */
function stillReached({ crowd, links }: Ending, person: Person): readonly string[] {
  if (person.optedOut.size === 0 || person.lost || person.merged) return [];
  if (person.deleted.hubspot || person.deleted.klaviyo) return [];
  const link = links.find(({ hubspotId }) => hubspotId === person.contacts.hubspot);
  if (link === undefined || link.deletedOn !== null || link.klaviyoId === null) return [];
  const ids = { hubspot: person.contacts.hubspot, klaviyo: link.klaviyoId };
  return SIDES.filter((side) => !isOptedOut(crowd.systems[side], ids[side])).map(
    (side) => `reached in ${side} (P9): ${person.name} opted out in ${[...person.optedOut].join()}`,
  );
}

function isOptedOut({ user, side }: MemoryConnector, id: string): boolean {
  const consent = user.see(id)?.consent ?? null;
  if (consent === null) return true;
  return refusesAll(consent) || (side === "hubspot" && consent.optedOutTypes.includes("1"));
}

/** P9: nobody is opted out who did not, on either side. */
function unasked(crowd: Crowd, side: Side, { operation }: MemoryWrite): readonly string[] {
  if (operation.kind !== "opt_out") return [];
  const { id, email } = operation;
  const own = crowd.people.filter(({ ids, emails }) => ids.has(id) || emails.includes(email));
  return own.some(({ optedOut }) => optedOut.size > 0)
    ? []
    : [`opted out unasked (P9): ${side} ${operation.email}`];
}

/** P9: nobody asked to be subscribed. */
function subscribed({ systems }: Crowd): readonly string[] {
  return SIDES.flatMap((side) => systems[side].requested.map(({ email }) => `subscribed (P9): ${email}`));
}

/** P12: who was there is there, but for whom people deleted or merged away. */
function gone({ systems, seen, removed }: Crowd, side: Side): readonly string[] {
  const there = new Set(systems[side].user.all().map(({ id }) => `${side} ${id}`));
  return [...seen]
    .filter((one) => one.startsWith(`${side} `) && !removed.has(one) && !there.has(one))
    .map((one) => `gone (P12): ${one}`);
}
