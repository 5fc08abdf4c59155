import { expect, test } from "vitest";
import type { Answer } from "./start-hubspot.ts";
import { startHubspot } from "./start-hubspot.ts";

test("everything a person does in HubSpot can be rehearsed over HTTP, as that person", async () => {
  const { call, client } = await startHubspot();
  const post = async (path: string, body: unknown) => {
    const answer = await call("POST", `/_sandbox/${path}`, body);
    expect({ path, ...answer }).toMatchObject({ path, status: 200 });
    return answer.body;
  };
  const list = (await post("lists", { name: "Newsletter" }))["id"] as string;
  const contacts = [1, 2, 3].map((n) => ({ properties: { email: `p${n}@example.com` }, lists: [list] }));
  const [one, two, three] = (await post("contacts", { contacts }))["ids"] as string[];
  await post("contacts/edit", { email: "p1@example.com", properties: { city: "Bonn" } });
  await post("contacts/archive", { id: two });
  const merged = (await post("contacts/merge", { primary: { id: one }, other: { id: three } }))["id"];
  await post("lists/members", { listId: list, remove: [merged] });
  await post("lists", { listId: list, name: "News" });
  await post("properties", { name: "persona", removeOption: "user" });
  await post("properties", { name: "seats", readOnly: true });
  await post("properties", { name: "lead_score", archive: true });
  await post("objects", { type: "companies", properties: { name: "Example" }, contacts: [{ id: merged }] });
  await post("subscriptions", { email: "p1@example.com", unsubscribeFromAll: true });
  await post("settings", { indexLagMs: 10 });
  await post("token", { token: "second", appId: "2", scopes: [] });
  const log = (await call("GET", "/_sandbox/log?since=0")).body["changes"] as {
    actor: string;
    action: string;
  }[];
  expect(new Set(log.map(({ actor }) => actor))).toEqual(new Set(["user"]));
  const dump = await call("GET", "/_sandbox/contacts");
  expect(dump.body).toMatchObject({
    contacts: [{ id: merged, properties: { city: "Bonn", hs_email_optout: "true" }, lists: [] }],
    next: null,
  });
  expect((await call("GET", "/_sandbox/lists")).body).toEqual({
    lists: [{ id: list, name: "News", processingType: "MANUAL", size: 0 }],
  });
  expect((await call("GET", "/_sandbox/state")).body).toMatchObject({ counts: { contacts: 1 }, tokens: 2 });
  await post("token", { token: "pat-eu1-rehearsal", revoke: true });
  await expect(client.crm.contacts.basicApi.getPage()).rejects.toMatchObject({ code: 401 });
});

test("two contacts can be forced to have one address; the older one is found by it", async () => {
  const { call, client } = await startHubspot();
  const contacts = [{ properties: { email: "a@example.com" } }];
  const seed = (force: boolean) => call("POST", "/_sandbox/contacts", { contacts, force });
  expect((await seed(false)).status).toBe(200);
  expect((await seed(false)).status).toBe(409);
  const forced = await seed(true);
  const [second] = forced.body["ids"] as string[];
  const page = await client.crm.contacts.basicApi.getPage();
  expect(page.results.map(({ properties }) => properties["email"])).toEqual([
    "a@example.com",
    "a@example.com",
  ]);
  const found = await client.crm.contacts.basicApi.getById("a@example.com", [], [], [], false, "email");
  expect(found.id).not.toBe(second);
});

test("time is moved and faults are set over HTTP, and control calls are not recorded", async () => {
  const { call, clock, world } = await startHubspot();
  const before = clock.now();
  await call("POST", "/_sandbox/time", { advance_ms: 5_000 });
  expect(clock.now()).toBe(before + 5_000);
  const fault = {
    match: "account-info",
    times: 1,
    fault: { kind: "status", status: 500, applied: "before" },
  };
  expect((await call("POST", "/_sandbox/faults", fault)).status).toBe(200);
  expect((await call("POST", "/_sandbox/faults", { match: "x", fault: { kind: "strange" } })).status).toBe(
    400,
  );
  expect((await call("GET", "/account-info/v3/details")).status).toBe(500);
  await call("POST", "/_sandbox/faults", fault);
  await call("DELETE", "/_sandbox/faults");
  expect((await call("GET", "/account-info/v3/details")).status).toBe(200);
  const { calls } = (await call("GET", "/_sandbox/calls?since=0")).body;
  expect(calls).toMatchObject([{ status: 500 }, { status: 200 }]);
  expect(world.truth.calls).toHaveLength(2);
});

test("contacts are dumped page by page", async () => {
  const { call, hubspot } = await startHubspot();
  const ids = hubspot.seedContacts([1, 2, 3].map((n) => ({ properties: { email: `p${n}@example.com` } })));
  const seen: string[] = [];
  let next: string | null = null;
  do {
    const after = next === null ? "" : `&after=${next}`;
    const { body }: Answer = await call("GET", `/_sandbox/contacts?limit=2${after}`);
    seen.push(...(body["contacts"] as { id: string }[]).map(({ id }) => id));
    next = body["next"] as string | null;
  } while (next !== null);
  expect(seen).toEqual(ids.toSorted());
});

test.each([
  ["faults", { match: "x", times: 0, fault: { kind: "truncated-json" } }, "[0].times"],
  ["faults", { match: "x", fault: { kind: "strange" } }, "[0].fault.kind"],
  ["faults", [{ match: "x", fault: { kind: "html", status: 99, applied: "before" } }], "[0].fault.status"],
  ["time", { advance_ms: -1 }, "advance_ms"],
  ["time", { advance_ms: 1e300 }, "advance_ms"],
  ["settings", { indexLag: 10 }, "indexLag"],
  ["settings", { timeZone: "Mars/Olympus" }, "timeZone"],
  ["settings", { tier: "gold" }, "tier"],
  ["contacts", { contacts: [null] }, "contacts[0]"],
  ["contacts", { contacts: [{ properties: { email: "a@example.com" }, list: ["1"] }] }, '"list"'],
  ["lists", { name: "News", processingType: "STATIC" }, "MANUAL"],
  ["properties", { name: "seats", objectType: "pets", readOnly: true }, "contacts"],
  ["subscriptions", { email: "a@example.com", subscriptionId: 1, state: "MAYBE" }, "UNSUBSCRIBED"],
  ["objects", { type: "pets" }, "type"],
  ["token", { token: "" }, "token"],
])("a mistake sent to /_sandbox/%s, %j, is told and changes nothing", async (path, body, words) => {
  const { call, hubspot, world } = await startHubspot();
  const before = { ...hubspot.state.settings };
  const answer = await call("POST", `/_sandbox/${path}`, body);
  expect(answer).toMatchObject({ status: 400, body: { message: expect.stringContaining(words) } });
  expect([world.truth.changes, world.faults.pending(), hubspot.state.tokens.size]).toEqual([[], [], 1]);
  expect(hubspot.state.settings).toEqual(before);
  expect((await call("GET", "/account-info/v3/details")).status).toBe(200);
});

test.each(["log?since=yesterday", "calls?since=-1", "contacts?limit=0", "contacts?after=x"])(
  "a number that is none in /_sandbox/%s is no reason to show nothing",
  async (path) => {
    const { call } = await startHubspot();
    expect((await call("GET", `/_sandbox/${path}`)).status).toBe(400);
  },
);
