import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { envExample } from "../../../src/cli/setup/init-files.ts";
import { KEY_SCOPES } from "../../../src/mapping/key-scopes.ts";
import type { Side } from "../../../src/model/side.ts";
import type { Rehearsal } from "../../../src/sandbox/rehearsal/rehearsal.ts";
import type { FreshDatabase } from "../../support/fresh-database.ts";
import { freshDatabase } from "../../support/fresh-database.ts";
import { realEngine, rehearsedMapping, startUnlimited, untilSearchable } from "../../support/real-engine.ts";

/** `config/env.example` and what `tandem init` writes ask for the scopes that a sync needs, and for no other. */
const EXAMPLE = readFileSync(new URL("../../../config/env.example", import.meta.url), "utf8");
const WRITTEN = envExample({ hubspot: { env: "HUBSPOT_TOKEN" }, klaviyo: { env: "KLAVIYO_API_KEY" } });

test.each([
  ["config/env.example", EXAMPLE],
  ["the .env.example of init", WRITTEN],
])("%s names exactly these scopes, and says to leave out the one that subscribes", (_name, text) => {
  const named = text.match(/\bcrm\.[a-z.]+[a-z]|\b[a-z]+:(?:read|write)\b/g) ?? [];
  expect(named.toSorted()).toEqual(
    [...KEY_SCOPES.hubspot, ...KEY_SCOPES.klaviyo, "subscriptions:write"].toSorted(),
  );
  expect(text).toContain("leave out subscriptions:write");
});

/** Every file of src. */
function sources(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.includes("generated"))
    .map((name) => readFileSync(join(folder, name), "utf8"))
    .join("\n");
}

test("config/env.example names no variable that nothing reads", () => {
  const all = sources(new URL("../../../src", import.meta.url).pathname);
  const named = [...EXAMPLE.matchAll(/^#?([A-Z][A-Z_]+)=/gm)].map(([, name = ""]) => name);
  expect(named.length).toBeGreaterThan(8);
  // Keys and channels are named by the mapping.
  const mapping = readFileSync("config/mapping.example.yaml", "utf8");
  const read = (name: string): boolean => all.includes(`"${name}"`) || mapping.includes(`{ env: ${name} }`);
  expect(named.filter((name) => !read(name))).toEqual([]);
});

describe("over the vendors' own wire", () => {
  let rehearsal: Rehearsal;
  let fresh: FreshDatabase;
  beforeEach(async () => {
    rehearsal = await startUnlimited({ seed: 5, contacts: 5 });
    fresh = await freshDatabase();
  });
  afterEach(async () => {
    await rehearsal.close();
    await fresh.drop();
  });

  /** The problems of scopes after a sync with keys that lack one scope, or none. */
  async function synced(without: string | null): Promise<readonly string[]> {
    const scopes = (side: Side) => KEY_SCOPES[side].filter((scope) => scope !== without);
    rehearsal.hubspot.sandbox.setToken(rehearsal.hubspot.token, { scopes: scopes("hubspot") });
    rehearsal.klaviyo.sandbox.addKey({ key: rehearsal.klaviyo.key, scopes: scopes("klaviyo") });
    const real = realEngine(rehearsal, fresh);
    const mapping = rehearsedMapping(rehearsal);
    const list = rehearsal.story.hubspotList;
    const email = "scopes@example.com";
    rehearsal.hubspot.sandbox.seedContacts([{ properties: { email, firstname: "Ann" }, lists: [list] }]);
    untilSearchable(rehearsal);
    await real.sync(mapping);
    const rows = await fresh.database.problem.findMany({ where: { code: { endsWith: "-SCOPE" } } });
    return [...new Set(rows.map(({ code }) => code))];
  }

  test("keys with these scopes sync", async () => {
    expect(await synced(null)).toEqual([]);
    expect(rehearsal.klaviyo.sandbox.profile("scopes@example.com")?.attributes["first_name"]).toBe("Ann");
  });

  test.each([...KEY_SCOPES.hubspot, ...KEY_SCOPES.klaviyo])("a key without %s does not", async (scope) => {
    expect(await synced(scope)).toEqual([scope.startsWith("crm.") ? "HS-SCOPE" : "KL-SCOPE"]);
  });
});
