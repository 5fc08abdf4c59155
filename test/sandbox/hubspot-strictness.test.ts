import { expect, test } from "vitest";
import { refusal, startHubspot } from "./start-hubspot.ts";

test("a create of a taken address is answered with 400 or 409, as the portal is set", async () => {
  const { client, hubspot } = await startHubspot();
  const [ann] = hubspot.seedContacts([{ properties: { email: "ann@example.com" } }]);
  const create = () =>
    refusal(
      client.crm.contacts.basicApi.create({ properties: { email: "ANN@example.com" }, associations: [] }),
    );
  expect(await create()).toMatchObject({ code: 409 });
  hubspot.set({ takenEmailStatus: 400 });
  const { code, body } = await create();
  expect(code).toBe(400);
  expect(String(body["message"])).toMatch(
    new RegExp(`propertyName=email, value=ann@example.com} on \\d+\\. ${ann} already has that value`),
  );
});

test("a batch update passes over a merged-away id, without an error", async () => {
  const { client, hubspot } = await startHubspot();
  const [one = "", two = "", three = ""] = hubspot.seedContacts(
    ["a", "b", "c"].map((name) => ({ properties: { email: `${name}@example.com` } })),
  );
  hubspot.mergeContacts({ id: one }, { id: two });
  const { results } = await client.crm.contacts.batchApi.update({
    inputs: [two, three].map((id) => ({ id, properties: { city: "Bonn" }, objectWriteTraceId: id })),
  });
  expect(results.map(({ id }) => id)).toEqual([three]);
});

test("an emptied value is echoed as an empty text, and read as null", async () => {
  const { client, hubspot } = await startHubspot();
  const [id = ""] = hubspot.seedContacts([{ properties: { email: "a@example.com", city: "Bonn" } }]);
  const written = await client.crm.contacts.basicApi.update(id, { properties: { city: "" } });
  expect(written.properties["city"]).toBe("");
  expect((await client.crm.contacts.basicApi.getById(id, ["city"])).properties["city"]).toBeNull();
});

test("lists tell no size and are paused where the portal is set so; a search tells counts and the last leave", async () => {
  const { client, hubspot } = await startHubspot();
  const [ann = "", bob = ""] = hubspot.seedContacts(
    ["a", "b"].map((name) => ({ properties: { email: `${name}@example.com` } })),
  );
  const list = hubspot.createList("Members");
  hubspot.changeMembers(list, { add: [ann, bob] });
  hubspot.changeMembers(list, { remove: [bob] });
  hubspot.set({ listsTellSize: false, pausedLists: ["Members"] });
  const one = (await client.crm.lists.listsApi.getById(list)).list;
  expect([one.size, one.processingStatus]).toEqual([undefined, "PAUSED"]);
  const found = await client.crm.lists.listsApi.doSearch({
    listIds: [list],
    processingTypes: [],
    additionalProperties: [],
  });
  expect(found.lists[0]?.additionalProperties).toMatchObject({
    hs_list_size: "1",
    hs_last_record_removed_at: expect.stringMatching(/^\d{13}$/) as string,
  });
});
