import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ContactRun } from "../../src/lanes/contacts/run-contacts.ts";
import type { Rehearsal } from "../../src/sandbox/rehearsal/rehearsal.ts";
import type { FreshDatabase } from "../support/fresh-database.ts";
import { freshDatabase } from "../support/fresh-database.ts";
import {
  mutatingCalls,
  realEngine,
  rehearsedMapping,
  startUnlimited,
  untilSearchable,
} from "../support/real-engine.ts";

/** The whole product but its command line: two vendors over HTTP, their own SDKs, PostgreSQL, and the demo's mapping. */
describe("one company's people, over HTTP", () => {
  let rehearsal: Rehearsal;
  let fresh: FreshDatabase;
  let first: ContactRun;

  const sync = (): Promise<ContactRun> => realEngine(rehearsal, fresh).sync(rehearsedMapping(rehearsal));
  const apiWrites = (): number => mutatingCalls(rehearsal);
  const pass = (): void => untilSearchable(rehearsal);

  beforeAll(async () => {
    rehearsal = await startUnlimited({ seed: 7, contacts: 300 });
    fresh = await freshDatabase();
    first = await sync();
    pass();
  });

  afterAll(async () => {
    await rehearsal?.close();
    await fresh?.drop();
  });

  test("the next run with no edits makes no mutating call", async () => {
    expect(first.counts["created"]).toBeGreaterThan(0);
    await sync();
    pass();
    const before = apiWrites();
    await sync();
    expect(apiWrites() - before).toBe(0);
  });

  test("everybody in scope is on both sides once, equal in every mapped field", () => {
    const contacts = rehearsal.hubspot.sandbox.dumpContacts(null, 10_000).contacts;
    const profiles = new Map(
      rehearsal.klaviyo.sandbox.dump(null, 10_000).profiles.map((profile) => [profile.email, profile]),
    );
    const broken = new Set(Object.values(rehearsal.story.broken).flat());
    let compared = 0;
    for (const { properties } of contacts) {
      const email = String(properties["email"]);
      const profile = profiles.get(email);
      if (broken.has(email)) continue;
      compared += 1;
      expect({
        first: profile?.attributes["first_name"] ?? null,
        last: profile?.attributes["last_name"] ?? null,
        title: profile?.attributes["title"] ?? null,
        city: profile?.location["city"] ?? null,
        phone: profile?.attributes["phone_number"] ?? null,
        persona: profile?.properties["Persona"] ?? null,
        interests: ((profile?.properties["interests"] ?? []) as string[]).toSorted(),
        renewal: profile?.properties["renewal_date"] ?? null,
      }).toEqual({
        first: properties["firstname"] ?? null,
        last: properties["lastname"] ?? null,
        // These two flow to Klaviyo only: HubSpot has none of the people who came from there.
        title: properties["jobtitle"] ?? profile?.attributes["title"] ?? null,
        city: properties["city"] ?? null,
        phone: properties["phone"] ?? null,
        persona: properties["persona"] ?? null,
        interests: (properties["interests"] ?? "").split(";").filter(Boolean).toSorted(),
        renewal: properties["renewal_date"] ?? null,
      });
    }
    expect(compared).toBeGreaterThan(250);
    const addresses = contacts
      .map(({ properties }) => String(properties["email"]))
      .filter((email) => !broken.has(email));
    expect(new Set(addresses).size).toBe(addresses.length);
    expect(profiles.size).toBe(rehearsal.klaviyo.sandbox.counts().profiles);
  });

  test("the broken ones are listed, each with its cause and what to do", async () => {
    const problems = await fresh.database.problem.findMany({
      where: { linkId: { not: null } },
      include: { link: true },
    });
    const byCode = (code: string) =>
      problems
        .filter((problem) => problem.code === code)
        .map(({ link }) => link?.emailKey ?? "")
        .sort();
    const { badPhone, missingOption, phoneTaken, twoContacts } = rehearsal.story.broken;
    expect(byCode("KL-PHONE")).toEqual(badPhone);
    expect(byCode("HS-OPTION")).toEqual(missingOption);
    expect(byCode("KL-PHONE-TAKEN")).toEqual(phoneTaken);
    expect(byCode("SK-TWO")).toEqual(twoContacts);
    expect(problems.every(({ explanation, fix }) => explanation !== "" && (fix as string[]).length > 0)).toBe(
      true,
    );
  });

  test("an edit on either side arrives at the other in the next run", async () => {
    const [contact] = rehearsal.hubspot.sandbox.dumpContacts(null, 1).contacts;
    const email = String(contact?.properties["email"]);
    rehearsal.hubspot.sandbox.editContact({ email }, { jobtitle: "Astronaut", lastname: "Ærø 🚀" });
    pass();
    await sync();
    expect(rehearsal.klaviyo.sandbox.profile(email)?.attributes).toMatchObject({
      title: "Astronaut",
      last_name: "Ærø 🚀",
    });
    const engaged = rehearsal.klaviyo.sandbox
      .dump(null, 10_000)
      .profiles.find(({ segments }) => segments.length > 0);
    rehearsal.klaviyo.sandbox.editProfile(engaged?.id ?? "", { first_name: "Renamed" });
    pass();
    await sync();
    const arrived = rehearsal.hubspot.sandbox
      .dumpContacts(null, 10_000)
      .contacts.find(({ properties }) => properties["email"] === engaged?.email);
    expect(arrived?.properties["firstname"]).toBe("Renamed");
  });

  test("a mended cause heals by itself in the next run", async () => {
    const [email = ""] = rehearsal.story.broken.badPhone;
    rehearsal.hubspot.sandbox.editContact({ email }, { phone: "+1 212 555 0199" });
    pass();
    await sync();
    expect(rehearsal.klaviyo.sandbox.profile(email)?.attributes["phone_number"]).toBe("+12125550199");
    const link = await fresh.database.link.findFirst({
      where: { emailKey: email },
      include: { problems: true },
    });
    expect(link).toMatchObject({ state: "in_sync", problems: [] });
  });

  test("nobody was ever subscribed, unsubscribed, deleted or merged by Tandem", () => {
    const changes = [...rehearsal.hubspot.world.truth.changes, ...rehearsal.klaviyo.world.truth.changes];
    const actions = new Set(changes.filter(({ actor }) => actor === "api").map(({ action }) => action));
    expect([...actions].sort()).toEqual([
      "contact.create",
      "contact.update",
      "list.add",
      "profile.create",
      "profile.update",
    ]);
  });
});
