import { afterAll, beforeAll, expect, test } from "vitest";
import { EXIT } from "../../src/cli/exit-code.ts";
import { exitCodeFor } from "../../src/cli/runs/run-report.ts";
import { demoMapping } from "../../src/cli/rehearsal/demo-mapping.ts";
import type { OauthApp } from "../../src/sandbox/hubspot/oauth/oauth-app.ts";
import type { Rehearsal } from "../../src/sandbox/rehearsal/rehearsal.ts";
import { startRehearsal } from "../../src/sandbox/rehearsal/rehearsal.ts";
import { postForm } from "../sandbox/hubspot/install-app.ts";
import type { Folder } from "./command-line.ts";
import { makeFolder, tandem } from "./command-line.ts";

let rehearsal: Rehearsal;
let app: OauthApp;
let folder: Folder;
let mapping: string;
let secrets: Record<string, string>;

beforeAll(async () => {
  rehearsal = await startRehearsal({
    seed: 3,
    contacts: 10,
    hubspotPort: 0,
    klaviyoPort: 0,
    hubspot: { tier: "off", indexLagMs: 0 },
    klaviyo: { limits: "off" },
  });
  const { hubspot, klaviyo } = rehearsal;
  app = hubspot.sandbox.createApp();
  const { body } = await postForm(hubspot.url, "/oauth/2026-03/token", {
    grant_type: "authorization_code",
    client_id: app.clientId,
    client_secret: app.clientSecret,
    redirect_uri: app.redirectUris[0] ?? "",
    code: hubspot.sandbox.authorizeApp(app.appId),
  });
  folder = await makeFolder();
  const text = demoMapping(hubspot.url, klaviyo.url).replace(
    "    token: { env: TANDEM_DEMO_HUBSPOT }",
    [
      "    auth: oauth",
      `    client_id: ${app.clientId}`,
      "    client_secret: { env: HS_CLIENT_SECRET }",
      "    refresh_token: { env: HS_REFRESH_TOKEN }",
    ].join("\n"),
  );
  mapping = await folder.write("mapping.yaml", text);
  secrets = {
    HS_CLIENT_SECRET: app.clientSecret,
    HS_REFRESH_TOKEN: String(body["refresh_token"]),
    TANDEM_DEMO_KLAVIYO: klaviyo.key,
  };
});
afterAll(async () => {
  await folder.remove();
  await rehearsal.close();
});

const check = (env: Record<string, string> = {}) =>
  tandem(["check", mapping, "--remote"], { env: { ...secrets, ...env }, cwd: folder.path });

test("an installed app reads the account as a key does", async () => {
  expect(await check()).toMatchObject({ status: 0 });
});

test("each secret that is not there is named by its place", async () => {
  for (const name of ["HS_CLIENT_SECRET", "HS_REFRESH_TOKEN"]) {
    const { status, talk } = await check({ [name]: "" });
    expect(status).toBe(77);
    expect(talk).toContain(name);
  }
});

test("an app that was uninstalled is one message with what to do, and shows no secret", async () => {
  rehearsal.hubspot.sandbox.uninstallApp(app.appId);
  const { status, out, talk } = await check();
  expect(status).toBe(77);
  expect(out + talk).toContain("HS-AUTH-REVOKED");
  expect(out + talk).toContain("Install the app in HubSpot again");
  for (const secret of Object.values(secrets)) expect(out + talk).not.toContain(secret);
});

test("what a sign-in or a plan does not allow ends a command as refused keys do", () => {
  const codes = ["HS-AUTH-REVOKED", "HS-AUTH-CLIENT", "HS-EVENT-APP", "HS-EVENT-KEY", "HS-EVENT-PLAN"];
  expect(new Set(codes.map(exitCodeFor))).toEqual(new Set([EXIT.credentials]));
});
