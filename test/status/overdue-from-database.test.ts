import { afterEach, beforeEach, expect, test } from "vitest";
import { laneSchedule } from "../../src/cli/runs/lane-schedule.ts";
import { pauseConnection } from "../../src/store/runs/pauses.ts";
import { statusReader } from "../../src/status/status-reader.ts";
import type { Engine } from "../support/engine.ts";
import { engine } from "../support/engine.ts";
import { mapping } from "../support/rule.ts";
import { storeOf } from "../../src/store/database/store.ts";
let it: Engine;
beforeEach(async () => void (it = await engine()));
afterEach(() => it.fresh.drop());

const both = mapping();

/** What a page in a process without lanes reads. */
async function overdue() {
  const { database } = it.fresh;
  const { id } = await database.connection.findUniqueOrThrow({ where: { name: "test" } });
  const read = statusReader(storeOf(database, id), it.deps().now, () =>
    laneSchedule(both, both.schedule.contacts),
  );
  const { connectionProblems } = await read.overview();
  return connectionProblems.filter(({ code }) => code === "SK-OVERDUE");
}

test("a process that runs no lane tells from the database alone that contacts are overdue, and that they are no more", async () => {
  it.hubspot.user.create("jo@example.com", { jobtitle: "Buyer" }, ["all"]);
  await it.sync(both);
  expect(await overdue()).toEqual([]);
  it.wait(46 * 60_000);
  expect(await overdue()).toMatchObject([{ field: "contacts", retry: "soon" }]);
  await it.sync(both);
  expect(await overdue()).toEqual([]);
});

test("a pause keeps a lane from being overdue, also right after its own end", async () => {
  await it.sync(both);
  const { database } = it.fresh;
  const { id } = await database.connection.findUniqueOrThrow({ where: { name: "test" } });
  const now = it.deps().now();
  const until = new Date(now.getTime() + 60 * 60_000);
  await pauseConnection(storeOf(database, id), { by: "kim", reason: "import", until }, now);
  it.wait(50 * 60_000);
  expect(await overdue()).toEqual([]);
  it.wait(15 * 60_000);
  expect(await overdue()).toEqual([]);
  it.wait(60 * 60_000);
  expect(await overdue()).toMatchObject([{ field: "contacts" }]);
});
