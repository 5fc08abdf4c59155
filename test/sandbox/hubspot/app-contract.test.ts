import { expect, test } from "vitest";
import { installApp, postForm } from "./install-app.ts";
import { startHubspot } from "./start-hubspot.ts";

test("every endpoint that an app's token opens answers its code", async () => {
  const started = await startHubspot();
  const { app, call, refreshToken } = await installApp(started, { timelineV3: true, appEvents: true });
  const { appId, developerKey, clientId: client_id, clientSecret: client_secret } = app;
  const [ann] = started.hubspot.seedContacts([{ properties: { email: "ann@example.com" } }]);
  const eventTypeName = started.hubspot.addEventType(appId, { name: "clicked", tokens: [] });
  const templates = `/integrators/timeline/v3/${appId}/event-templates`;
  const key = `?hapikey=${developerKey}`;
  const event = { eventTemplateId: "1000001", objectId: ann, tokens: {} };
  const nobody = { ...event, objectId: "1" };
  const occurrence = (id: string) => ({ eventTypeName, id, objectId: ann, properties: {} });
  const dated = "/integrators/timeline/2026-03/events";
  const rows: readonly (readonly [number, string, string, unknown?])[] = [
    [201, "POST", templates + key, { name: "T", objectType: "contacts", tokens: [] }],
    [200, "GET", templates + key],
    [200, "GET", `${templates}/1000001${key}`],
    [201, "POST", "/integrators/timeline/v3/events", { ...event, id: "one" }],
    [201, "POST", "/integrators/timeline/v3/events/batch/create", { inputs: [event] }],
    [207, "POST", "/integrators/timeline/v3/events/batch/create", { inputs: [event, nobody] }],
    [200, "GET", "/integrators/timeline/v3/events/1000001/one"],
    [200, "GET", "/integrators/timeline/v3/events/1000001/one/detail"],
    [200, "GET", "/integrators/timeline/v3/events/1000001/one/render"],
    [201, "POST", dated, occurrence("one")],
    [409, "POST", dated, occurrence("one")],
    [400, "POST", dated, { ...occurrence("two"), objectId: "1" }],
    [200, "POST", `${dated}/batch`, { inputs: [occurrence("two")] }],
    [409, "POST", `${dated}/batch`, { inputs: [occurrence("two")] }],
    // No 2026-09 of it is published.
    [404, "POST", "/integrators/timeline/2026-09/events", occurrence("three")],
  ];
  for (const [status, method, path, body] of rows) {
    const answer = await call(method, path, body);
    expect({ method, path, status: answer.status, body: answer.body }).toMatchObject({
      method,
      path,
      status,
    });
  }
  const form = { grant_type: "refresh_token", client_id, client_secret, refresh_token: refreshToken };
  expect((await postForm(started.url, "/oauth/2026-03/token", form)).status).toBe(200);
});
