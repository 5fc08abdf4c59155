import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { MemoryWrite } from "../../src/connectors/memory/write-all.ts";
import type { FieldRule, Mapping } from "../../src/model/mapping.ts";
import type { Side } from "../../src/model/side.ts";
import { SIDES } from "../../src/model/side.ts";
import { equal } from "../reconcile/decision.ts";
import { assertLawOf } from "../support/law.ts";
import { fieldRule } from "../support/rule.ts";
import type { Terms } from "./any-mapping.ts";
import { anyTerms, anyVersion, ruleOf, version } from "./any-mapping.ts";
import type { Driver, Synced } from "./driver.ts";
import { conflictModel } from "./conflict-model.ts";
import type { Edit, Life, Step } from "./history.ts";
import { PEOPLE, addressOf, anyEdit, anyPeacefulHistory, begin, contactOf, edit, live } from "./history.ts";
import { wrongWrites } from "./oracle.ts";
import { quickDriver } from "./quick-driver.ts";
import { ELSEWHERE, SLOTS } from "./slots.ts";
import { wholeDriver } from "./whole-driver.ts";

/** What an owner does to a mapping, and what was to be seen of it. */
interface Scene {
  readonly mapping: Mapping;
  readonly slot: number;
  readonly terms: Terms;
  readonly side: Side;
  readonly history: readonly Step[];
  /** What people do before the run in which the new version holds. */
  readonly meanwhile: readonly Edit[];
}

const anyScene: fc.Arbitrary<Scene> = fc.record({
  mapping: anyVersion(),
  // The notes can be unreadable, and unreadable is unknown: no first sync, and no settling.
  slot: fc.nat(SLOTS.length - 2),
  terms: anyTerms,
  side: fc.constantFrom(...SIDES),
  history: anyPeacefulHistory,
  meanwhile: fc.array(anyEdit, { maxLength: 4 }),
});

const QUIET: Step = { kind: "sync", trouble: null };

function without({ fields, rules }: Mapping, slot: number): Mapping {
  return version(
    fields.filter(({ property }) => property.hubspot !== SLOTS[slot]?.property.hubspot),
    rules,
  );
}

function withRule(mapping: Mapping, slot: number, rule: FieldRule | null): Mapping {
  const rest = without(mapping, slot);
  return rule === null ? rest : version([...rest.fields, rule], mapping.rules);
}

function slotRule({ slot, terms }: Scene): FieldRule {
  const found = SLOTS[slot];
  if (found === undefined) throw new Error("no such slot");
  return ruleOf(found, terms);
}

async function sync(life: Life): Promise<Synced> {
  const synced = await live(life, QUIET);
  if (synced === null) throw new Error("a sync is a sync");
  expect(wrongWrites(life, synced)).toEqual([]);
  return synced;
}

/** Lives the history under one version and lets it come to rest. */
async function settled(driver: Driver, mapping: Mapping, { history }: Scene): Promise<Life> {
  const life = begin(driver, mapping);
  for (const step of history) await live(life, step);
  for (let runs = 0; runs < 3; runs += 1) await sync(life);
  expect(requested(await sync(life))).toEqual([]);
  return life;
}

/** Everything that was written to either side, one property at a time; list changes by the list. */
function requested({ writes }: Synced): readonly { side: Side; what: string; value: unknown }[] {
  const each = (side: Side, { operation }: MemoryWrite) =>
    "values" in operation
      ? Object.entries(operation.values).map(([what, value]) => ({ side, what, value }))
      : [{ side, what: `${operation.kind} ${JSON.stringify(operation)}`, value: operation.email }];
  return SIDES.flatMap((side) => writes[side].flatMap((write) => each(side, write)));
}

function isOf(rule: FieldRule): (one: { side: Side; what: string }) => boolean {
  return ({ side, what }) => rule.property[side] === what;
}

describe.each<{ over: string; share: number; shrinks: boolean; makeDriver: () => Promise<Driver> }>([
  { over: "the pure parts", share: 0.25, shrinks: true, makeDriver: async () => quickDriver() },
  { over: "the whole engine", share: 0.002, shrinks: false, makeDriver: wholeDriver },
])("another version of the mapping (P17), over $over", ({ share, shrinks, makeDriver }) => {
  const law = (tell: (driver: Driver, scene: Scene) => Promise<void>): Promise<void> =>
    assertLawOf(
      fc.asyncProperty(anyScene, async (scene) => {
        const driver = await makeDriver();
        try {
          await tell(driver, scene);
        } finally {
          await driver.close();
        }
      }),
      share,
      shrinks,
    );

  it("without a field writes nothing, whatever becomes of that field", () =>
    law(async (driver, scene) => {
      const rule = slotRule(scene);
      const life = await settled(driver, withRule(scene.mapping, scene.slot, rule), scene);
      life.mapping = without(scene.mapping, scene.slot);
      expect(requested(await sync(life))).toEqual([]);
      retype(life, scene.meanwhile, scene.slot);
      expect(requested(await sync(life)).filter(isOf(rule))).toEqual([]);
    }));

  it("with a field more, or one that is back, meets that field for the first time and leaves the others", () =>
    law(async (driver, scene) => {
      const rule = slotRule(scene);
      const more = withRule(scene.mapping, scene.slot, rule);
      const life = await settled(driver, scene.side === "hubspot" ? more : scene.mapping, scene);
      life.mapping = without(scene.mapping, scene.slot);
      await sync(life);
      retype(life, scene.meanwhile, scene.slot);
      await sync(life);
      expect(await beyondFirstSync(life, more, rule)).toEqual([]);
    }));

  it("that points a field elsewhere leaves what it pointed to, and meets the other for the first time", () =>
    law(async (driver, scene) => {
      const rule = slotRule(scene);
      const life = await settled(driver, withRule(scene.mapping, scene.slot, rule), scene);
      const [other = ""] = ELSEWHERE[scene.side];
      const property = { ...rule.property, [scene.side]: other };
      const moved = fieldRule(property.hubspot, property.klaviyo, {
        ...rule,
        key: `${property.hubspot}:${property.klaviyo}:${rule.type}`,
        property,
      });
      expect(await beyondFirstSync(life, withRule(scene.mapping, scene.slot, moved), moved)).toEqual([]);
    }));

  it("that reads another type meets the field for the first time", () =>
    law(async (driver, scene) => {
      const rule = slotRule({ ...scene, slot: 0 });
      const life = await settled(driver, withRule(scene.mapping, 0, rule), scene);
      retype(life, scene.meanwhile, 0);
      const typed = fieldRule(rule.property.hubspot, rule.property.klaviyo, {
        ...scene.terms,
        onTargetEdit: rule.onTargetEdit,
        type: "option",
      });
      expect(await beyondFirstSync(life, withRule(scene.mapping, 0, typed), typed)).toEqual([]);
    }));

  it("with other terms for a field keeps what was agreed on: one edit more is no conflict", () =>
    law(async (driver, scene) => {
      const rule = slotRule(scene);
      const before: FieldRule = { ...rule, direction: "both", onTargetEdit: "keep", onEmpty: "clear" };
      const life = await settled(driver, withRule(scene.mapping, scene.slot, before), scene);
      const agreed = agreedOn(life, scene.slot);
      life.mapping = withRule(scene.mapping, scene.slot, rule);
      const written = requested(await sync(life)).filter(isOf(rule));
      expect(agreed.length === PEOPLE.length ? written : []).toEqual([]);
      const [one] = scene.meanwhile;
      if (one === undefined || !agreed.includes(one.who)) return;
      edit(life, { ...one, slot: scene.slot });
      const { conflicts } = await sync(life);
      const email = addressOf(one.who);
      // A target that is put back where the terms say so is no conflict of two edits.
      const two = conflicts.filter((each) => each.kind !== "target_edited" && each.field === rule.key);
      expect(two.filter((each) => each.email === email)).toEqual([]);
    }));

  it("without a rule, or without any, or without fields, writes nothing and takes nobody off a list", () =>
    law(async (driver, scene) => {
      // A field that holds its whole contact lets it go when it is mapped no more, and a value that the other side has no
      // word for gives way once its side no longer leads: that is no business of this law.
      const sayable = scene.mapping.fields.filter(({ transforms }) => transforms.hubspot.length === 0);
      const fields = sayable.map((rule): FieldRule => ({ ...rule, onInvalid: "skip_field" }));
      const { rules } = scene.mapping;
      const life = await settled(driver, version(fields, rules), scene);
      const kept = rules.filter(({ from }) => from !== scene.side);
      for (const next of [version(fields, kept), version([], kept), version([], []), version(fields, [])]) {
        life.mapping = next;
        expect(requested(await sync(life))).toEqual([]);
      }
    }));
});

/** People continue typing, of those who are there. */
function retype(life: Life, edits: readonly Edit[], slot: number): void {
  for (const one of edits) {
    if (contactOf(life, one.side, one.who) !== undefined) edit(life, { ...one, slot });
  }
}

/** What is no part of a first sync of one field: other fields, emptied values, conflicts of edits, and a second write. */
async function beyondFirstSync(life: Life, next: Mapping, rule: FieldRule): Promise<readonly unknown[]> {
  const model = conflictModel(life.driver, version([rule], next.rules));
  life.mapping = next;
  model.expect();
  const synced = await sync(life);
  return [
    ...requested(synced).filter((one) => !isOf(rule)(one) || one.value === null),
    ...(rule.merge === "union" ? [] : model.compare(synced)),
    ...synced.conflicts.filter(({ kind }) => kind !== "first_sync"),
    ...requested(await sync(life)),
  ];
}

/** Who holds the same on both sides, in each side's words, and so has been agreed on while both lead. */
function agreedOn({ driver }: Life, at: number): readonly Edit["who"][] {
  const slot = SLOTS[at];
  if (slot === undefined) return [];
  return PEOPLE.filter((who) => {
    const [hubspot, klaviyo] = SIDES.map((side) =>
      driver.systems[side].user.all().find(({ emails }) => emails.includes(addressOf(who))),
    );
    const value = hubspot?.values.get(slot.property.hubspot) ?? null;
    const there = hubspot !== undefined && klaviyo !== undefined;
    return there && equal(slot.across("klaviyo", value), klaviyo.values.get(slot.property.klaviyo) ?? null);
  });
}
