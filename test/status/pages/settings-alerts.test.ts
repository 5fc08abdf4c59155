import type { FastifyInstance } from "fastify";
import { afterEach, beforeEach, expect, test } from "vitest";
import { demoMapping } from "../../../src/cli/rehearsal/demo-mapping.ts";
import { statusApp } from "../../../src/status/frame/status-app.ts";
import { noteChannel } from "../../../src/store/alerts/alert-channels.ts";
import { openAlert } from "../../../src/store/alerts/alerts.ts";
import { rememberMapping } from "../../../src/store/runs/mapping-versions.ts";
import { hashPassword } from "../../../src/status/frame/access/password.ts";
import type { FreshDatabase } from "../../support/fresh-database.ts";
import { freshDatabase } from "../../support/fresh-database.ts";
import { PASSWORD, closed, statusDeps, visit } from "../app.ts";
import type { Seed } from "../seed.ts";
import { NOW, seed } from "../seed.ts";
import { storeOf } from "../../../src/store/database/store.ts";

let fresh: FreshDatabase;
let it: Seed;
let app: FastifyInstance;
beforeEach(async () => {
  fresh = await freshDatabase();
  it = await seed(fresh, "demo");
  const text = `${demoMapping("http://127.0.0.1:1", "http://127.0.0.1:2")}
alerts: [{ when: stopped, to: [slack, webhook] }]
channels:
  slack: { webhook: { env: SLACK_URL } }
  webhook: { url: { env: HOOK_URL }, secret: { env: HOOK_SECRET } }
`;
  await rememberMapping(storeOf(fresh.database, it.connectionId), "h", text, NOW);
});
afterEach(async () => {
  await app.close();
  await fresh.drop();
});

test("Settings shows which alerts are open, and which channel does not work", async () => {
  const alert = { type: "stopped", severity: "critical", summary: "It stopped <here>" } as const;
  const words = { cause: "", fix: "", toldTo: ["slack"], startedAt: NOW };
  await openAlert(storeOf(fresh.database, it.connectionId), { ...alert, ...words }, NOW);
  await noteChannel(storeOf(fresh.database, it.connectionId), "webhook", "It answered 500", NOW);
  app = await statusApp(statusDeps(fresh, it.connectionId));
  const page = (await visit(app).get("/settings")).body.replaceAll(/\s+/g, " ");
  expect(page).toContain("It stopped &#60;here&#62;");
  expect(page).toMatch(/Webhook<\/th> <td><span class="tag bad">Failing<\/span> for \d+ s: It answered 500/);
  expect(page).toMatch(/Slack<\/th> <td>Not used yet/);
});

test("an operator sends a test alert, which leaves a message for each channel and a line in the audit", async () => {
  const users = [
    { name: "ann", role: "viewer", hash: await hashPassword(PASSWORD) },
    { name: "bo", role: "operator", hash: await hashPassword(PASSWORD) },
  ] as const;
  app = await statusApp(statusDeps(fresh, it.connectionId, { access: closed(users) }));
  const viewer = visit(app);
  await viewer.get("/sign-in");
  await viewer.post("/sign-in", { name: "ann", password: PASSWORD });
  expect((await viewer.get("/settings")).body).not.toContain("Send test alert");
  expect((await viewer.post("/settings/alerts/test", {})).status).toBe(403);
  const operator = visit(app);
  await operator.get("/sign-in");
  await operator.post("/sign-in", { name: "bo", password: PASSWORD });
  expect((await operator.get("/settings")).body).toContain("Send test alert");
  expect((await operator.post("/settings/alerts/test", {})).location).toBe("/settings#alerts");
  expect((await operator.get("/settings")).body).toContain("Test alert on its way to 2 channels");
  const messages = await fresh.database.alertMessage.findMany({ orderBy: { id: "asc" } });
  expect(messages.map(({ channel, kind }) => [channel, kind])).toEqual([
    ["slack", "test"],
    ["webhook", "test"],
  ]);
  const [entry] = await fresh.database.auditEntry.findMany({ orderBy: { seq: "desc" }, take: 1 });
  expect(entry).toMatchObject({ who: "bo", action: "test_alert" });
});
