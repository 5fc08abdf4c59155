import { describe, expect, test } from "vitest";
import { parseMapping } from "../../../src/mapping/parse-mapping.ts";
import { mappingText } from "../mapping-text.ts";
import { told, words } from "../told.ts";

const APP = [
  "auth: oauth",
  "client_id: 0a1b2c3d-0000-4000-8000-0123456789ab",
  "client_secret: { env: HS_CLIENT_SECRET }",
  "refresh_token: { file: /run/secrets/hubspot-refresh }",
] as const;

const without = (key: string): readonly string[] => APP.filter((line) => !line.startsWith(key));

/** The mapping with these lines in place of the portal and token. */
function signedIn(lines: readonly string[]): string {
  return mappingText().replace(
    "    portal_id: 1234567\n    token: { env: HUBSPOT_TOKEN }",
    lines.map((line) => `    ${line}`).join("\n"),
  );
}

describe("signing in to HubSpot as an installed app", () => {
  test("takes its client id, and points at its secrets", () => {
    const { mapping, diagnostics } = parseMapping(signedIn(APP), "test.yaml");
    expect(diagnostics).toEqual([]);
    expect(mapping?.hubspot).toMatchObject({
      token: { file: "/run/secrets/hubspot-refresh" },
      oauth: {
        clientId: "0a1b2c3d-0000-4000-8000-0123456789ab",
        clientSecret: { env: "HS_CLIENT_SECRET" },
        appId: null,
        developerKey: null,
        eventType: null,
      },
    });
  });

  test("takes what timeline templates and app events need", () => {
    const more = [
      ...APP,
      "app_id: 1234567",
      "developer_key: { env: HS_DEVELOPER_KEY }",
      "app_event: klaviyo_engagement",
    ];
    expect(parseMapping(signedIn(more), "test.yaml").mapping?.hubspot.oauth).toMatchObject({
      appId: "1234567",
      developerKey: { env: "HS_DEVELOPER_KEY" },
      eventType: "klaviyo_engagement",
    });
  });

  test("a service key needs nothing of it", () => {
    expect(parseMapping(mappingText(), "test.yaml").mapping?.hubspot).toEqual({
      token: { env: "HUBSPOT_TOKEN" },
      tokenExpires: null,
      portalId: "1234567",
      apiVersion: "2026-03",
      baseUrl: null,
    });
  });

  test.each(["client_id", "client_secret", "refresh_token"])("misses %s", (key) => {
    const text = signedIn(without(key));
    expect(told(text)).toEqual(["M103 5:3-10"]);
    expect(words(text).message).toBe(`\`connections.hubspot\` needs \`${key}\``);
  });

  test("misses the developer's key beside the app's number, and the number beside the key", () => {
    expect(words(signedIn([...APP, "app_id: 1234567"])).message).toContain("needs `developer_key`");
    expect(words(signedIn([...APP, "developer_key: { env: KEY }"])).message).toContain("needs `app_id`");
  });

  test("has no token beside it, and a token has nothing of an app", () => {
    expect(told(signedIn([...APP, "token: { env: HUBSPOT_TOKEN }"]))).toEqual(["M260 10:5-10"]);
    expect(told(mappingText({ hubspot: "client_secret: { env: A }" }))).toEqual(["M260 6:5-18"]);
    expect(told(mappingText({ hubspot: "app_event: ab" }))).toEqual(["M260 6:5-14"]);
  });

  test.each(["client_secret", "refresh_token", "developer_key"])("%s is never in the file itself", (key) => {
    const canary = "0a1b2c3d-1111-4000-8000-0123456789ab";
    const text = signedIn([
      ...without(key),
      ...(key === "developer_key" ? ["app_id: 1"] : []),
      `${key}: ${canary}`,
    ]);
    const { diagnostics } = parseMapping(text, "test.yaml");
    expect(diagnostics.map(({ code }) => code)).toEqual(["M120"]);
    expect(JSON.stringify(diagnostics)).not.toContain(canary);
  });

  test.each([
    ["client_id: no/id", "M105"],
    ["app_id: none", "M105"],
    ["app_event: { project: a, symbol: b }", "M105"],
  ])("refuses %s", (line, code) => {
    const key = line.split(":", 1)[0] ?? "";
    const { diagnostics } = parseMapping(signedIn([...without(key), line]), "test.yaml");
    expect(diagnostics.map((each) => each.code)).toContain(code);
  });

  test("Klaviyo signs in with a key alone", () => {
    expect(told(mappingText({ klaviyo: "auth: oauth" }))).toEqual(["M190 9:5-9"]);
  });
});
