import { expect, test } from "vitest";
import type { HubspotOptions } from "../../../src/sandbox/hubspot/sandbox.ts";
import { vendorError, startHubspot, TOKEN } from "./start-hubspot.ts";

const SCOPES = ["analytics.behavioral_events.send", "behavioral_events.event_definitions.read_write"];
const EVENT = "pe147893286_klaviyo_click";

async function enterprise(settings: HubspotOptions["settings"] = {}) {
  const started = await startHubspot({ settings: { tier: "enterprise", customEventLagMs: 0, ...settings } });
  started.hubspot.setToken(TOKEN, { scopes: [...SCOPES, "crm.objects.contacts.read"] });
  const define = (body: object = {}) =>
    started.call("POST", "/events/v3/event-definitions", {
      label: "Klaviyo click",
      name: "klaviyo_click",
      primaryObject: "CONTACT",
      propertyDefinitions: [{ name: "subject", label: "Subject", type: "string" }],
      ...body,
    });
  const [ada = ""] = started.hubspot.seedContacts([{ properties: { email: "ada@example.com" } }]);
  const event = (more: object = {}) => ({
    eventName: EVENT,
    objectId: ada,
    occurredAt: new Date("2026-06-01T10:00:00Z"),
    properties: { subject: "Spring sale" },
    ...more,
  });
  return { ...started, define, ada, event };
}

test("a definition is made once and says how its events look; an event is an empty 204", async () => {
  const { hubspot, client, call, define, ada, event } = await enterprise();
  expect(await define()).toMatchObject({ status: 201, body: { fullyQualifiedName: EVENT } });
  expect((await define()).status).toBe(409);
  const templates = { headerTemplate: "Clicked {{subject}}" };
  expect((await call("PATCH", `/events/v3/event-definitions/${EVENT}`, templates)).status).toBe(201);
  await client.events.send.basicApi.send(event());
  expect(hubspot.timelineOf({ id: ada })).toMatchObject([
    { kind: "custom-event", at: "2026-06-01T10:00:00.000Z", header: "Clicked Spring sale" },
  ]);
});

test("of one uuid the first within a year is taken, and nobody is told of the others", async () => {
  const { hubspot, call, clock, define, ada, event } = await enterprise();
  await define();
  const uuid = "6f1c7c2e-1111-4222-8333-944444444444";
  const inputs = [event({ uuid }), event({ uuid, properties: { subject: "Other" } }), event()];
  expect((await call("POST", "/events/v3/send/batch", { inputs })).status).toBe(204);
  expect((await call("POST", "/events/v3/send", event({ uuid }))).status).toBe(204);
  expect(hubspot.timelineOf({ id: ada }).map(({ values }) => values["subject"])).toEqual([
    "Spring sale",
    "Spring sale",
  ]);
  expect(hubspot.timelineCounts().incidents.sentAgain).toBe(2);
  clock.advance(366 * 86_400_000);
  await call("POST", "/events/v3/send", event({ uuid, properties: { subject: "A year later" } }));
  expect(hubspot.timelineOf({ id: ada }).map(({ values }) => values["subject"])).toContain("A year later");
});

test("what a definition does not know is refused, and a batch with it whole", async () => {
  const { hubspot, call, define, event } = await enterprise();
  await define();
  const send = async (more: object) => (await call("POST", "/events/v3/send", event(more))).status;
  expect(await send({ eventName: "pe147893286_unheard" })).toBe(400);
  expect(await send({ properties: { unheard: "of" } })).toBe(400);
  expect(await send({ objectId: "1" })).toBe(400);
  const many = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`hs_${index}`, "x"]));
  expect(await send({ properties: many })).toBe(400);
  const batch = (inputs: object[]) => call("POST", "/events/v3/send/batch", { inputs });
  expect((await batch([event(), event({ objectId: "1" })])).status).toBe(400);
  expect((await batch(Array.from({ length: 501 }, () => event()))).status).toBe(400);
  expect(hubspot.timelineCounts().byKind["custom-event"]).toBe(0);
});

test("an account below Enterprise has none of it, and one that is told to has", async () => {
  for (const tier of ["free", "professional"] as const) {
    const { define, call, event } = await enterprise({ tier });
    expect((await define()).status).toBe(403);
    expect((await call("POST", "/events/v3/send", event())).status).toBe(403);
  }
  const { define } = await enterprise({ tier: "free", customEvents: true });
  expect((await define()).status).toBe(201);
});

test("the usual scopes of a private app are not enough", async () => {
  const { client, define, event } = await enterprise();
  await define();
  const { client: other } = await startHubspot({ settings: { tier: "enterprise" } });
  const { code, body } = await vendorError(other.events.send.basicApi.send(event()));
  expect({ code, body }).toMatchObject({ code: 403, body: { category: "MISSING_SCOPES" } });
  await expect(client.events.send.basicApi.send(event())).resolves.toBeUndefined();
});

test("sending counts neither against ten seconds nor against the day", async () => {
  const { hubspot, call, define, event } = await enterprise({ burstLimit: 3, dailyLimit: 5 });
  await define();
  for (let number = 0; number < 10; number += 1) {
    const answer = await call("POST", "/events/v3/send", event());
    expect(answer.status).toBe(204);
    expect([...answer.headers.keys()].filter((name) => name.includes("ratelimit"))).toEqual([]);
  }
  expect(hubspot.timelineCounts().byKind["custom-event"]).toBe(10);
});

test("more than 1,250 sendings in a second are too many", async () => {
  const { hubspot, call, define, event } = await enterprise();
  await define();
  hubspot.keep().limits.sends.times = Array.from({ length: 1_250 }, () => Date.parse("2026-06-15T09:00:00Z"));
  expect((await call("POST", "/events/v3/send", event())).status).toBe(429);
});

test("an event can be read back once it was processed, at the path of each generation", async () => {
  const { call, clock, define, ada, event } = await enterprise({ customEventLagMs: 60_000 });
  await define();
  await call("POST", "/events/v3/send", event({ uuid: "u1" }));
  const query = `objectType=contact&objectId=${ada}&eventType=${EVENT}&occurredAfter=2026-05-01T00:00:00Z`;
  expect((await call("GET", `/events/v3/events?${query}`)).body).toEqual({ results: [] });
  clock.advance(60_000);
  for (const path of [
    "/events/v3/events",
    "/events/event-occurrences/2026-03",
    "/events/event-occurrences/2026-09",
  ]) {
    const { body } = await call("GET", `${path}?${query}`);
    expect(body).toMatchObject({
      results: [
        { eventType: EVENT, objectId: ada, objectType: "CONTACT", properties: { subject: "Spring sale" } },
      ],
    });
  }
});

test("an address nobody has makes a contact, unless the portal is told not to; that is counted", async () => {
  const { hubspot, call, define, event } = await enterprise();
  await define();
  const { objectId: _none, ...anybody } = event({ email: "nobody@example.com" }) as Record<string, unknown>;
  expect((await call("POST", "/events/v3/send", anybody)).status).toBe(204);
  expect(hubspot.timelineCounts().incidents.contactsCreated).toBe(1);
  hubspot.set({ customEventsCreateContacts: false });
  expect((await call("POST", "/events/v3/send", { ...anybody, email: "other@example.com" })).status).toBe(
    400,
  );
});
