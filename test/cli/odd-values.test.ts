import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Company } from "./company.ts";
import { company } from "./company.ts";
import type { Ended } from "./command-line.ts";

/** Values that people, imports and other tools really leave in a CRM, by what is odd about them. */
const ODD: Readonly<Record<string, string>> = {
  emoji: "👩‍👩‍👧‍👦 Zoë 🏳️‍🌈",
  nul: "Nul\u0000in the middle",
  formula: '=cmd|"/C calc"!A0',
  script: '<script>alert("x")</script>',
  half: "half a pair \ud83d here",
  rtl: "abc \u202egnp.exe\u202c and \u2067more\u2069",
  escape: "\u001b]0;owned\u0007\u001b[2J\u009b31mred",
  quotes: `O'Brien "the" \\ backslash`,
  lines: "one\r\ntwo\u2028three",
  sql: "'); DROP TABLE link; --",
  proto: "__proto__",
  brace: "{{ first_name }} ${HOME} %s %n",
  empty: " \t ",
  long: "x".repeat(65_536),
};
const NAMES = Object.keys(ODD);
const emailOf = (name: string): string => `odd.${name}@example.com`;

let it: Company;
let first: Ended;
beforeAll(async () => {
  it = await company(0);
  const lists = [it.rehearsal.story.hubspotList];
  const contact = (name: string, value: string) => ({
    properties: { email: emailOf(name), firstname: value, lastname: name },
    lists,
  });
  const { sandbox } = it.rehearsal.hubspot;
  sandbox.seedContacts(
    NAMES.map((name) => contact(name, ODD[name] ?? "")),
    { force: true },
  );
  // Values that no rule can turn, so that they are quoted in problems.
  for (const name of ["escape", "rtl", "nul"]) {
    const properties = {
      email: `bad.${name}@example.com`,
      lastname: name,
      phone: ODD[name] ?? "",
    };
    sandbox.seedContacts([{ properties, lists }], { force: true });
  }
  it.rehearsal.klaviyo.sandbox.seed([
    {
      email: "bad.klaviyo@example.com",
      first_name: ODD["escape"] ?? "",
      properties: { Persona: ODD["escape"] ?? "", interests: [ODD["escape"] ?? "", ODD["rtl"] ?? ""] },
      segments: [it.rehearsal.story.klaviyoSegment],
    },
  ]);
  // Klaviyo holds more than HubSpot takes.
  it.rehearsal.klaviyo.sandbox.seed([
    {
      email: emailOf("huge"),
      first_name: "y".repeat(99_000),
      last_name: "huge",
      segments: [it.rehearsal.story.klaviyoSegment],
    },
  ]);
  first = await it.run(["sync"]);
});
afterAll(() => it.close());

test("the run ends in order, whatever is in the values", () => {
  expect(first.talk).not.toContain("fault of Tandem");
  expect(first.status).toBe(1);
});

describe("each odd value arrives, or is that one contact's problem", () => {
  test.each(NAMES)("%s", async (name) => {
    const link = await it.fresh.database.link.findFirst({
      where: { emailKey: emailOf(name) },
      include: { problems: true },
    });
    const arrived = it.rehearsal.klaviyo.sandbox.profile(emailOf(name));
    const whole = link?.problems.length === 0;
    expect(link?.state).toBe(whole ? "in_sync" : "failing");
    expect(arrived?.attributes["last_name"]).toBe(whole ? name : arrived?.attributes["last_name"]);
  });

  test.each(["emoji", "formula", "script", "quotes", "sql", "proto", "brace"])(
    "%s arrives as it was",
    (name) => {
      expect(it.rehearsal.klaviyo.sandbox.profile(emailOf(name))?.attributes["first_name"]).toBe(ODD[name]);
    },
  );
});

test("what is too long for the other side is that contact's problem, and the rest of it arrives", async () => {
  const link = await it.fresh.database.link.findFirst({
    where: { emailKey: emailOf("huge") },
    include: { problems: true },
  });
  expect(link?.state).toBe("failing");
  expect(link?.problems.map(({ explanation }) => explanation.length < 1_000)).toEqual([true]);
  const { contacts } = it.rehearsal.hubspot.sandbox.dumpContacts(null, 1_000);
  expect(
    contacts.find(({ properties }) => properties["email"] === emailOf("huge"))?.properties,
  ).toMatchObject({
    lastname: "huge",
  });
});

test("no command sends the terminal what a value holds", async () => {
  // `run` refuses any output with characters that steer a terminal.
  for (const email of [
    ...NAMES.map(emailOf),
    "bad.escape@example.com",
    "bad.rtl@example.com",
    "bad.klaviyo@example.com",
  ]) {
    expect((await it.run(["explain", email])).talk).not.toContain("fault of Tandem");
  }
  for (const args of [
    ["status"],
    ["status", "--json"],
    ["plan"],
    ["plan", "--json"],
    ["explain", "bad.klaviyo@example.com", "--json"],
  ])
    expect((await it.run(args)).talk).not.toContain("fault of Tandem");
});

test("a second run writes nothing of them again", async () => {
  const sent = () =>
    it.fresh.database.journalRow.count({ where: { link: { emailKey: { in: NAMES.map(emailOf) } } } });
  const before = await sent();
  expect(before).toBeGreaterThan(0);
  expect(await it.run(["sync"])).toMatchObject({ status: 1 });
  expect(await sent()).toBe(before);
});
