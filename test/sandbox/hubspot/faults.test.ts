import { Client } from "@hubspot/api-client";
import { expect, test, vi } from "vitest";
import { hubspotSandbox } from "../../../src/sandbox/hubspot/sandbox.ts";
import { startVendor } from "../../../src/sandbox/server.ts";
import { world } from "../../../src/sandbox/world.ts";
import { vendorError, startHubspot } from "./start-hubspot.ts";

const CREATE = { properties: { email: "ann@example.com" }, associations: [] };

test("a 503 before the work leaves nothing, a 503 after it leaves a contact nobody was told of", async () => {
  const { client, hubspot, world } = await startHubspot();
  world.faults.add({
    match: "/crm/v3/objects/contacts",
    times: 1,
    fault: { kind: "status", status: 503, applied: "before" },
  });
  expect((await vendorError(client.crm.contacts.basicApi.create(CREATE))).code).toBe(503);
  expect(hubspot.counts()["contacts"]).toBe(0);
  world.faults.add({
    match: "/crm/v3/objects/contacts",
    times: 1,
    fault: { kind: "status", status: 503, applied: "after" },
  });
  expect((await vendorError(client.crm.contacts.basicApi.create(CREATE))).code).toBe(503);
  expect(hubspot.counts()["contacts"]).toBe(1);
  expect((await vendorError(client.crm.contacts.basicApi.create(CREATE))).code).toBe(409);
});

test("a page of HTML reaches the SDK as text", async () => {
  const { client, world } = await startHubspot();
  world.faults.add({ match: "contacts", times: 1, fault: { kind: "html", status: 502, applied: "before" } });
  const { code, body } = await vendorError(client.crm.contacts.basicApi.getPage());
  expect(code).toBe(502);
  expect(body).toMatch(/^<!DOCTYPE html>/);
});

test("a dropped connection is an error without a code, whether or not the work was done", async () => {
  const { client, hubspot, world } = await startHubspot();
  for (const applied of ["before", "after"] as const) {
    world.faults.add({ method: "POST", match: "contacts", times: 1, fault: { kind: "reset", applied } });
    await expect(client.crm.contacts.basicApi.create(CREATE)).rejects.toThrow("fetch failed");
    expect(hubspot.counts()["contacts"]).toBe(applied === "before" ? 0 : 1);
  }
});

test("half an answer cannot be parsed though the work was done", async () => {
  const { client, hubspot, world } = await startHubspot();
  world.faults.add({ match: "contacts", times: 1, fault: { kind: "truncated-json" } });
  await expect(client.crm.contacts.basicApi.create(CREATE)).rejects.toThrow(SyntaxError);
  expect(hubspot.counts()["contacts"]).toBe(1);
});

test("a call that hangs does so until its caller gives up", async () => {
  const { url, hubspot, world } = await startHubspot();
  world.faults.add({ match: "contacts", times: 1, fault: { kind: "hang", applied: "after" } });
  const given = fetch(`${url}/crm/v3/objects/contacts`, {
    method: "POST",
    headers: { authorization: "Bearer pat-eu1-rehearsal", "content-type": "application/json" },
    body: JSON.stringify({ properties: CREATE.properties }),
    signal: AbortSignal.timeout(100),
  });
  await expect(given).rejects.toThrow(/timeout/);
  expect(hubspot.counts()["contacts"]).toBe(1);
  expect(world.truth.calls).toMatchObject([
    { status: 0, mutating: true, operation: "/crm/v3/objects/contacts" },
  ]);
});

test("a portal that is moving says when to come back", async () => {
  const { call, world } = await startHubspot();
  world.faults.add({ match: "lists", times: 1, fault: { kind: "status", status: 477, applied: "before" } });
  const answer = await call("GET", "/crm/v3/lists/1");
  expect(answer.status).toBe(477);
  expect(answer.headers.get("retry-after")).toBe("3600");
});

test("a fault lets calls pass first and strikes as often as it was told to", async () => {
  const { call, world } = await startHubspot();
  const fault = { kind: "status", status: 500, applied: "before" } as const;
  world.faults.add({ method: "GET", match: "account-info", skip: 1, times: 2, fault });
  const statuses: number[] = [];
  for (let count = 0; count < 4; count += 1) {
    statuses.push((await call("GET", "/account-info/v3/details")).status);
  }
  expect(statuses).toEqual([200, 500, 500, 200]);
});

test("stopping the server ends a call that hangs", async () => {
  const own = world(1);
  const hubspot = hubspotSandbox(own, { tokens: ["pat"] });
  const running = await startVendor(hubspot.vendor);
  own.faults.add({ match: "contacts", times: 1, fault: { kind: "hang", applied: "before" } });
  const client = new Client({ accessToken: "pat", basePath: running.url });
  const hanging = Promise.allSettled([client.crm.contacts.basicApi.getPage()]);
  await vi.waitUntil(() => own.truth.calls.length === 1);
  await running.close();
  expect(await hanging).toMatchObject([{ status: "rejected", reason: { message: "fetch failed" } }]);
});

test("a rehearsal server is not to be reached from outside", async () => {
  const hubspot = hubspotSandbox(world(1));
  await expect(startVendor(hubspot.vendor, { host: "0.0.0.0" })).rejects.toThrow("loopback");
});
