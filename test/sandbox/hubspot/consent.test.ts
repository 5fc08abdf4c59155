import { expect, test } from "vitest";
import { vendorError, startHubspot } from "./start-hubspot.ts";

const ANN = "ann@example.com";
const STATUSES = `/communication-preferences/v4/statuses/${encodeURIComponent(ANN)}`;

test("nobody is subscribed who never said so, and v3 and v4 say it each in its way", async () => {
  const { client, call } = await startHubspot();
  const { subscriptionStatuses } = await client.communicationPreferences.statusApi.getEmailStatus(ANN);
  expect(subscriptionStatuses).toMatchObject([
    { id: "1", status: "NOT_SUBSCRIBED", sourceOfStatus: "SUBSCRIPTION_STATUS" },
    { id: "2", status: "NOT_SUBSCRIBED" },
  ]);
  const v4 = await call("GET", `${STATUSES}?channel=EMAIL`);
  expect(v4.body["results"]).toMatchObject([
    { subscriptionId: 1, status: "NOT_SPECIFIED", channel: "EMAIL", subscriberIdString: ANN },
    { subscriptionId: 2, status: "NOT_SPECIFIED" },
  ]);
  expect((await call("GET", STATUSES)).status).toBe(400);
});

test("an unsubscribe shows on the contact, in its history and in its date", async () => {
  const { client, hubspot, call, clock, world } = await startHubspot();
  const [id = ""] = hubspot.seedContacts([{ properties: { email: ANN } }]);
  clock.advance(60_000);
  const answer = await call("POST", STATUSES, {
    subscriptionId: 1,
    statusState: "UNSUBSCRIBED",
    channel: "EMAIL",
  });
  expect(answer.body["results"]).toMatchObject([
    { subscriptionId: 1, status: "UNSUBSCRIBED", setStatusSuccessReason: "REQUESTED_CHANGE_OCCURRED" },
  ]);
  const again = await call("POST", STATUSES, {
    subscriptionId: 1,
    statusState: "UNSUBSCRIBED",
    channel: "EMAIL",
  });
  expect(again.body["results"]).toMatchObject([{ setStatusSuccessReason: "NO_STATUS_CHANGE" }]);
  const contact = await client.crm.contacts.basicApi.getById(id, ["hs_email_optout", "hs_email_optout_1"]);
  expect(contact.properties).toMatchObject({ hs_email_optout: null, hs_email_optout_1: "true" });
  expect(contact.updatedAt.getTime()).toBe(clock.now());
  expect(world.truth.changes.map(({ action }) => action)).toEqual([
    "contact.create",
    "subscription.unsubscribe",
  ]);
});

test("an opt-out from everything is told apart from one unsubscribe", async () => {
  const { client, hubspot, call } = await startHubspot();
  const [id = ""] = hubspot.seedContacts([{ properties: { email: ANN } }]);
  const all = `${STATUSES}/unsubscribe-all?channel=EMAIL`;
  expect((await call("GET", all)).body["results"]).toEqual([]);
  await call("POST", all);
  expect((await call("GET", all)).body["results"]).toMatchObject([
    { channel: "EMAIL", status: "UNSUBSCRIBED", subscriberIdString: ANN, wideStatusType: "PORTAL_WIDE" },
  ]);
  const { subscriptionStatuses } = await client.communicationPreferences.statusApi.getEmailStatus(ANN);
  expect(subscriptionStatuses[0]).toMatchObject({
    status: "NOT_SUBSCRIBED",
    sourceOfStatus: "PORTAL_WIDE_STATUS",
  });
  const contact = await client.crm.contacts.basicApi.getById(id, ["hs_email_optout"]);
  expect(contact.properties["hs_email_optout"]).toBe("true");
});

test("consent follows the address, not the contact", async () => {
  const { client, hubspot } = await startHubspot();
  hubspot.unsubscribeFromAll("gone@example.com");
  const [id = ""] = hubspot.seedContacts([{ properties: { email: ANN } }]);
  const optOut = async () =>
    (await client.crm.contacts.basicApi.getById(id, ["hs_email_optout"])).properties["hs_email_optout"];
  expect(await optOut()).toBeNull();
  hubspot.editContact({ id }, { email: "gone@example.com" });
  expect(await optOut()).toBe("true");
});

test("every subscribe is counted, by whichever endpoint, and whether or not it changed anything", async () => {
  const { client, call, world } = await startHubspot();
  const subscribe = { emailAddress: ANN, subscriptionId: "1" };
  await client.communicationPreferences.statusApi.subscribe(subscribe);
  await client.communicationPreferences.statusApi.subscribe(subscribe);
  await client.communicationPreferences.statusApi.unsubscribe(subscribe);
  const refused = await vendorError(client.communicationPreferences.statusApi.subscribe(subscribe));
  expect(refused).toMatchObject({
    code: 400,
    body: { message: "You cannot subscribe an unsubscribed address." },
  });
  const again = await call("POST", STATUSES, {
    subscriptionId: 1,
    statusState: "SUBSCRIBED",
    channel: "EMAIL",
  });
  expect(again.body["results"]).toMatchObject([{ setStatusSuccessReason: "RESUBSCRIBE_OCCURRED" }]);
  await call("POST", "/communication-preferences/2026-09/resubscribe", subscribe);
  const subscribes = world.truth.changes.filter(({ action }) => action === "subscription.subscribe");
  expect(subscribes).toHaveLength(4);
});

test("a portal under data-privacy rules wants a legal basis", async () => {
  const { call } = await startHubspot({ settings: { dataPrivacy: true } });
  const change = { subscriptionId: 1, statusState: "UNSUBSCRIBED", channel: "EMAIL" };
  expect((await call("POST", STATUSES, change)).status).toBe(400);
  const withBasis = { ...change, legalBasis: "CONSENT_WITH_NOTICE", legalBasisExplanation: "Asked to" };
  expect((await call("POST", STATUSES, withBasis)).status).toBe(200);
});

test("batches of consent need an Enterprise scope, and hide their errors in a 200", async () => {
  const { hubspot, call } = await startHubspot();
  const path = "/communication-preferences/v4/statuses/batch/write";
  expect((await call("POST", path, { inputs: [] })).status).toBe(403);
  hubspot.setToken("pat-eu1-rehearsal", { scopes: ["communication_preferences.statuses.batch.write"] });
  const answer = await call("POST", path, {
    inputs: [
      { subscriberIdString: ANN, subscriptionId: 1, statusState: "UNSUBSCRIBED", channel: "EMAIL" },
      { subscriberIdString: ANN, subscriptionId: 99, statusState: "UNSUBSCRIBED", channel: "EMAIL" },
    ],
  });
  expect(answer).toMatchObject({ status: 200, body: { numErrors: 1 } });
  expect(answer.body["results"]).toHaveLength(1);
});
