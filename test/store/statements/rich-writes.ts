import { randomUUID } from "node:crypto";
import type { Store } from "../../../src/store/database/store.ts";
import { Prisma } from "../../../src/store/generated/client.ts";
import type { Known, Person } from "./known.ts";
import { NOW, ago } from "./known.ts";
import { OLD_PROBLEM } from "./rich-people.ts";
import type { RichRuns } from "./rich-runs.ts";

/** What was sent and lost: every outcome, answered or not, alone or in a job. Tells of one lost value. */
export async function seedWrites(
  store: Store,
  links: Known["links"],
  { done, running, old }: RichRuns,
): Promise<bigint> {
  const { statements, connectionId } = store;
  const write = (person: Person, more: Partial<Prisma.JournalRowCreateManyInput>) => ({
    traceId: randomUUID(),
    linkId: links[person] ?? 0n,
    runId: done,
    side: "klaviyo",
    kind: "update",
    outcome: "done",
    before: { first: null },
    after: { first: "Jo", tags: ["a"] },
    source: { first: "Jo" },
    sentAt: ago(2),
    settledAt: ago(2),
    ...more,
  });
  const open = { outcome: "sent", settledAt: null, runId: running };
  const lost = { first: { kind: "changed_on_both", winner: "hubspot", won: "a", lost: null } };
  await statements.journalRow.createMany({
    data: [
      ...[1, 2, 3, 4].map((hours) => write("jo", { sentAt: ago(hours), refusedFields: ["tags"] })),
      write("jo", { kind: "create", before: {}, side: "hubspot", sentAt: ago(80) }),
      write("jo", {
        kind: "add_to_list",
        before: {},
        source: {},
        after: { list: "LIST" },
        problem: OLD_PROBLEM,
      }),
      write("jo", { kind: "opt_out", before: {}, source: {}, after: { kind: "all" } }),
      write("jo", { runId: old, sentAt: ago(9_000), problem: OLD_PROBLEM }),
      write("fay", { outcome: "refused", problem: OLD_PROBLEM }),
      write("fay", { outcome: "superseded", sentAt: ago(3), runId: old }),
      // The last write took the address; nobody has it now.
      write("ray", { before: { email: "ray@example.org" }, after: { email: null }, sentAt: ago(1) }),
      write("fay", { ...open, lost }),
      write("ann", { ...open, kind: "create", side: "hubspot", jobSize: 2 }),
      write("bob", { ...open, jobSize: 2, jobId: "JOB" }),
    ],
  });
  const conflict = {
    runId: done,
    linkId: links.jo ?? 0n,
    kind: "first_sync",
    winner: "hubspot",
    at: ago(1),
    won: "a",
  };
  const { id } = await statements.conflict.create({ data: { ...conflict, field: "first", lost: ["b"] } });
  const undone = { askedBy: "Kay", askedAt: ago(0.5) };
  await statements.conflict.create({
    data: {
      ...conflict,
      field: "tags",
      kind: "written_over",
      // Emptied, where it named a person who was erased.
      won: Prisma.DbNull,
      lost: Prisma.DbNull,
      undo: { create: undone },
    },
  });
  await statements.conflict.create({
    data: {
      ...conflict,
      runId: old,
      field: "empty",
      won: Prisma.JsonNull,
      lost: true,
      undo: { create: { ...undone, state: "done", settledAt: NOW } },
    },
  });
  await seedProblems(store, links);
  const stamp = { connectionId, contact: "1", email: "jo@example.com", runId: done, sentAt: ago(1) };
  const values = { before: { opens: null }, after: { opens: "3", engaged: true } };
  await statements.stamp.createMany({
    data: [
      { ...stamp, ...values, traceId: randomUUID(), outcome: "done", settledAt: ago(1) },
      { ...stamp, ...values, traceId: randomUUID(), outcome: "refused", problem: OLD_PROBLEM },
      { ...stamp, ...values, traceId: randomUUID(), contact: "99", email: "nobody@example.com" },
    ],
  });
  return id;
}

async function seedProblems({ statements, connectionId }: Store, links: Known["links"]): Promise<void> {
  const problem = { ...OLD_PROBLEM, connectionId, firstSeen: ago(5), lastSeen: ago(1) };
  await statements.problem.createMany({
    data: [
      { ...problem, linkId: links.fay ?? 0n, reference: "abc-1" },
      { ...problem, linkId: links.una ?? 0n, level: "contact", side: "hubspot", field: "", code: "HS-READ" },
      { ...problem, linkId: links.jo ?? 0n, level: "contact", field: "engagement", code: "HS-NOTE" },
      { ...problem, level: "connection", side: "", field: "", code: "SK-LIMIT" },
      { ...problem, level: "connection", field: "writes", code: "SK-WRITES" },
    ],
  });
}
