import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Deps } from "../../src/lanes/deps.ts";
import { fieldsOf } from "../../src/values/field-codec.ts";
import type { Contact } from "../../src/model/contact.ts";
import type { EmailKey } from "../../src/model/email.ts";
import { emailKey } from "../../src/model/email.ts";
import type { Mapping } from "../../src/model/mapping.ts";
import type { Operation } from "../../src/model/operation.ts";
import type { Side } from "../../src/model/side.ts";
import { otherSide } from "../../src/model/side.ts";
import type { Values } from "../../src/model/value.ts";
import { propertiesFor } from "../../src/pull/sighting-row.ts";
import type { Rehearsal } from "../../src/sandbox/rehearsal/rehearsal.ts";
import type { FreshDatabase } from "../support/fresh-database.ts";
import { freshDatabase } from "../support/fresh-database.ts";
import type { RealEngine } from "../support/real-engine.ts";
import {
  mutatingCalls,
  realEngine,
  rehearsedMapping,
  startUnlimited,
  untilSearchable,
} from "../support/real-engine.ts";
import { ROUND_TRIPS } from "./round-trip-fields.ts";
import { OPEN_GATE } from "../support/open-gate.ts";

/** So many values of each field and side; a soak has no use for more than a thousand. */
const PEOPLE = Math.min(1_000, Number(process.env["LAW_RUNS"] ?? 200));
const SEED = Number(process.env["LAW_SEED"] ?? Date.now() % 1_000_000);
const NEVER = new AbortController().signal;

describe(`${PEOPLE} values of each type and transform, both ways over HTTP (seed ${SEED})`, () => {
  let rehearsal: Rehearsal;
  let fresh: FreshDatabase;
  let engine: RealEngine;
  let mapping: Mapping;
  let deps: Deps;

  beforeAll(async () => {
    rehearsal = await startUnlimited({ seed: 3, contacts: 0 });
    for (const { name, native } of ROUND_TRIPS) {
      const named = { name: `rt_${name}`, label: name, groupName: "contactinformation" };
      rehearsal.hubspot.sandbox.createProperty({ ...named, ...native });
    }
    fresh = await freshDatabase();
    engine = realEngine(rehearsal, fresh);
    mapping = rehearsedMapping(rehearsal, (demo) => demo.slice(0, demo.indexOf("fields:")) + fieldsText());
    deps = await engine.deps(mapping);
  });

  afterAll(async () => {
    await rehearsal?.close();
    await fresh?.drop();
  });

  it("arrive from HubSpot and come back equal, and the next sync writes nothing", async () => {
    const { hubspotList } = rehearsal.story;
    const values = drawn("hubspot");
    await write(
      "hubspot",
      values.map((each, n) => make("hubspot", n, each)),
    );
    const made = await everyone("hubspot");
    rehearsal.hubspot.sandbox.changeMembers(hubspotList, { add: made.map(({ id }) => id) });
    expect(await writesOnceAcross("hubspot", values)).toBe(0);
  });

  it("arrive from Klaviyo and come back equal, and the next sync writes nothing", async () => {
    const values = drawn("klaviyo");
    const profiles = await everyone("klaviyo");
    const byAddress = new Map(profiles.map(({ email, id }) => [email, id]));
    const { klaviyoSegment } = rehearsal.story;
    rehearsal.klaviyo.sandbox.addToSegment(
      klaviyoSegment,
      profiles.map(({ id }) => id),
    );
    await engine.sync(mapping);
    await write(
      "klaviyo",
      values.map((each, n): Operation => {
        const id = byAddress.get(address(n));
        if (id === undefined) throw new Error(`nobody at ${address(n)}`);
        return { kind: "update", traceId: `u${n}`, side: "klaviyo", email: address(n), id, values: each };
      }),
    );
    expect(await writesOnceAcross("klaviyo", values)).toBe(0);
  });

  /** Everybody's values of a side, by its own properties. */
  function drawn(side: Side): readonly Values[] {
    const columns = ROUND_TRIPS.map(({ name, values }, index) => {
      const all = fc.sample(values[side], { numRuns: PEOPLE, seed: SEED + index });
      return { property: side === "hubspot" ? `rt_${name}` : `properties.rt_${name}`, all };
    });
    return Array.from({ length: PEOPLE }, (_, n) =>
      Object.fromEntries(columns.map(({ property, all }) => [property, all[n] ?? null])),
    );
  }

  async function write(side: Side, operations: readonly Operation[]): Promise<void> {
    const { contacts } = deps.connectors[side];
    const requested = propertiesFor(mapping.fields, side);
    for (let start = 0; start < operations.length; start += contacts.writeSize) {
      const { results } = await contacts.write(
        operations.slice(start, start + contacts.writeSize),
        requested,
        OPEN_GATE,
        NEVER,
      );
      const wrong = results.filter((one) => one.outcome !== "done" || one.refused.length > 0);
      expect(wrong.slice(0, 3)).toEqual([]);
    }
  }

  async function everyone(side: Side): Promise<readonly Contact[]> {
    const all: Contact[] = [];
    const requested = propertiesFor(mapping.fields, side);
    for await (const page of deps.connectors[side].contacts.everyone(requested, NEVER))
      all.push(...page.contacts);
    return all;
  }

  /** By field, what was written to one side is what both show; how many writes the sync after that makes. */
  async function writesOnceAcross(from: Side, written: readonly Values[]): Promise<number> {
    untilSearchable(rehearsal);
    const run = await engine.sync(mapping);
    const problems = await fresh.database.problem.findMany();
    expect(
      [...new Set(problems.map(({ field, explanation }) => `${field}: ${explanation}`))].slice(0, 5),
    ).toEqual([]);
    expect(run).toMatchObject({ result: "finished", exceeded: [], mappingProblems: [] });
    const common = new Map(written.map((values, n) => [address(n), inCommon(from, values)]));
    for (const side of [from, otherSide(from)]) {
      const shown = await everyone(side);
      expect(shown).toHaveLength(PEOPLE);
      const different = shown.flatMap((contact) => {
        const wanted = common.get(contact.email ?? address(-1));
        const { fields } = fieldsOf(mapping.fields, contact);
        return mapping.fields
          .filter(({ key }) => JSON.stringify(fields[key]) !== JSON.stringify(wanted?.[key]))
          .map(({ key }) => ({ side, key, wanted: wanted?.[key], found: fields[key] }));
      });
      expect(different.slice(0, 10)).toEqual([]);
    }
    untilSearchable(rehearsal);
    const before = mutatingCalls(rehearsal);
    await engine.sync(mapping);
    return mutatingCalls(rehearsal) - before;
  }

  function inCommon(side: Side, values: Values): Values {
    const { fields, unreadable } = fieldsOf(mapping.fields, { side, values, unreadable: {} });
    expect(unreadable).toEqual({});
    return fields;
  }

  function make(side: Side, n: number, values: Values): Operation {
    const email = { email: address(n) };
    const lists: readonly string[] = [];
    return { kind: "create", traceId: `c${n}`, side, ...email, values: { ...email, ...values }, lists };
  }
});

function address(n: number): EmailKey {
  const email = emailKey(`Person.${n}+Round@Example.com`);
  if (email === null) throw new Error("no address");
  return email;
}

function fieldsText(): string {
  const lines = ROUND_TRIPS.map(
    ({ name, entry }) => `  - { hubspot: rt_${name}, klaviyo: properties.rt_${name}, ${entry} }`,
  );
  return `fields:\n${lines.join("\n").replaceAll("", "")}\nlimits: { clears_per_run: 100%, updates_per_run: 100% }\n`;
}
