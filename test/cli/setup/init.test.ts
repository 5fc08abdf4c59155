import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { mappingJsonSchema } from "../../../src/mapping/schema/mapping-json-schema.ts";
import { freshDatabase } from "../../support/fresh-database.ts";
import type { Closing } from "./beginner.ts";
import { beginnerWith, closeAll } from "./beginner.ts";

// Each of these runs several whole commands, one after the other.
vi.setConfig({ testTimeout: 120_000 });

const closing: Closing = [];
afterEach(() => closeAll(closing));
const beginner = (contacts: number) => beginnerWith(contacts, closing);

test("what init writes passes check --remote and can be planned, and not a call of it all writes", async () => {
  const it = await beginner(60);
  const fresh = await freshDatabase();
  closing.push(() => fresh.drop());
  const ended = await it.init();
  expect(ended).toMatchObject({ status: 0 });
  expect(ended.out).toMatch(
    /^Wrote config\/mapping\.schema\.json, \.env\.example, \.gitignore, config\/mapping\.yaml\./,
  );
  const text = it.read("config/mapping.yaml");
  expect(text).toMatch(/^# yaml-language-server: \$schema=\.\/mapping\.schema\.json\n/);
  expect(text).toMatch(/portal_id: \d+ #/);
  expect(text).toMatch(/account_id: "\w{6}" #/);
  expect(text).toMatch(/lists: \[1\] # All customers/);
  expect(text).toMatch(/subscribe: false/);
  expect(text).toMatch(/# filled: HubSpot \d+ %, Klaviyo \d+ %\n {2}- \{ hubspot: firstname/);
  expect(text).toMatch(/of US\.\n {4}transform: .*default_country: US/);
  expect(text).not.toContain(it.rehearsal.hubspot.token);
  expect(it.read(".env.example")).toMatch(/^HUBSPOT_TOKEN=\n[\s\S]*^KLAVIYO_API_KEY=\n/m);
  expect(JSON.parse(it.read("config/mapping.schema.json"))).toMatchObject({ title: "Tandem mapping" });
  expect(await it.run(["check"])).toMatchObject({
    status: 0,
    out: expect.stringContaining("is right") as string,
  });
  expect(await it.run(["check", "--remote"])).toMatchObject({ status: 0 });
  const plan = await it.run(["plan", "--json"], { DATABASE_URL: fresh.url });
  expect(plan).toMatchObject({ status: 0 });
  expect(it.writes()).toBe(0);
});

test("its suggestions, taken in, pass too", async () => {
  const it = await beginner(60);
  await it.init();
  const text = it.read("config/mapping.yaml");
  const taken = text.replaceAll(/^ {2}# (?=- \{)/gm, "  ");
  expect(taken.match(/^ {2}- \{ hubspot: persona, klaviyo: properties\.Persona, type: option \}$/m)).not.toBe(
    null,
  );
  expect(taken.match(/^ {2}- \{ hubspot: interests, .*type: list \}$/m)).not.toBe(null);
  await it.folder.write("config/mapping.yaml", taken);
  const check = await it.run(["check", "--remote", "--json"]);
  expect(JSON.parse(check.out)).toMatchObject({ errors: 0 });
});

test("the calls are few, however many people there are", async () => {
  const it = await beginner(700);
  await it.init();
  const calls = [it.rehearsal.hubspot, it.rehearsal.klaviyo].map(({ world }) => world.truth.calls.length);
  // Besides the lists and segments of Klaviyo that it counts, ten at most.
  expect(Math.max(...calls)).toBeLessThanOrEqual(20);
});

test("where no list is clearly the one, the file says where to write it, and check says the same", async () => {
  const it = await beginner(20);
  const { sandbox } = it.rehearsal.hubspot;
  const other = sandbox.createList("Partners");
  for (let number = 0; number < 25; number += 1)
    sandbox.seedContacts([{ properties: { email: `p${number}@example.com` }, lists: [other] }]);
  const unsubscribed = sandbox.createList("Unsubscribed 2024");
  sandbox.seedContacts(
    Array.from({ length: 90 }, (_, number) => ({
      properties: { email: `u${number}@example.com` },
      lists: [unsubscribed],
    })),
  );
  const { out } = await it.init();
  expect(out).toContain("No HubSpot list fits best");
  const text = it.read("config/mapping.yaml");
  expect(text).toMatch(/# The largest in HubSpot: .*Partners/);
  expect(text).not.toMatch(/The largest in HubSpot: .*Unsubscribed/);
  const check = await it.run(["check", "--remote"]);
  expect(check.status).toBe(78);
  expect(check.out).toMatch(/error\[M310\]: HubSpot has no list named `FILL THIS IN`/);
  expect(check.out).toContain("1 error");
});

test("two empty accounts get a mapping as well", async () => {
  const it = await beginner(0);
  expect(await it.init()).toMatchObject({ status: 0 });
  expect(it.read("config/mapping.yaml")).toMatch(/- \{ hubspot: firstname, klaviyo: first_name \}/);
  expect(await it.run(["check"])).toMatchObject({ status: 0 });
});

describe("init overwrites nothing", () => {
  test("a mapping that is there is refused before anybody is asked", async () => {
    const it = await beginner(0);
    await it.folder.write("mine.yaml", "mine");
    const { status, talk } = await it.init(["--config", "mine.yaml"]);
    expect(status).toBe(64);
    expect(talk).toMatch(/mine\.yaml is already there[\s\S]*fix: name another file/);
    expect(it.read("mine.yaml")).toBe("mine");
    expect(it.rehearsal.hubspot.world.truth.calls).toEqual([]);
  });

  test("the editor's schema laid out otherwise is the same one", async () => {
    const it = await beginner(0);
    await it.folder.write("mapping.schema.json", JSON.stringify(mappingJsonSchema()));
    const { out } = await it.init(["--config", "first.yaml"]);
    expect(out).toMatch(/^Wrote \.env\.example, \.gitignore, first\.yaml\./);
    expect(out).not.toContain("mapping.schema.json");
  });

  test("files beside it stay as they are, and that is said", async () => {
    const it = await beginner(0);
    await it.folder.write(".env.example", "MINE=");
    await it.folder.write("mapping.schema.json", "{}");
    const { status, out } = await it.init(["--config", "first.yaml"]);
    expect(status).toBe(0);
    expect(it.read(".env.example")).toBe("MINE=");
    expect(it.read("mapping.schema.json")).toBe("{}");
    expect(out).toContain(".env.example was there already and stays as it is.");
    expect(out).toContain("tandem schema > mapping.schema.json");
    expect(out).toContain("tandem check --remote --config first.yaml");
  });
});

describe("keys and addresses", () => {
  test("from a variable of another name and from a file, as the mapping then says", async () => {
    const it = await beginner(0);
    const file = await it.folder.write("klaviyo.key", `${it.rehearsal.klaviyo.key}\n`);
    const { status } = await it.init(["--hubspot-token-env", "HS_KEY", "--klaviyo-token-file", file], {
      HUBSPOT_TOKEN: "",
      KLAVIYO_API_KEY: "",
      HS_KEY: it.rehearsal.hubspot.token,
    });
    expect(status).toBe(0);
    expect(it.read("config/mapping.yaml")).toContain("token: { env: HS_KEY }");
    expect(it.read("config/mapping.yaml")).toContain(`token: { file: ${file} }`);
    expect(it.read(".env.example")).toMatch(/^HS_KEY=$/m);
  });

  test("one that is missing ends with 77, where to make it and how to give it", async () => {
    const it = await beginner(0);
    const { status, talk } = await it.init([], { KLAVIYO_API_KEY: "" });
    expect(status).toBe(77);
    expect(talk).toMatch(/No Klaviyo key: environment variable KLAVIYO_API_KEY is empty/);
    expect(talk).toMatch(/--klaviyo-token-file PATH[\s\S]*Settings > Account > API keys/);
    expect(existsSync(join(it.folder.path, "config"))).toBe(false);
  });

  test("a system that does not let it in ends it, and it says that it did not finish", async () => {
    const it = await beginner(0);
    const fault = { kind: "status", status: 401, applied: "before" } as const;
    it.rehearsal.klaviyo.world.faults.add({ match: "", times: 1_000, fault });
    const { status, talk } = await it.init();
    expect(status).toBe(77);
    expect(talk).toMatch(/tandem init did not finish, and wrote no file\./);
    expect(existsSync(join(it.folder.path, "config"))).toBe(false);
  });

  test("a key given as a name, or an address elsewhere, is wrong usage and goes nowhere", async () => {
    const it = await beginner(0);
    const pasted = await it.init(["--hubspot-token-env", "pk_0123456789abcdef"]);
    expect(pasted).toMatchObject({ status: 64, out: "" });
    expect(pasted.talk).toContain("--hubspot-token");
    expect(pasted.talk).not.toContain("0123456789");
    const elsewhere = await it.run(["init", "--hubspot-url", "http://example.com"]);
    expect(elsewhere.status).toBe(64);
    expect(elsewhere.talk).toMatch(/--hubspot-url cannot be used: .*loopback/);
  });
});

describe("fields, lists and schema", () => {
  test("show what can be mapped and matched", async () => {
    const it = await beginner(10);
    await it.init();
    const { out } = await it.run(["fields", "hubspot", "--search", "Persona"]);
    expect(out).toMatch(
      /^NAME +LABEL +TYPE +ACCESS +OPTIONS\npersona +Persona +option +buyer, champion, user\n$/,
    );
    const klaviyo = JSON.parse((await it.run(["fields", "klaviyo", "--json"])).out) as {
      fields: readonly { property: string; readOnly: boolean }[];
    };
    expect(klaviyo.fields).toContainEqual(
      expect.objectContaining({ property: "external_id", readOnly: true }),
    );
    const lists = await it.run(["lists"]);
    expect(lists.out).toMatch(/hubspot +list +1 +\d+ +by hand or API +All customers/);
    expect(lists.out).toMatch(/klaviyo +segment +\w+ +by the system +Engaged 90 days/);
  });

  test("need no keys with a saved schema", async () => {
    const it = await beginner(10);
    await it.init();
    await it.run(["check", "--save-schema", "saved.json"]);
    const offline = { HUBSPOT_TOKEN: "", KLAVIYO_API_KEY: "" };
    const saved = await it.run(
      ["fields", "hubspot", "--search", "persona", "--schema", "saved.json"],
      offline,
    );
    expect(saved.out).toMatch(/persona +Persona +option +buyer, champion, user\n$/);
    expect((await it.run(["lists", "klaviyo", "--schema", "saved.json"], offline)).out).toContain(
      "Newsletter",
    );
  });

  test("a name that is nearly one gets a guess, and a side that is none is wrong usage", async () => {
    const it = await beginner(10);
    await it.init();
    const near = await it.run(["fields", "klaviyo", "--search", "Persna"]);
    expect(near).toMatchObject({ status: 0, out: "" });
    expect(near.talk).toContain("did you mean `Persona`?");
    expect(await it.run(["fields", "hubspt"])).toMatchObject({ status: 64 });
  });

  test("schema prints what editors need", async () => {
    const it = await beginner(0);
    const { status, out } = await it.run(["schema"]);
    expect(status).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ title: "Tandem mapping", type: "object" });
  });
});
