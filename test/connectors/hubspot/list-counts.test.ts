import { expect, it, onTestFinished } from "vitest";
import type { Connector, Cursor, PullPage } from "../../../src/connectors/connector.ts";
import type { Settings } from "../../../src/sandbox/hubspot/settings.ts";
import { live, rehearse } from "./rehearsal.ts";
import type { Rehearsal } from "./rehearsal.ts";
import { stub } from "./stub.ts";

const MINUTE = 60_000;

interface Started extends Rehearsal {
  readonly list: string;
  readonly ids: readonly string[];
}

async function withMembers(count: number, settings: Partial<Settings>): Promise<Started> {
  const started = await rehearse({ indexLagMs: 0, ...settings });
  onTestFinished(() => started.close());
  const list = started.portal.createList("Members");
  const ids = started.portal.seedContacts(
    Array.from({ length: count }, (_, index) => ({
      properties: { email: `person-${index}@example.com` },
      lists: [list],
    })),
  );
  started.pass();
  // HubSpot's ids do not ascend with creation; it tells members by id.
  return { ...started, list, ids: ids.toSorted() };
}

async function pull(connector: Connector, list: string, cursor: Cursor | null) {
  const pages: PullPage[] = [];
  const scope = { collections: [list], properties: [] };
  for await (const page of connector.contacts.pull(scope, cursor, live())) pages.push(page);
  const rosters = pages.flatMap((page) => (page.kind === "roster" ? [page.ids] : []));
  return { pages, rosters, cursor: pages.at(-1)?.cursor ?? null };
}

it("a leave is seen as fast where HubSpot leaves the size of a list out as where it tells it", async () => {
  for (const listsTellSize of [true, false]) {
    const { connector, portal, list, ids, clock } = await withMembers(5, { listsTellSize });
    let { cursor } = await pull(connector, list, null);
    clock.advance(5 * MINUTE);
    ({ cursor } = await pull(connector, list, cursor));
    portal.changeMembers(list, { remove: [ids[0] ?? ""] });
    clock.advance(5 * MINUTE);
    const { rosters } = await pull(connector, list, cursor);
    expect(rosters).toEqual([ids.slice(1)]);
  }
});

it("one who leaves while another joins is seen by the time of the last leave, though the count stays", async () => {
  const { connector, portal, list, ids, clock } = await withMembers(5, { listsTellSize: false });
  const [other = ""] = portal.seedContacts([{ properties: { email: "other@example.com" } }]);
  portal.changeMembers(list, { remove: [ids[4] ?? ""] });
  let { cursor } = await pull(connector, list, null);
  clock.advance(5 * MINUTE);
  ({ cursor } = await pull(connector, list, cursor));
  portal.changeMembers(list, { remove: [ids[0] ?? ""] });
  portal.changeMembers(list, { add: [other] });
  clock.advance(5 * MINUTE);
  const { rosters } = await pull(connector, list, cursor);
  expect(rosters.flat().includes(ids[0] ?? "")).toBe(false);
  expect(rosters.flat().includes(other)).toBe(true);
});

it("nobody is absent from a list whose processing HubSpot has paused, and who left is found afterwards", async () => {
  const { connector, portal, list, ids, clock } = await withMembers(5, {});
  let { cursor } = await pull(connector, list, null);
  portal.set({ pausedLists: ["Members"] });
  portal.changeMembers(list, { remove: [ids[0] ?? ""] });
  clock.advance(5 * MINUTE);
  const paused = await pull(connector, list, cursor);
  expect(paused.rosters).toEqual([]);
  ({ cursor } = paused);
  portal.set({ pausedLists: [] });
  clock.advance(5 * MINUTE);
  expect((await pull(connector, list, cursor)).rosters).toEqual([ids.slice(1)]);
});

it("several lists are asked for in one request, which HubSpot's date-based paths take", async () => {
  const { connector, portal, list, world } = await withMembers(2, {});
  const other = portal.createList("Others");
  const scope = { collections: [list, other], properties: [] };
  for await (const page of connector.contacts.pull(scope, null, live())) void page;
  const requested = world.truth.calls.filter(({ path }) => /\/lists\/[^/?]*\??/.test(path));
  expect(requested.filter(({ path }) => path.includes("listIds="))).toMatchObject([{ status: 200 }]);
  expect(world.truth.calls.filter(({ status }) => status === 404)).toEqual([]);
});

it("a search for lists names the ids and the kinds of lists, which its specification requires", async () => {
  const bodies: unknown[] = [];
  const { connector } = await stub(({ path, body }) => {
    if (/\/lists\/.*search$/.test(path)) bodies.push(body);
    return { status: 200, body: { results: [], lists: [], hasMore: false, offset: 0, total: 0 } };
  });
  await connector.outline(live()).catch(() => null);
  expect(bodies).toMatchObject([{ listIds: [], processingTypes: [] }]);
});

it("a roster with a member that does not say who it is proves nobody's leave, and is read again at the next pull", async () => {
  const { connector, portal, list, ids, clock, world } = await withMembers(5, {});
  let { cursor } = await pull(connector, list, null);
  clock.advance(5 * MINUTE);
  ({ cursor } = await pull(connector, list, cursor));
  portal.changeMembers(list, { remove: [ids[0] ?? ""] });
  clock.advance(5 * MINUTE);
  const results = [null, ...ids.slice(2)].map((recordId) => ({
    recordId,
    membershipTimestamp: "2026-06-15T09:00:00Z",
  }));
  const body = { results, total: 4 };
  world.faults.add({
    match: "/memberships?",
    times: 1,
    fault: { kind: "status", status: 200, applied: "before", body },
  });
  const broken = await pull(connector, list, cursor);
  expect(broken.pages.flatMap((page) => (page.kind === "roster" ? [page.last] : []))).toEqual([false]);
  expect(broken.pages.filter(({ kind }) => kind === "collection_gone")).toMatchObject([
    { collection: list, problem: { code: "SK-MEMBERS" } },
  ]);
  clock.advance(5 * MINUTE);
  const whole = await pull(connector, list, broken.cursor);
  expect(whole.rosters).toEqual([ids.slice(1)]);
  expect(whole.pages.flatMap((page) => (page.kind === "roster" ? [page.last] : []))).toEqual([true]);
});
