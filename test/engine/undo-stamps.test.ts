import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { applyPlan } from "../../src/lanes/plans/apply-plan.ts";
import { erasePerson } from "../../src/lanes/erase-person.ts";
import { readPlanFile } from "../../src/lanes/plans/plan-file.ts";
import { runEngagement } from "../../src/lanes/run-engagement.ts";
import { makeUndo } from "../../src/lanes/plans/undo.ts";
import { emailKey } from "../../src/model/email.ts";
import type { Engagement } from "../../src/model/engagement.ts";
import type { Mapping } from "../../src/model/mapping.ts";
import { openStore } from "../../src/store/runs/connections.ts";
import { personHistory } from "../../src/store/people/person-history.ts";
import { runChanges } from "../../src/store/runs/run-list.ts";
import { laneMapping } from "../engagement/lane.ts";
import type { Engine } from "../support/engine.ts";
import { engine } from "../support/engine.ts";
import { fieldRule, mapping } from "../support/rule.ts";
import { TEST_KEYS } from "../support/test-keys.ts";
import { storeOf } from "../../src/store/database/store.ts";
const OPENED = "Klaviyo's last open";

const { engagement } = laneMapping(
  "record_as: properties_only, last_activity: { opened: last_open, message: last_message }",
);
/** What is stamped on HubSpot goes to Klaviyo as a field, so that both sides show it. */
const stamped: Mapping = {
  ...mapping({
    fields: [fieldRule("last_open", `properties.${OPENED}`, { type: "datetime", direction: "to_klaviyo" })],
  }),
  engagement,
};

let it: Engine;
let folder: string;
let person: { readonly hubspot: string; readonly klaviyo: string };
let connectionId: number;
beforeEach(async () => {
  it = await engine();
  folder = await mkdtemp(join(tmpdir(), "tandem-undo-"));
  const hubspot = it.hubspot.user.create("jo@example.com", {}, ["all"]);
  await it.sync(stamped);
  await it.sync(stamped);
  person = { hubspot, klaviyo: it.klaviyo.user.all()[0]?.id ?? "" };
  ({ connectionId } = await openStore(it.fresh.database, stamped.name));
});
afterEach(async () => {
  await it.fresh.drop();
  await rm(folder, { recursive: true });
});

async function engage(): Promise<bigint> {
  if (engagement === null) throw new Error("nothing of engagement is mapped");
  const { runId, stoppedBy } = await runEngagement(it.deps(), stamped, engagement, {
    trigger: "test",
    turnMs: null,
  });
  expect(stoppedBy).toBeNull();
  return runId;
}

let events = 0;
/** Somebody opens a message; the next run sees it. */
async function open(profile: string, email: string, message: string): Promise<string> {
  const at = it.deps().now().toISOString();
  events += 1;
  const event: Engagement = {
    eventId: `event-${events}`,
    kind: "opened",
    channel: "email",
    person: profile,
    email: emailKey(email),
    at,
    message,
    messageName: message,
    subject: message,
    source: { kind: "campaign", id: "campaign-1", name: "Spring" },
    url: null,
    list: null,
    detail: null,
    byMachine: false,
  };
  it.klaviyo.engagement.happen(event);
  it.wait(5 * 60_000);
  return at;
}

async function undo(runId: bigint) {
  const file = join(folder, "undo");
  const found = await makeUndo(it.deps(), stamped, { runId }, file, 5);
  const applied =
    found.people === 0
      ? null
      : await applyPlan(it.deps(), stamped, await readPlanFile(file, TEST_KEYS.files), "wanted");
  return { found, applied };
}

const shown = (id = person.hubspot) => [
  it.hubspot.user.value(id, "last_open"),
  it.hubspot.user.value(id, "last_message"),
];
const inKlaviyo = () => it.klaviyo.user.value(person.klaviyo, `properties.${OPENED}`) ?? null;

test("a stamp is journalled with what was there before; an undo puts it back and both sides are equal", async () => {
  await engage();
  const first = await open(person.klaviyo, "jo@example.com", "One");
  await engage();
  await it.sync(stamped);
  const second = await open(person.klaviyo, "jo@example.com", "Two");
  const runId = await engage();
  await it.sync(stamped);
  expect([...shown(), inKlaviyo()]).toEqual([second, "Two", second]);
  const { changes } = await runChanges(
    storeOf(it.fresh.database, connectionId),
    runId,
    null,
    "everything",
    1,
  );
  const written = {
    side: "hubspot",
    kind: "stamp",
    outcome: "done",
    before: { last_open: first, last_message: "One" },
    after: { last_open: second, last_message: "Two" },
  };
  expect(changes).toMatchObject([{ email: "jo@example.com", ...written }]);
  const history = await personHistory(it.fresh.database, changes[0]?.linkId ?? 0n, 10);
  expect(history.entries[0]).toMatchObject({ kind: "update", side: "klaviyo" });
  expect(history.entries[1]).toMatchObject(written);
  const { found, applied } = await undo(runId);
  expect(found).toMatchObject({ people: 1, operations: 1, left: {} });
  expect(applied).toMatchObject({ done: 1, planned: 1, moved: [] });
  await it.sync(stamped);
  expect([...shown(), inKlaviyo()]).toEqual([first, "One", first]);
  // It stays so: neither lane has anything to write.
  await it.sync(stamped);
  it.newWrites();
  await engage();
  await it.sync(stamped);
  expect(it.newWrites()).toBe(0);
  expect((await it.plan(stamped)).flatMap(({ operations }) => operations)).toEqual([]);
  // And the undo itself can be undone.
  expect((await undo(applied?.runId ?? 0n)).applied).toMatchObject({ done: 1 });
  expect(shown()).toEqual([second, "Two"]);
});

test("what somebody changed since stays, and so does what a later run has stamped", async () => {
  await engage();
  await open(person.klaviyo, "jo@example.com", "One");
  const early = await engage();
  const second = await open(person.klaviyo, "jo@example.com", "Two");
  const late = await engage();
  expect((await undo(early)).found).toMatchObject({ people: 0, left: { changed_since: 2 } });
  it.hubspot.user.edit(person.hubspot, { last_message: "By hand" });
  const { found, applied } = await undo(late);
  expect(found).toMatchObject({ people: 1, left: { changed_since: 1 } });
  expect(applied).toMatchObject({ done: 1 });
  expect(shown()).toEqual([expect.not.stringMatching(second), "By hand"]);
});

test("what moves between an undo's plan and its writing stays", async () => {
  await engage();
  const first = await open(person.klaviyo, "jo@example.com", "One");
  const runId = await engage();
  const file = join(folder, "undo");
  await makeUndo(it.deps(), stamped, { runId }, file, 5);
  it.hubspot.user.edit(person.hubspot, { last_open: "2026-01-01T00:00:00.000Z", last_message: "By hand" });
  const applied = await applyPlan(it.deps(), stamped, await readPlanFile(file, TEST_KEYS.files), "wanted");
  expect(applied).toMatchObject({ done: 0, moved: [{ email: "jo@example.com", operation: "stamp" }] });
  expect(shown()).toEqual(["2026-01-01T00:00:00.000Z", "By hand"]);
  expect(first).not.toBe("2026-01-01T00:00:00.000Z");
});

test("a contact that nobody links is stamped, journalled and put back like any other", async () => {
  const stranger = it.hubspot.user.create("kim@example.com", { last_message: "Old" });
  const profile = it.klaviyo.user.create("kim@example.com");
  await engage();
  await open(profile, "kim@example.com", "One");
  const runId = await engage();
  expect(shown(stranger)[1]).toBe("One");
  const { changes } = await runChanges(
    storeOf(it.fresh.database, connectionId),
    runId,
    null,
    "everything",
    1,
  );
  expect(changes).toMatchObject([
    { email: "kim@example.com", linkId: null, before: { last_message: "Old" } },
  ]);
  expect((await undo(runId)).applied).toMatchObject({ done: 1 });
  expect(shown(stranger)).toEqual([null, "Old"]);
});

test("a stamp whose answer never came is settled by reading, and can be put back", async () => {
  await engage();
  await open(person.klaviyo, "jo@example.com", "One");
  it.hubspot.quirks.unanswered = () => "applied";
  const runId = await engage();
  it.hubspot.quirks.unanswered = () => null;
  const outcomes = async () =>
    (await it.fresh.database.stamp.findMany({ orderBy: { sentAt: "asc" } })).map(({ outcome }) => outcome);
  expect(await outcomes()).toEqual(["sent"]);
  it.wait(2 * 3_600_000);
  await engage();
  expect(await outcomes()).toEqual(["done"]);
  expect((await undo(runId)).applied).toMatchObject({ done: 1 });
  expect(shown()).toEqual([null, null]);
});

test("nothing of the stamps is left of a person who is erased", async () => {
  await engage();
  await open(person.klaviyo, "jo@example.com", "One");
  await engage();
  expect(await it.fresh.database.stamp.count()).toBe(1);
  const email = emailKey("jo@example.com");
  if (email === null) throw new Error("an email address");
  await erasePerson(it.deps(), email);
  expect(await it.fresh.database.stamp.count()).toBe(0);
});
