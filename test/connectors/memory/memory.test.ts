import { describe, expect, test } from "vitest";
import type { MemoryConnector, MemoryOptions } from "../../../src/connectors/memory/index.ts";
import { memory } from "../../../src/connectors/memory/index.ts";
import type { EmailKey } from "../../../src/model/email.ts";
import type { Operation } from "../../../src/model/operation.ts";
import { OPEN_GATE } from "../../support/open-gate.ts";

const PROPERTIES = [{ property: "name", type: "text" }] as const;
const live = (): AbortSignal => new AbortController().signal;

function system(options: Partial<MemoryOptions> = {}): { it: MemoryConnector; pass: (ms: number) => void } {
  let time = Date.UTC(2026, 0, 1);
  const it = memory("klaviyo", { now: () => time, ...options });
  it.user.makeCollection("all");
  return { it, pass: (ms) => (time += ms) };
}

const update = (id: string, name: string | null): Operation => ({
  kind: "update",
  traceId: `u-${id}-${name}`,
  side: "klaviyo",
  email: "a@example.com" as EmailKey,
  id,
  values: { name },
});
const create = (email: string): Operation => ({
  kind: "create",
  traceId: `c-${email}`,
  side: "klaviyo",
  email: email as EmailKey,
  values: { name: " Ada " },
  lists: [],
});
const write = async (it: MemoryConnector, ...operations: Operation[]) =>
  (await it.contacts.write(operations, PROPERTIES, OPEN_GATE, live())).results;

async function changed(it: MemoryConnector, cursor: string | null) {
  const names: unknown[] = [];
  let next = cursor ?? "";
  for await (const page of it.contacts.pull(
    { collections: ["all"], properties: PROPERTIES },
    cursor,
    live(),
  )) {
    if (page.kind === "contacts") names.push(...page.contacts.map(({ values }) => values["name"]));
    next = page.cursor;
  }
  return { names, cursor: next };
}

describe("a memory that misbehaves", () => {
  test("normalises what it stores, and says what it stored", async () => {
    const { it } = system({
      quirks: { normalise: (_, value) => (typeof value === "string" ? value.trim().toLowerCase() : value) },
    });
    expect((await write(it, create("a@example.com")))[0]).toMatchObject({ stored: { name: "ada" } });
  });

  test("tells nothing of what it imports, but of what it empties", async () => {
    const { it } = system({ quirks: { importLike: true } });
    const id = it.user.create("a@example.com", { name: "Ada" });
    const [created, updated, emptied] = await write(
      it,
      create("b@example.com"),
      update(id, "x"),
      update(id, null),
    );
    expect(created).toMatchObject({ outcome: "done", id: null, stored: null });
    expect(updated).toMatchObject({ outcome: "done", stored: null });
    expect(emptied).toMatchObject({ outcome: "done", id, stored: { name: null } });
  });

  test("does not answer, having done it or not", async () => {
    const { it } = system();
    it.quirks.unanswered = () => "applied";
    expect(await write(it, create("a@example.com"))).toEqual([{ outcome: "unknown" }]);
    it.quirks.unanswered = () => "not_applied";
    expect(await write(it, create("b@example.com"))).toEqual([{ outcome: "unknown" }]);
    expect(it.user.all().map(({ shownEmail }) => shownEmail)).toEqual(["a@example.com"]);
    expect(it.writes.map(({ after }) => after?.shownEmail)).toEqual(["a@example.com", "a@example.com"]);
  });

  test("shows what was until its index has caught up, and then what is", async () => {
    const { it, pass } = system({ quirks: { indexLagMs: 1_000 } });
    const id = it.user.create("a@example.com", { name: "old" }, ["all"]);
    pass(5_000);
    const first = await changed(it, null);
    expect(first.names).toEqual(["old"]);
    pass(5_000);
    it.user.edit(id, { name: "new" });
    pass(500);
    const early = await changed(it, first.cursor);
    expect(early.names).not.toContain("new");
    expect((await it.contacts.read([id], PROPERTIES, live())).contacts[0]?.values).toEqual({ name: "new" });
    pass(600);
    expect((await changed(it, early.cursor)).names).toContain("new");
  });

  test("makes somebody twice while the first is not found yet", async () => {
    const { it, pass } = system({ quirks: { findLagMs: 1_000 } });
    await write(it, create("a@example.com"), create("a@example.com"));
    expect(it.user.all().length).toBe(2);
    pass(1_000);
    expect((await write(it, create("a@example.com")))[0]?.outcome).toBe("exists");
  });

  test("lets a user in before every operation, and an engine be killed there", async () => {
    const { it } = system();
    const id = it.user.create("a@example.com", { name: "old" });
    let calls = 0;
    it.quirks.before = (call) => {
      if (call === "write" && (calls += 1) === 2) throw new Error("killed");
    };
    await expect(write(it, update(id, "one"), update(id, "two"))).rejects.toThrow("killed");
    expect(it.user.value(id, "name")).toBe("one");
  });

  test("forgets a property without emptying it", async () => {
    const { it } = system();
    const id = it.user.create("a@example.com", { name: "Ada" });
    it.user.hideProperty("name");
    expect((await it.contacts.read([id], PROPERTIES, live())).contacts[0]?.values).toEqual({});
    it.user.hideProperty("name", false);
    expect((await it.contacts.read([id], PROPERTIES, live())).contacts[0]?.values).toEqual({ name: "Ada" });
  });

  test("is quick enough for thousands of histories", async () => {
    const started = performance.now();
    for (let history = 0; history < 300; history += 1) {
      const { it } = system();
      const ids = [1, 2, 3].map((at) => it.user.create(`p${at}@example.com`, { name: "n" }, ["all"]));
      let { cursor } = await changed(it, null);
      for (const id of ids) await write(it, update(id, "x"));
      ({ cursor } = await changed(it, cursor));
      await it.contacts.find(["p1@example.com" as EmailKey], PROPERTIES, live());
    }
    // 300 in 5 s is 3,600 a minute on a machine ten times slower than any this was written on.
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});
