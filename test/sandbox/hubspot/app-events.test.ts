import { expect, test } from "vitest";
import { installApp } from "./install-app.ts";
import { startHubspot } from "./start-hubspot.ts";

/** App events of 2026-03. */

const EVENTS = "/integrators/timeline/2026-03/events";

async function approvedApp() {
  const started = await startHubspot();
  const installed = await installApp(started, { appEvents: true });
  const eventTypeName = started.hubspot.addEventType(installed.app.appId, {
    name: "clicked",
    objectType: "CONTACT",
    headerTemplate: "Clicked {{subject}}",
    tokens: [{ name: "subject", label: "Subject", type: "string" }],
  });
  const [ada = ""] = started.hubspot.seedContacts([{ properties: { email: "ada@example.com" } }]);
  const event = (id: string) => ({
    eventTypeName,
    id,
    objectId: ada,
    properties: { subject: "Spring sale" },
  });
  return { ...started, installed, ada, event };
}

test("an occurrence is taken once; sent again it is a 409 and stays as it was", async () => {
  const { hubspot, installed, ada, event } = await approvedApp();
  expect(await installed.call("POST", EVENTS, event("one"))).toMatchObject({
    status: 201,
    body: { id: "one" },
  });
  const again = { ...event("one"), properties: { subject: "Other" } };
  const refused = await installed.call("POST", EVENTS, again);
  expect(refused).toMatchObject({ status: 409, body: { category: "CONFLICT" } });
  expect(hubspot.timelineOf({ id: ada })).toMatchObject([
    { kind: "app-event", header: "Clicked Spring sale" },
  ]);
  expect(hubspot.timelineCounts().incidents.sentAgain).toBe(1);
});

test("of a batch with one occurrence that is there, or one that is wrong, none is taken", async () => {
  const { hubspot, installed, event } = await approvedApp();
  const batch = (...inputs: object[]) => installed.call("POST", `${EVENTS}/batch`, { inputs });
  expect((await batch(event("one"), event("two"))).status).toBe(200);
  expect((await batch(event("three"), event("two"))).status).toBe(409);
  expect((await batch(event("four"), event("four"))).status).toBe(409);
  expect((await batch(event("five"), { ...event("six"), objectId: "1" })).status).toBe(400);
  expect(hubspot.timelineCounts().byKind["app-event"]).toBe(2);
});

test("an app that HubSpot has not approved, or was not granted the scope, sends nothing", async () => {
  const { hubspot, installed, event, ...started } = await approvedApp();
  const other = await installApp({ hubspot, ...started });
  expect((await other.call("POST", EVENTS, event("x"))).status).toBe(403);
  hubspot.setToken(installed.accessToken, { scopes: ["crm.objects.contacts.write"] });
  const refused = await installed.call("POST", EVENTS, event("x"));
  expect(refused).toMatchObject({
    status: 403,
    body: { errors: [{ context: { requiredGranularScopes: ["timeline"] } }] },
  });
});

test("the full name of an event type is told to a developer, and to no installation", async () => {
  const { hubspot, installed, event } = await approvedApp();
  const path = "/integrators/timeline/2026-03/types/projects";
  const requested = { projectName: "tandem", developerSymbol: "clicked" };
  expect((await installed.call("POST", path, requested)).status).toBe(403);
  hubspot.setToken(installed.accessToken, { scopes: ["developers-read", "timeline"] });
  const found = await installed.call("POST", path, requested);
  expect(found).toMatchObject({ status: 200, body: { fullyQualifiedName: event("x").eventTypeName } });
  const none = await installed.call("POST", path, { projectName: "tandem", developerSymbol: "opened" });
  expect(none.status).toBe(404);
});

test("an unknown address makes a contact here too, and is counted", async () => {
  const { hubspot, installed, event } = await approvedApp();
  const { objectId: _none, ...anybody } = event("x");
  await installed.call("POST", EVENTS, { ...anybody, email: "nobody@example.com" });
  expect(hubspot.timelineCounts().incidents.contactsCreated).toBe(1);
});
