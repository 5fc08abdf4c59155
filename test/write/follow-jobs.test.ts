import { afterEach, beforeEach, expect, test } from "vitest";
import type { Connector, JobState } from "../../src/connectors/connector.ts";
import type { Deps } from "../../src/lanes/deps.ts";
import { runContacts } from "../../src/lanes/contacts/run-contacts.ts";
import type { Engine } from "../support/engine.ts";
import { engine } from "../support/engine.ts";
import { fieldRule, mapping } from "../support/rule.ts";

let it: Engine;
let jo: string;
let profile: string;
let state: JobState;
/** What the vendor's list of jobs says. */
let listed: readonly string[];
/** What the job is going to write, at last. */
let late: () => void;
const one = mapping({ fields: [fieldRule("title", "title", { direction: "to_klaviyo" })] });

beforeEach(async () => {
  it = await engine();
  [state, listed, late] = ["running", [], () => {}];
  jo = it.hubspot.user.create("jo@example.com", { title: "Buyer" }, ["all"]);
  profile = it.klaviyo.user.create("jo@example.com", { title: "Buyer" }, ["engaged"]);
  await it.sync(one);
  it.hubspot.user.edit(jo, { title: "Boss" });
});
afterEach(() => it.fresh.drop());

/** Klaviyo, taking every update as a job. */
function withJobs(ends: "accepted" | "unanswered"): Deps {
  const deps = it.deps();
  const { klaviyo } = deps.connectors;
  const write: Connector["contacts"]["write"] = async (operations, _properties, gate) => {
    const admitted = await gate.admit(operations, "import");
    admitted?.permit.use();
    const [only] = admitted?.operations ?? [];
    late = () => {
      if (only?.kind === "update") it.klaviyo.user.edit(only.id, only.values);
    };
    const all = (outcome: "unknown" | "pending") => ({
      results: operations.map(() => ({ outcome })),
      stoppedBy: null,
    });
    if (ends === "unanswered") return all("unknown");
    await gate.accepted(operations, "job-1");
    return all("pending");
  };
  const jobs = { state: async () => state, find: async () => listed };
  const contacts = { ...klaviyo.contacts, write, jobs };
  return { ...deps, connectors: { ...deps.connectors, klaviyo: { ...klaviyo, contacts } } };
}

async function run(ends: "accepted" | "unanswered") {
  it.wait(60_000);
  const deps = withJobs(ends);
  const { counts } = await runContacts(deps, one, { trigger: "test" });
  return counts;
}

const rows = () =>
  it.fresh.database.journalRow.findMany({
    select: { outcome: true, jobId: true, jobSize: true },
    orderBy: { sentAt: "asc" },
  });

test("a job that has not ended is waited for by later runs, told, and nothing newer is sent before", async () => {
  expect((await run("accepted"))["importing"]).toBe(1);
  expect(await rows()).toEqual([{ outcome: "sent", jobId: "job-1", jobSize: 1 }]);
  const [link] = await it.fresh.database.link.findMany();
  expect(link).toMatchObject({ state: "waiting", reason: "Waits for Klaviyo's import" });
  it.hubspot.user.edit(jo, { title: "Chair" });
  await run("accepted");
  expect(await rows()).toEqual([{ outcome: "sent", jobId: "job-1", jobSize: 1 }]);
  late();
  state = "ended";
  await it.sync(one);
  // What the job wrote is not taken for an edit in Klaviyo, and what is newer goes out now.
  expect(it.klaviyo.user.value(profile, "title")).toBe("Chair");
  expect((await rows()).map(({ outcome }) => outcome)).toEqual(["done", "done"]);
  expect(await it.fresh.database.conflict.count()).toBe(0);
});

test("a job whose acceptance was never answered is found by its time and size, and waited for too", async () => {
  await run("unanswered");
  expect(await rows()).toEqual([{ outcome: "sent", jobId: null, jobSize: 1 }]);
  listed = ["job-7"];
  it.hubspot.user.edit(jo, { title: "Chair" });
  await run("unanswered");
  expect(await rows()).toEqual([{ outcome: "sent", jobId: "job-7", jobSize: 1 }]);
  late();
  state = "ended";
  await run("unanswered");
  expect((await rows())[0]).toMatchObject({ outcome: "done" });
});

test("one that Klaviyo never got is planned again", async () => {
  await run("unanswered");
  await run("accepted");
  expect((await rows()).map(({ outcome, jobId }) => [outcome, jobId])).toEqual([
    ["superseded", null],
    ["sent", "job-1"],
  ]);
});
