import { expect, test } from "vitest";
import { watchedGate } from "../../support/open-gate.ts";
import { live, people, rehearse, update } from "./rehearse.ts";

const PROPERTIES = [{ property: "first_name", type: "text" }] as const;
const DAY = 86_400_000;

test("a job that is slower than any wait of ours is pending, its id told when it is accepted, and followed to its end", async () => {
  const klaviyo = await rehearse();
  const { sandbox, world, connector } = klaviyo;
  sandbox.configure({ import_queued_ms: 600_000, import_processing_ms: 600_000 });
  const updates = sandbox.seed(people(100)).map((id) => update(id, { first_name: "new" }));
  const since = world.clock.now();
  const accepted: { readonly job: string; readonly calls: number }[] = [];
  const gate = watchedGate(
    (operations) => operations,
    (job) => accepted.push({ job, calls: klaviyo.called("get_bulk_import_profiles_job") }),
  );
  const { results } = await connector.contacts.write(updates, PROPERTIES, gate, live());
  expect(new Set(results.map(({ outcome }) => outcome))).toEqual(new Set(["pending"]));
  // Before anybody asked about it: a process that dies while it waits knows the job.
  expect(accepted).toEqual([{ job: accepted[0]?.job, calls: 0 }]);
  const { jobs } = connector.contacts;
  const job = accepted[0]?.job ?? "";
  expect(await jobs?.state(job, live())).toBe("running");
  expect(await jobs?.find(since, 100, live())).toEqual([job]);
  expect(await jobs?.find(since, 99, live())).toEqual([]);
  expect(await jobs?.find(world.clock.now() + DAY, 100, live())).toEqual([]);
  world.clock.advance(1_800_000);
  expect(await jobs?.state(job, live())).toBe("ended");
  // Klaviyo forgets its jobs after a week.
  world.clock.advance(8 * DAY);
  expect(await jobs?.state(job, live())).toBe("ended");
});

test("a job takes only what the gate still admits, and only the fields that it left", async () => {
  const klaviyo = await rehearse();
  const { sandbox, connector } = klaviyo;
  const ids = sandbox.seed(people(100).map((person) => ({ ...person, first_name: "old" })));
  const updates = ids.map((id) => update(id, { first_name: "new" }));
  const gate = watchedGate((operations, mode) => {
    expect(mode).toBe("import");
    return operations.slice(10);
  });
  const { results } = await connector.contacts.write(updates, PROPERTIES, gate, live());
  expect(results.slice(0, 10).map(({ outcome }) => outcome)).toEqual(Array(10).fill("not_sent"));
  expect(results.slice(10).every(({ outcome }) => outcome === "done")).toBe(true);
  expect(sandbox.profile(ids[0] ?? "")?.attributes["first_name"]).toBe("old");
});

test("nothing goes out where the gate admits nobody, in a job or one by one", async () => {
  const klaviyo = await rehearse();
  const { sandbox, connector } = klaviyo;
  const updates = sandbox.seed(people(100)).map((id) => update(id, { first_name: "new" }));
  const nobody = watchedGate(() => []);
  for (const some of [updates, updates.slice(0, 5)]) {
    const { results } = await connector.contacts.write(some, PROPERTIES, nobody, live());
    expect(new Set(results.map(({ outcome }) => outcome))).toEqual(new Set(["not_sent"]));
  }
  expect(klaviyo.called("bulk_import_profiles") + klaviyo.called("update_profile")).toBe(0);
});
