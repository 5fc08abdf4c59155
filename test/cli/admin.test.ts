import { readFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Company } from "./company.ts";
import { company } from "./company.ts";

/** A day of an admin: looks before it bites, undoes what bit, and is asked where it is a lot. */
let it: Company;
beforeAll(async () => void (it = await company(30)));
afterAll(() => it.close());

const anna = "anna.admin@example.com";
const ofAnna = () => it.rehearsal.klaviyo.sandbox.profile(anna)?.attributes["title"];

/** Somebody edits Anna in HubSpot, and its search shows it. */
function edit(jobtitle: string): void {
  it.rehearsal.hubspot.sandbox.editContact({ email: anna }, { jobtitle });
  it.rehearsal.hubspot.world.clock.advance(60_000);
}

test("a plan tells what would change, what it costs and what the limits say, and writes nothing", async () => {
  const properties = { email: anna, firstname: "Anna", jobtitle: "Buyer" };
  it.rehearsal.hubspot.sandbox.seedContacts([{ properties, lists: [it.rehearsal.story.hubspotList] }]);
  const { status, out } = await it.run(["plan", "--limit", "1", "--out", "first.plan"]);
  expect(status).toBe(0);
  expect(out).toMatch(/^tandem would make these changes\. Nothing has been written\.$/m);
  expect(out).toMatch(/^1 of \d+ people; --all for every one/m);
  expect(out).toMatch(/^Consent: 0 people would be subscribed, 0 resubscribed\.$/m);
  expect(out).toMatch(/creates_per_run +\d+ +first sync +✔/);
  expect(out).toMatch(/^Cost: about \d+ calls? to HubSpot, about \d+ calls? to Klaviyo/m);
  expect(out).toMatch(/^Bill: \d+ more active Klaviyo profiles?, \d+ more HubSpot contacts?/m);
  expect(out).toMatch(/^Plan: \d+ to create, \d+ to change, 0 values to empty, .*0 people to subscribe\.$/m);
  expect(out).toContain("tandem apply first.plan");
  expect(it.writes()).toBe(0);
  const detailed = await it.run(["plan", "--email", anna, "--detailed-exitcode", "--json"]);
  expect(detailed.status).toBe(2);
  expect(JSON.parse(detailed.out)).toMatchObject({
    people: [{ email: anna, operations: [{ kind: "create" }] }],
  });
});

test("apply performs exactly the saved plan, and the next plan has nothing left", async () => {
  const { status, out } = await it.run(["apply", "first.plan", "--yes"]);
  expect(out).toMatch(/^Run \d+: (\d+) of \1 operations done, 0 refused\.$/m);
  expect(status).toBe(0);
  expect(ofAnna()).toBe("Buyer");
  await it.run(["sync"]);
  expect((await it.run(["plan"])).out).toMatch(/Nothing to change: \d+ contacts? compared\./);
  const gone = await it.run(["apply", "nowhere.plan"]);
  expect(gone).toMatchObject({ status: 64 });
  expect(gone.talk).toContain("There is no file nowhere.plan");
});

test("a run is explained and undone, and what was undone stays so", async () => {
  edit("Wrong");
  const run = JSON.parse((await it.run(["sync", "--json"])).out) as { readonly runId: string };
  expect(ofAnna()).toBe("Wrong");
  const told = await it.run(["explain", anna]);
  expect(told.out).toMatch(/✓ jobtitle ↔ title +"Wrong" +last written to Klaviyo, .* UTC, run \d+/);
  expect(told.out).toMatch(/update in Klaviyo: title "Buyer" -> "Wrong"/);
  const undo = await it.run(["undo", "--run", run.runId, "--field", "jobtitle"]);
  expect(undo.out).toMatch(/title +"Wrong" -> "Buyer" +put back/);
  expect(undo.out).toContain("Undo: 1 operation on 1 person");
  expect(await it.run(["apply", "undo.plan", "--yes"])).toMatchObject({ status: 0 });
  expect(ofAnna()).toBe("Buyer");
  await it.run(["sync"]);
  expect(ofAnna()).toBe("Buyer");
  expect((await it.run(["explain", anna])).out).toContain("each keeps its own format");
});

test("what a limit holds is shown with its hash, and only that hash lets it through", async () => {
  const strict = await it.mapping((text) => `${text}\nlimits: { updates_per_run: 0 }\n`);
  edit("Director");
  const before = it.writes();
  const held = await it.run(["sync"], { TANDEM_CONFIG: strict });
  expect(held.status).toBe(79);
  expect(held.out).toMatch(/Held: \d+ contacts to change in Klaviyo, limit 0/);
  expect(it.writes()).toBe(before);
  const shown = await it.run(["approve"], { TANDEM_CONFIG: strict });
  expect(shown.status).toBe(79);
  expect(shown.out).toMatch(/anna\.admin@example\.com \(Anna\) {3}Update in Klaviyo: title "Director"/);
  const [, hash = ""] = /tandem approve ([0-9a-f]{12}) --reason/.exec(shown.out) ?? [];
  expect(await it.run(["approve", "0123456789ab"], { TANDEM_CONFIG: strict })).toMatchObject({ status: 75 });
  expect(await it.run(["approve", hash, "--reason", "wanted"], { TANDEM_CONFIG: strict })).toMatchObject({
    status: 0,
  });
  await it.run(["sync"], { TANDEM_CONFIG: strict });
  expect(ofAnna()).toBe("Director");
  const hold = await it.fresh.database.hold.findFirst({ where: { state: "approved" } });
  expect(hold).toMatchObject({ reason: "wanted", decidedBy: expect.stringContaining("command line") });
});

test("consent is told of one person, compared for all, and its ledger is proved whole", async () => {
  const { out } = await it.run(["explain", anna]);
  expect(out).toMatch(
    /^ {2}Consent +Not opted out, no recorded consent: neither side shows that they subscribed$/m,
  );
  it.rehearsal.hubspot.sandbox.unsubscribeFromAll(anna);
  it.rehearsal.hubspot.world.clock.advance(60_000);
  await it.run(["sync"]);
  expect((await it.run(["explain", anna])).out).toMatch(/Consent +Opted out: HubSpot: unsubscribed/);
  const compare = await it.run(["consent", "compare"]);
  expect(compare.out).toMatch(/opted out +never subscribed +1$/m);
  expect(compare.out).toMatch(/anna\.admin@example\.com: refuses all e-mail in HubSpot; Klaviyo is not told/);
  const audit = await it.run(["consent", "audit"]);
  expect(audit).toMatchObject({ status: 0 });
  expect(audit.out).toMatch(/✔ The consent ledger is whole: \d+ entr/);
  expect(audit.out).toContain("0 subscribe requests");
});

test("what was done on the command line stands in the audit, with the system's user and without addresses", async () => {
  await it.run(["erase", "nobody@example.com", "--yes"]);
  await it.run(["retry", "--cause", "KL-PHONE"]);
  const rows = await it.fresh.database.auditEntry.findMany({ orderBy: { seq: "asc" } });
  expect(rows.map(({ action }) => action)).toEqual([
    "apply",
    "undo_plan",
    "undo",
    "approve",
    "erase",
    "retry",
  ]);
  expect(new Set(rows.map(({ who, role }) => `${role} ${who}`))).toEqual(
    new Set([`command line ${userInfo().username}`]),
  );
  const [apply, , undo, approve] = rows;
  expect(apply).toMatchObject({ about: { hash: expect.stringMatching(/^[0-9a-f]{64}$/) } });
  expect(undo).toMatchObject({ contacts: 1, about: { run: expect.stringMatching(/^\d+$/) } });
  expect(approve).toMatchObject({ reason: "wanted", about: { changes: 1 } });
  const text = JSON.stringify(rows, (_key, value: unknown) =>
    typeof value === "bigint" ? String(value) : value,
  );
  expect(text).not.toContain("@example.com");
});

test("an audit against a head that a run told finds a tail that was cut off, and takes no other installation's head", async () => {
  const told = await it.run(["retry"]);
  const [, head = ""] = /^Consent ledger head: (\S+)$/m.exec(told.talk) ?? [];
  const since = ["consent", "audit", "--since"];
  const whole = await it.run([...since, head]);
  expect(whole).toMatchObject({ status: 0 });
  expect(whole.out).toContain("Nothing up to the given heads is missing or changed.");
  expect(whole.out).toContain("Every entry was written by this installation.");
  const foreign = await it.run([...since, head], {
    TANDEM_SECRET_KEY: "another installation has this secret",
  });
  expect(foreign).toMatchObject({ status: 64 });
  expect(foreign.talk).toContain("This head was not signed with this installation's key");
  expect(await it.run([...since, "57"])).toMatchObject({ status: 64 });
  const { database } = it.fresh;
  for (const table of ["consent_ledger", "chain_seal"])
    await database.$executeRawUnsafe(`ALTER TABLE ${table} DISABLE TRIGGER USER`);
  await database.$executeRaw`DELETE FROM chain_seal`;
  await database.$executeRaw`DELETE FROM consent_ledger`;
  const cut = await it.run([...since, head]);
  expect(cut.status).toBe(1);
  expect(cut.out).toMatch(/broken at entry 1: entries 1 to \d+ are missing from the end/);
});

test("wrong usage of these commands is told with what to do", async () => {
  const bare = await it.run(["undo"]);
  expect(bare).toMatchObject({ status: 64 });
  expect(bare.talk).toMatch(/not said what to undo[\s\S]*--run ID/);
  expect(await it.run(["undo", "--since", "yesterday-ish"])).toMatchObject({ status: 64 });
  const field = await it.run(["plan", "--field", "jobtitel"]);
  expect(field).toMatchObject({ status: 64 });
  expect(field.talk).toMatch(/no field "jobtitel"[\s\S]*jobtitle/);
  const text = await readFile(join(it.folder.path, "first.plan"), "utf8");
  await it.folder.write("edited.plan", text.replace("Buyer", "Boss"));
  expect((await it.run(["apply", "edited.plan"])).talk).toContain("was changed after it was saved");
  for (const [args, words] of [
    [["plan", "--out", "nowhere/a.plan"], "there is no folder nowhere"],
    [["plan", "--out", "mapping.yaml"], "is no saved plan, so it is not replaced"],
    [["undo", "--run", "1", "--out", "mapping.yaml"], "is no saved plan, so it is not replaced"],
    [["undo", "--run", "4711"], "There is no run 4711"],
    [["apply", "."], ". is a folder"],
    [["apply", "first.plan", "--yes", "--approve", " "], "Say why"],
    [["check", "--save-schema", "mapping.yaml"], "is no saved schema, so it is not replaced"],
  ] as const) {
    const { status, talk } = await it.run(args);
    expect({ status, talk }).toEqual({ status: 64, talk: expect.stringContaining(words) });
  }
  expect(await readFile(join(it.folder.path, "mapping.yaml"), "utf8")).toBe(it.mappingText);
});
