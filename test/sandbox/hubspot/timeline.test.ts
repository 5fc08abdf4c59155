import { TimelineEventTemplateTokenTypeEnum } from "@hubspot/api-client/lib/codegen/crm/timeline/index.js";
import { expect, test } from "vitest";
import type { InstalledApp } from "./install-app.ts";
import { installApp } from "./install-app.ts";
import type { StartedHubspot } from "./start-hubspot.ts";
import { vendorError, startHubspot } from "./start-hubspot.ts";

/** Timeline v3: limits of March 2025, and the page of the endpoint for "the last wins". */

interface WithTemplate extends StartedHubspot {
  readonly installed: InstalledApp;
  readonly template: string;
  readonly ada: string;
}

async function withTemplate(): Promise<WithTemplate> {
  const started = await startHubspot();
  const installed = await installApp(started, { timelineV3: true });
  const { id } = await installed.client.crm.timeline.templatesApi.create(Number(installed.app.appId), {
    name: "Clicked e-mail",
    objectType: "contacts",
    headerTemplate: "Clicked {{subject}}",
    detailTemplate:
      "{{#if url}}Link: {{url}}{{/if}} at {{#formatDate when}}{{/formatDate}}, {{extraData.tool}}",
    tokens: [
      { name: "subject", label: "Subject", type: TimelineEventTemplateTokenTypeEnum.String },
      { name: "url", label: "URL", type: TimelineEventTemplateTokenTypeEnum.String },
      { name: "when", label: "When", type: TimelineEventTemplateTokenTypeEnum.Date },
      {
        name: "kind",
        label: "Kind",
        type: TimelineEventTemplateTokenTypeEnum.Enumeration,
        options: [{ label: "Bot", value: "bot" }],
      },
      {
        name: "score",
        label: "Score",
        type: TimelineEventTemplateTokenTypeEnum.Number,
        objectPropertyName: "lead_score",
      },
    ],
  });
  const [ada = ""] = started.hubspot.seedContacts([{ properties: { email: "ada@example.com" } }]);
  return { ...started, installed, template: id, ada };
}

const incidents = ({ hubspot }: StartedHubspot) => hubspot.timelineCounts().incidents;

test("an event shows on the contact as its template says, and is there to be read and rendered", async () => {
  const { hubspot, installed, template, ada } = await withTemplate();
  const { eventsApi } = installed.client.crm.timeline;
  const sent = await eventsApi.create({
    eventTemplateId: template,
    id: "e1",
    objectId: ada,
    timestamp: new Date("2026-06-01T10:00:00Z"),
    tokens: {
      subject: "Spring <sale>",
      url: "https://example.com",
      when: "2026-06-01T10:00:00Z",
      score: "7",
    },
    extraData: { tool: "Klaviyo" },
  });
  expect(sent).toMatchObject({ id: "e1", objectId: ada, objectType: "contacts", eventTemplateId: template });
  const detail = "Link: https://example.com at 2026-06-01 10:00, Klaviyo";
  expect(hubspot.timelineOf({ id: ada })).toMatchObject([
    { kind: "timeline", at: "2026-06-01T10:00:00.000Z", header: "Clicked Spring &lt;sale&gt;", detail },
  ]);
  expect((await eventsApi.getById(template, "e1")).tokens["subject"]).toBe("Spring <sale>");
  expect((await eventsApi.getDetailById(template, "e1")).details).toBe(detail);
  expect(await eventsApi.getRenderById(template, "e1", false)).toBe("Clicked Spring &lt;sale&gt;");
  // A token that stands for a property writes it.
  expect(hubspot.dumpContacts().contacts[0]?.properties["lead_score"]).toBe("7");
});

test("no private app and no service key comes to the timeline, whatever its scopes", async () => {
  const { hubspot, call, template, ada } = await withTemplate();
  const event = { eventTemplateId: template, objectId: ada, tokens: {} };
  for (const kind of ["private-app", "service-key"] as const) {
    hubspot.setToken("pat-eu1-rehearsal", { kind, scopes: ["timeline", "crm.objects.contacts.write"] });
    for (const path of ["v3/events", "2026-03/events"]) {
      const answer = await call("POST", `/integrators/timeline/${path}`, event);
      expect(answer).toMatchObject({ status: 403, body: { category: "MISSING_SCOPES" } });
    }
  }
  expect(hubspot.timelineOf({ id: ada })).toEqual([]);
});

test("an app without templates of the old days is refused, for templates and for events", async () => {
  const started = await startHubspot();
  const { app, client, call } = await installApp(started);
  const template = { name: "New", objectType: "contacts", tokens: [] };
  const refused = await vendorError(client.crm.timeline.templatesApi.create(Number(app.appId), template));
  expect(refused.code).toBe(403);
  const event = { eventTemplateId: "1", email: "ada@example.com", tokens: {} };
  expect((await call("POST", "/integrators/timeline/v3/events", event)).status).toBe(403);
});

test("templates belong to the developer's key: no bearer token and no other key opens them", async () => {
  const { installed } = await withTemplate();
  const path = `/integrators/timeline/v3/${installed.app.appId}/event-templates`;
  expect((await installed.call("GET", path)).status).toBe(401);
  expect((await installed.call("GET", `${path}?hapikey=wrong`)).status).toBe(401);
  const all = await installed.call("GET", `${path}?hapikey=${installed.app.developerKey}`);
  expect(all).toMatchObject({ status: 200, body: { results: [{ name: "Clicked e-mail" }] } });
});

test("a template and its tokens can be read, changed and deleted", async () => {
  const { installed, template } = await withTemplate();
  const { templatesApi, tokensApi } = installed.client.crm.timeline;
  const appId = Number(installed.app.appId);
  await tokensApi.create(template, appId, {
    name: "city",
    label: "City",
    type: TimelineEventTemplateTokenTypeEnum.String,
  });
  await tokensApi.archive(template, "kind", appId);
  const names = (await templatesApi.getById(template, appId)).tokens.map(({ name }) => name);
  expect(names).toEqual(["subject", "url", "when", "score", "city"]);
  const change = { id: template, name: "Clicked", headerTemplate: "H", tokens: [] };
  expect(await templatesApi.update(template, appId, change)).toMatchObject({ name: "Clicked", tokens: [] });
  await templatesApi.archive(template, appId);
  expect((await templatesApi.getAll(appId)).results).toEqual([]);
});

test("of one id on two contacts the last wins, and the first has no trace of it", async () => {
  const started = await withTemplate();
  const { hubspot, installed, template, ada } = started;
  const [ben = ""] = hubspot.seedContacts([{ properties: { email: "ben@example.com" } }]);
  const { eventsApi } = installed.client.crm.timeline;
  const event = { eventTemplateId: template, id: "same", tokens: { subject: "A" } };
  await eventsApi.create({ ...event, objectId: ada });
  await eventsApi.create({ ...event, objectId: ben });
  expect([hubspot.timelineOf({ id: ada }).length, hubspot.timelineOf({ id: ben }).length]).toEqual([0, 1]);
  await eventsApi.create({ ...event, objectId: ben });
  expect(hubspot.timelineOf({ id: ben })).toHaveLength(1);
  expect(incidents(started)).toMatchObject({ movedBetweenObjects: 1, sentAgain: 1 });
});

test("an address beside an object id changes the contact's address; an unknown one alone makes a contact", async () => {
  const started = await withTemplate();
  const { hubspot, installed, template, ada } = started;
  const { eventsApi } = installed.client.crm.timeline;
  const event = { eventTemplateId: template, tokens: {} };
  await eventsApi.create({ ...event, objectId: ada });
  await eventsApi.create({ ...event, email: "ada@example.com" });
  await eventsApi.create({ ...event, objectId: ada, email: "Ada@example.com" });
  expect(incidents(started)).toMatchObject({ contactsCreated: 0, emailsChanged: 0 });
  await eventsApi.create({ ...event, objectId: ada, email: "other@example.com" });
  await eventsApi.create({ ...event, email: "nobody@example.com" });
  expect(incidents(started)).toMatchObject({ contactsCreated: 1, emailsChanged: 1 });
  const emails = hubspot.dumpContacts().contacts.map(({ properties }) => properties["email"]);
  expect(new Set(emails)).toEqual(new Set(["nobody@example.com", "other@example.com"]));
});

test("a batch takes what is good and tells what is not with a 207", async () => {
  const { hubspot, installed, template, ada } = await withTemplate();
  const path = "/integrators/timeline/v3/events/batch/create";
  const event = { eventTemplateId: template, objectId: ada };
  const good = { ...event, id: "good", tokens: { subject: "A" } };
  expect((await installed.call("POST", path, { inputs: [good] })).status).toBe(201);
  const wrong = [
    { ...event, id: "nobody", objectId: "1", tokens: {} },
    { ...event, id: "number", tokens: { score: "many" } },
    { ...event, id: "option", tokens: { kind: "human" } },
    { ...event, id: "token", tokens: { unheard: "of" } },
    { ...event, id: "large", tokens: { subject: "x".repeat(510 * 1024 + 1) } },
  ];
  const more = { ...event, id: "more", tokens: { kind: "bot" } };
  const answer = await installed.call("POST", path, { inputs: [more, ...wrong] });
  expect(answer).toMatchObject({ status: 207, body: { numErrors: 5, results: [{ id: "more" }] } });
  const errors = answer.body["errors"] as { context: { id: string[] } }[];
  expect(errors.flatMap(({ context }) => context.id)).toEqual(wrong.map(({ id }) => id));
  expect(hubspot.timelineOf({ id: ada })).toHaveLength(2);
  const many = Array.from({ length: 101 }, (_, index) => ({ ...good, id: String(index) }));
  expect((await installed.call("POST", path, { inputs: many })).status).toBe(400);
});

test("what is too large is refused in the words of the changelog", async () => {
  const { installed, template, ada } = await withTemplate();
  const send = (event: object) =>
    installed.call("POST", "/integrators/timeline/v3/events", {
      eventTemplateId: template,
      objectId: ada,
      ...event,
    });
  const id = "i".repeat(501);
  expect(await send({ id, tokens: {} })).toMatchObject({
    status: 400,
    body: { status: 400, errors: [{ message: `Event ${id} failed with validation error(s)` }] },
  });
  expect((await send({ id: "i".repeat(500), tokens: { subject: "x".repeat(510 * 1024) } })).status).toBe(201);
  expect((await send({ id: "whole", tokens: {}, extraData: { x: "x".repeat(1024 * 1024) } })).status).toBe(
    400,
  );
});

test("the events of a merged contact follow it", async () => {
  const { hubspot, installed, template, ada } = await withTemplate();
  const event = { eventTemplateId: template, id: "before", objectId: ada, tokens: { subject: "Old" } };
  await installed.client.crm.timeline.eventsApi.create(event);
  const [ben = ""] = hubspot.seedContacts([{ properties: { email: "ben@example.com" } }]);
  const survivor = hubspot.mergeContacts({ id: ben }, { id: ada });
  expect(hubspot.timelineOf({ id: survivor })).toMatchObject([{ id: "before", header: "Clicked Old" }]);
});
