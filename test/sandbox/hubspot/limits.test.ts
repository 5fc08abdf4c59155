import { Client } from "@hubspot/api-client";
import { expect, test } from "vitest";
import { vendorError, startHubspot, TOKEN } from "./start-hubspot.ts";

test("nobody comes in without a token that is known", async () => {
  const { url, hubspot } = await startHubspot();
  const stranger = new Client({ accessToken: "pat-unknown", basePath: url });
  const unknown = await vendorError(stranger.crm.contacts.basicApi.getPage());
  expect(unknown).toMatchObject({ code: 401, body: { category: "INVALID_AUTHENTICATION" } });
  hubspot.revokeToken(TOKEN);
  const revoked = new Client({ accessToken: TOKEN, basePath: url });
  expect((await vendorError(revoked.crm.contacts.basicApi.getPage())).code).toBe(401);
});

test("an access token runs out", async () => {
  const { client, hubspot, clock } = await startHubspot();
  hubspot.setToken(TOKEN, { expiresAt: clock.now() + 1_800_000 });
  await client.crm.contacts.basicApi.getPage();
  clock.advance(1_875_000);
  const expired = await vendorError(client.crm.contacts.basicApi.getPage());
  expect(expired).toMatchObject({
    code: 401,
    body: {
      category: "EXPIRED_AUTHENTICATION",
      message: "The OAuth token used to make this call expired 75 second(s) ago.",
    },
  });
});

test("a scope that is missing is named", async () => {
  const { client, hubspot } = await startHubspot();
  hubspot.setToken(TOKEN, { scopes: ["crm.objects.contacts.read"] });
  await client.crm.contacts.basicApi.getPage();
  const create = client.crm.contacts.basicApi.create({ properties: { firstname: "A" }, associations: [] });
  expect(await vendorError(create)).toMatchObject({
    code: 403,
    body: {
      category: "MISSING_SCOPES",
      errors: [{ context: { requiredGranularScopes: ["crm.objects.contacts.write"] } }],
    },
  });
  expect(hubspot.counts()["contacts"]).toBe(0);
});

test("ten seconds hold as many calls as the tier allows, and no more", async () => {
  const { client, call, clock } = await startHubspot({ settings: { tier: "free" } });
  for (let count = 0; count < 99; count += 1) await call("GET", "/account-info/v3/details");
  const last = await call("GET", "/account-info/v3/details");
  expect(last.headers.get("x-hubspot-ratelimit-max")).toBe("100");
  expect(last.headers.get("x-hubspot-ratelimit-remaining")).toBe("0");
  expect(last.headers.get("x-hubspot-ratelimit-interval-milliseconds")).toBe("10000");
  expect(last.headers.get("x-hubspot-ratelimit-daily-remaining")).toBe("249900");
  const refused = await vendorError(client.crm.contacts.basicApi.getPage());
  expect(refused).toMatchObject({
    code: 429,
    body: {
      status: "error",
      message: "You have reached your ten_secondly_rolling limit.",
      errorType: "RATE_LIMIT",
      policyName: "TEN_SECONDLY_ROLLING",
    },
  });
  expect(refused.body).not.toHaveProperty("category");
  clock.advance(10_000);
  await client.crm.contacts.basicApi.getPage();
});

test("search has its own five a second, outside the ten seconds, with the daily headers only", async () => {
  const { client, call, clock } = await startHubspot({ settings: { burstLimit: 1 } });
  const search = () => client.crm.contacts.searchApi.doSearch({ filterGroups: [], limit: 1 });
  for (let count = 0; count < 5; count += 1) await search();
  const refused = await vendorError(search());
  expect(refused).toMatchObject({
    code: 429,
    body: { message: "You have reached your secondly limit.", category: "RATE_LIMITS" },
  });
  expect(refused.body).not.toHaveProperty("policyName");
  clock.advance(1_000);
  const answer = await call("POST", "/crm/v3/objects/contacts/search", {});
  expect(answer.status).toBe(200);
  expect(answer.headers.has("x-hubspot-ratelimit-daily")).toBe(true);
  expect(answer.headers.has("x-hubspot-ratelimit-max")).toBe(false);
});

test("the day ends at midnight in the time zone of the account", async () => {
  const { client, call, clock } = await startHubspot({
    settings: { dailyLimit: 3, timeZone: "Pacific/Kiritimati" },
  });
  for (let count = 0; count < 3; count += 1) await client.crm.contacts.basicApi.getPage();
  const refused = await vendorError(client.crm.contacts.basicApi.getPage());
  expect(refused).toMatchObject({
    code: 429,
    body: { message: "You have reached your daily limit.", policyName: "DAILY" },
  });
  // It was 23:00 there at the start.
  clock.advance(59 * 60_000);
  expect((await call("GET", "/account-info/v3/details")).status).toBe(429);
  clock.advance(60_000);
  const usage = await call("GET", "/account-info/v3/api-usage/daily/private-apps");
  expect(usage.body["results"]).toMatchObject([
    { usageLimit: 3, currentUsage: 1, resetsAt: "2026-06-16T10:00:00.000Z" },
  ]);
});

test("a portal without limits says nothing of any", async () => {
  const { call } = await startHubspot({ settings: { tier: "off" } });
  const answers = await Promise.all(
    Array.from({ length: 300 }, () => call("GET", "/account-info/v3/details")),
  );
  expect(answers.every(({ status }) => status === 200)).toBe(true);
  expect([...(answers[0]?.headers.keys() ?? [])].some((name) => name.includes("ratelimit"))).toBe(false);
});
