import { expect, test } from "vitest";
import type { StartedHubspot } from "./start-hubspot.ts";
import { vendorError, startHubspot } from "./start-hubspot.ts";

function seed({ hubspot }: StartedHubspot, count: number): readonly string[] {
  return hubspot.seedContacts(
    Array.from({ length: count }, (_, index) => ({ properties: { email: `p${index}@example.com` } })),
  );
}

test("lists are found by a part of their name, page by page, with their size as text", async () => {
  const { client, hubspot } = await startHubspot();
  for (const name of ["News A", "News B", "Other"]) hubspot.createList(name);
  const first = await client.crm.lists.listsApi.doSearch({
    query: "news",
    offset: 0,
    count: 1,
    additionalProperties: ["hs_list_size"],
  });
  expect(first).toMatchObject({ hasMore: true, offset: 1, total: 2 });
  expect(first.lists).toMatchObject([{ name: "News A", additionalProperties: { hs_list_size: "0" } }]);
  const second = await client.crm.lists.listsApi.doSearch({
    query: "news",
    offset: 1,
    count: 1,
    additionalProperties: [],
  });
  expect(second).toMatchObject({ hasMore: false, offset: 2 });
});

test("a list is got by id, with others, or by its name in any case", async () => {
  const { client, hubspot } = await startHubspot();
  const [one, two] = [hubspot.createList("Newsletter"), hubspot.createList("Active", "DYNAMIC")];
  expect((await client.crm.lists.listsApi.getById(one)).list).toMatchObject({ listId: one, size: 0 });
  expect(
    (await client.crm.lists.listsApi.getAll([one, two, "99"])).lists.map(({ listId }) => listId),
  ).toEqual([one, two]);
  expect((await client.crm.lists.listsApi.getByName("newsLETTER", "0-1")).list.listId).toBe(one);
  expect((await vendorError(client.crm.lists.listsApi.getById("99"))).code).toBe(404);
});

test("a name that is taken cannot be given again", async () => {
  const { client } = await startHubspot();
  const create = (name: string) =>
    client.crm.lists.listsApi.create({ name, objectTypeId: "0-1", processingType: "MANUAL" });
  await create("Newsletter");
  expect(await vendorError(create("newsletter"))).toMatchObject({
    code: 400,
    body: { subCategory: "ILS.DUPLICATE_LIST_NAMES" },
  });
});

test("adding passes over who is there and names who does not exist", async () => {
  const started = await startHubspot();
  const { client, hubspot, world } = started;
  const [ann = "", bob = ""] = seed(started, 2);
  const list = hubspot.createList("Newsletter");
  await client.crm.lists.membershipsApi.add(list, [ann]);
  const added = await client.crm.lists.membershipsApi.add(list, [ann, bob, "1"]);
  expect(added).toMatchObject({ recordsIdsAdded: [bob], recordIdsMissing: ["1"] });
  // Empty arrays are left out.
  expect(added.recordIdsRemoved).toBeUndefined();
  const both = await client.crm.lists.membershipsApi.addAndRemove(list, {
    recordIdsToAdd: [bob],
    recordIdsToRemove: [ann],
  });
  expect(both).toMatchObject({ recordIdsRemoved: [ann] });
  expect((await client.crm.lists.listsApi.getById(list)).list.size).toBe(1);
  const changes = world.truth.changes.filter(
    ({ action }) => action.startsWith("list.") && action !== "list.create",
  );
  expect(changes).toMatchObject([
    { actor: "api", action: "list.add", id: ann, after: { listId: list } },
    { actor: "api", action: "list.add", id: bob },
    { actor: "api", action: "list.remove", id: ann, before: { listId: list } },
  ]);
});

test("the members of a filtered list cannot be changed through the API", async () => {
  const started = await startHubspot();
  const [ann = ""] = seed(started, 1);
  const list = started.hubspot.createList("Active", "DYNAMIC");
  const { code } = await vendorError(started.client.crm.lists.membershipsApi.add(list, [ann]));
  expect(code).toBe(400);
  expect(started.hubspot.changeMembers(list, { add: [ann] }).added).toEqual([ann]);
});

test("members come by record id, forwards by after and backwards by before", async () => {
  const started = await startHubspot();
  const { client, hubspot } = started;
  const ids = seed(started, 5).toSorted();
  const list = hubspot.createList("Newsletter");
  hubspot.changeMembers(list, { add: ids.toReversed() });
  const page = async (after?: string, before?: string) => {
    const { results, paging } = await client.crm.lists.membershipsApi.getPage(list, after, before, 2);
    return {
      ids: results.map(({ recordId }) => recordId),
      after: paging?.next?.after,
      before: paging?.prev?.before,
    };
  };
  const first = await page();
  expect(first.ids).toEqual(ids.slice(0, 2));
  expect(first.before).toBeUndefined();
  const second = await page(first.after);
  expect(second.ids).toEqual(ids.slice(2, 4));
  const third = await page(second.after);
  expect(third.ids).toEqual(ids.slice(4));
  expect(third.after).toBeUndefined();
  expect((await page(undefined, third.before)).ids).toEqual(ids.slice(2, 4).toReversed());
});

test("a kept cursor of the join order brings who joined later, even after its owner left", async () => {
  const started = await startHubspot();
  const { client, hubspot } = started;
  const ids = seed(started, 5);
  const list = hubspot.createList("Newsletter");
  hubspot.changeMembers(list, { add: [ids[3] ?? "", ids[1] ?? "", ids[0] ?? ""] });
  const order = async (after?: string) => {
    const { results, paging } = await client.crm.lists.membershipsApi.getPageOrderedByAddedToListDate(
      list,
      after,
      undefined,
      2,
    );
    return { ids: results.map(({ recordId }) => recordId), after: paging?.next?.after };
  };
  const first = await order();
  expect(first.ids).toEqual([ids[3], ids[1]]);
  hubspot.changeMembers(list, { remove: [ids[1] ?? ""] });
  hubspot.changeMembers(list, { add: [ids[4] ?? ""] });
  expect((await order(first.after)).ids).toEqual([ids[0], ids[4]]);
});

test("a page of members is 250 at most", async () => {
  const { client, hubspot } = await startHubspot();
  const list = hubspot.createList("Newsletter");
  const call = client.crm.lists.membershipsApi.getPage(list, undefined, undefined, 251);
  expect((await vendorError(call)).code).toBe(400);
});

test("the lists of a contact are told, and an archived contact is on none", async () => {
  const started = await startHubspot();
  const { client, hubspot } = started;
  const [ann = ""] = seed(started, 1);
  const list = hubspot.createList("Newsletter");
  hubspot.changeMembers(list, { add: [ann] });
  const { results } = await client.crm.lists.membershipsApi.getLists("0-1", ann);
  expect(results).toMatchObject([{ listId: list }]);
  hubspot.archiveContact({ id: ann });
  expect((await client.crm.lists.membershipsApi.getPage(list)).results).toEqual([]);
});

test("a dynamic list that is being computed says so and shows nobody, by any way of asking", async () => {
  const started = await startHubspot();
  const { client, hubspot, clock } = started;
  const [ann = ""] = seed(started, 1);
  const list = hubspot.createList("Active", "DYNAMIC");
  hubspot.changeMembers(list, { add: [ann] });
  const { listsApi, membershipsApi } = client.crm.lists;
  const told = async () => {
    const { processingStatus, size } = (await listsApi.getById(list)).list;
    const members = (await membershipsApi.getPage(list)).results.length;
    const joins = (await membershipsApi.getPageOrderedByAddedToListDate(list)).results.length;
    return {
      processingStatus,
      size,
      members,
      joins,
      lists: (await membershipsApi.getLists("0-1", ann)).results.length,
    };
  };
  const whole = { processingStatus: "COMPLETE", size: 1, members: 1, joins: 1, lists: 1 };
  expect(await told()).toEqual(whole);
  hubspot.rebuildList(list, 60_000);
  expect(await told()).toEqual({ processingStatus: "PROCESSING", size: 0, members: 0, joins: 0, lists: 0 });
  clock.advance(60_000);
  expect(await told()).toEqual(whole);
});

test("nobody but HubSpot takes members off a dynamic list", async () => {
  const started = await startHubspot();
  const { call, client, hubspot } = started;
  const [ann = ""] = seed(started, 1);
  const list = hubspot.createList("Active", "DYNAMIC");
  hubspot.changeMembers(list, { add: [ann] });
  expect((await vendorError(client.crm.lists.membershipsApi.remove(list, [ann]))).code).toBe(400);
  expect((await call("DELETE", `/crm/v3/lists/${list}/memberships`)).status).toBe(400);
  expect(hubspot.state.lists.get(list)?.members.size).toBe(1);
});
