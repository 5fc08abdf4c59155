import { describe, expect, onTestFinished, test } from "vitest";
import { runConsent } from "../../src/lanes/consent-lane.ts";
import { runContacts } from "../../src/lanes/contacts/run-contacts.ts";
import { plainConsent } from "../../src/model/consent.ts";
import { engine } from "../support/engine.ts";
import { freshDatabase } from "../support/fresh-database.ts";
import { mapping } from "../support/rule.ts";
import { SUBSCRIBING } from "./subscribing.ts";
import { realEngine, rehearsedMapping, startUnlimited, untilSearchable } from "../support/real-engine.ts";

const SECOND = 1_000;

describe("people who opt out in HubSpot and change their address between two runs", () => {
  const all = { count: 100 };
  const rules = mapping({
    consent: { unsubscribeFrom: [], hubspotOptOut: "unsubscribe" },
    limits: { ...mapping().limits, creates: all, updates: all, unsubscribes: all },
  });
  const lanes = ["contacts", "consent"] as const;

  const cases = lanes.flatMap((first) =>
    [0, SECOND, 90 * SECOND].flatMap((late) => [false, true].map((stays) => ({ first, late, stays }))),
  );
  test.each(cases)(
    "keep their profiles and are opted out: $first lane first, Klaviyo $late ms late, consent stays with the address: $stays",
    async ({ first, late, stays }) => {
      const it = await engine();
      onTestFinished(() => it.fresh.drop());
      const [jo = "", kim = ""] = ["jo", "kim"].map((name) =>
        it.hubspot.user.create(`${name}@example.com`, { firstname: name }, ["all"]),
      );
      for (let runs = 0; runs < 2; runs += 1) await it.sync(rules);
      const profiles = it.klaviyo.user.all().map(({ id }) => id);
      for (const id of profiles) it.klaviyo.user.setConsent(id, plainConsent("subscribed"));
      it.klaviyo.quirks.optOutLagMs = late;
      it.hubspot.quirks.consentStaysWithAddress = stays;
      it.hubspot.user.setConsent(jo, plainConsent("unsubscribed"));
      it.hubspot.user.changeEmail(kim, "kim.new@example.com");
      it.wait(SECOND);
      it.hubspot.user.changeEmail(jo, "jo.new@example.com");
      it.hubspot.user.setConsent(kim, plainConsent("unsubscribed"));
      if (first === "contacts") await it.sync(rules);
      for (let runs = 0; runs < 4; runs += 1) {
        await runConsent(it.deps(), rules, "test");
        await it.sync(rules);
      }
      const shown = it.klaviyo.user
        .all()
        .map(({ id, shownEmail, consent }) => [id, shownEmail, consent?.status]);
      expect(shown).toEqual([
        [profiles[0], "jo.new@example.com", "unsubscribed"],
        [profiles[1], "kim.new@example.com", "unsubscribed"],
      ]);
      const inSync = [{ state: "in_sync" }, { state: "in_sync" }];
      expect(await it.fresh.database.link.findMany()).toMatchObject(inSync);
      it.newWrites();
      await it.sync(rules);
      expect([it.newWrites(), it.klaviyo.requested.length]).toEqual([0, 0]);
    },
  );
});

test("an opt-out under the address that Tandem itself is about to change reaches its person", async () => {
  const it = await engine();
  onTestFinished(() => it.fresh.drop());
  const all = { count: 100 };
  const rules = mapping({
    consent: { unsubscribeFrom: [], hubspotOptOut: "unsubscribe" },
    limits: { ...mapping().limits, creates: all, updates: all, unsubscribes: all },
  });
  const jo = it.hubspot.user.create("jo@example.com", {}, ["all"]);
  for (let runs = 0; runs < 2; runs += 1) await it.sync(rules);
  const [profile] = it.klaviyo.user.all();
  it.klaviyo.user.join(profile?.id ?? "", "engaged");
  await it.sync(rules);
  it.hubspot.quirks.consentStaysWithAddress = true;
  it.hubspot.quirks.before = (call) => {
    if (call !== "write") return;
    it.hubspot.quirks.before = () => {};
    it.hubspot.user.setConsent(jo, plainConsent("unsubscribed"));
  };
  it.klaviyo.user.changeEmail(profile?.id ?? "", "jo.new@example.com");
  for (let runs = 0; runs < 3; runs += 1) {
    await it.sync(rules);
    await runConsent(it.deps(), rules, "test");
  }
  expect(it.hubspot.user.see(jo)?.shownEmail).toBe("jo.new@example.com");
  expect(it.klaviyo.user.all().map(({ consent }) => consent?.status)).toEqual(["unsubscribed"]);
});

test("an opt-out of one kind of email under a former address blocks subscribing, and is no opt-out of everything", async () => {
  const it = await engine();
  onTestFinished(() => it.fresh.drop());
  const plain = { ...SUBSCRIBING, rules: SUBSCRIBING.rules.map((rule) => ({ ...rule, subscribe: false })) };
  const jo = it.hubspot.user.create("jo@example.com", {}, ["all"]);
  for (let runs = 0; runs < 2; runs += 1) await it.sync({ ...plain, hash: "plain" });
  it.hubspot.quirks.consentStaysWithAddress = true;
  it.hubspot.user.setConsent(jo, { ...plainConsent("never_subscribed"), optedOutTypes: ["7"] });
  it.hubspot.user.changeEmail(jo, "jo.new@example.com");
  for (let runs = 0; runs < 3; runs += 1) {
    await it.sync(SUBSCRIBING);
    await runConsent(it.deps(), SUBSCRIBING, "test");
  }
  expect(it.klaviyo.requested).toEqual([]);
  expect(it.klaviyo.user.all().map(({ shownEmail, consent }) => [shownEmail, consent?.status])).toEqual([
    ["jo.new@example.com", "never_subscribed"],
  ]);
});

test("an opt-out under a former address is read once its contact can be read again", async () => {
  const it = await engine();
  onTestFinished(() => it.fresh.drop());
  const jo = it.hubspot.user.create("jo@example.com", {}, ["all"]);
  const plain = { ...SUBSCRIBING, rules: SUBSCRIBING.rules.map((rule) => ({ ...rule, subscribe: false })) };
  for (let runs = 0; runs < 2; runs += 1) await it.sync(plain);
  await runConsent(it.deps(), plain, "test");
  expect(await it.fresh.database.linkAlias.count({ where: { consentUnread: true } })).toBe(0);
  it.hubspot.quirks.consentStaysWithAddress = true;
  it.hubspot.user.setConsent(jo, plainConsent("unsubscribed"));
  it.hubspot.user.changeEmail(jo, "jo.new@example.com");
  await it.sync(plain);
  const unread = () => it.fresh.database.linkAlias.count({ where: { consentUnread: true } });
  expect(await unread()).toBe(1);
  it.hubspot.quirks.unreadable = (id) => id === jo;
  await runConsent(it.deps(), plain, "test");
  expect(await unread()).toBe(1);
  it.hubspot.quirks.unreadable = () => false;
  await runConsent(it.deps(), plain, "test");
  expect(await unread()).toBe(0);
  expect(it.klaviyo.user.all().map(({ consent }) => consent?.status)).toEqual(["unsubscribed"]);
});

test("over HTTP nobody gets a second profile, and every opt-out reaches its person, a second late", async () => {
  const rehearsal = await startUnlimited({ seed: 7, contacts: 0 });
  const fresh = await freshDatabase();
  onTestFinished(async () => {
    await rehearsal.close();
    await fresh.drop();
  });
  const it = realEngine(rehearsal, fresh);
  const rules = rehearsedMapping(
    rehearsal,
    (demo) =>
      `${demo}consent: { hubspot_to_klaviyo: { opted_out: unsubscribe } }\nlimits: { unsubscribes_per_run: 10 }\n`,
  );
  const { sandbox } = rehearsal.hubspot;
  const klaviyo = rehearsal.klaviyo.sandbox;
  const people = ["first", "second", "third", "fourth"];
  sandbox.seedContacts(
    people.map((name) => ({
      properties: { email: `${name}@example.com` },
      lists: [rehearsal.story.hubspotList],
    })),
  );
  for (let runs = 0; runs < 2; runs += 1) {
    untilSearchable(rehearsal);
    await it.sync(rules);
  }
  klaviyo.configure({ consent_lag_ms: 1_000 });
  // The job of the first is under way when their address changes.
  sandbox.unsubscribeFromAll("first@example.com");
  untilSearchable(rehearsal);
  await runConsent(await it.deps(rules), rules, "test");
  sandbox.editContact({ email: "first@example.com" }, { email: "first.new@example.com" });
  sandbox.editContact({ email: "second@example.com" }, { email: "second.new@example.com" });
  sandbox.unsubscribeFromAll("second.new@example.com");
  sandbox.unsubscribeFromAll("fourth@example.com");
  sandbox.editContact({ email: "fourth@example.com" }, { email: "fourth.new@example.com" });
  sandbox.editContact({ email: "third@example.com" }, { email: "third.new@example.com" });
  let ahead = 0;
  const deps = async () => ({ ...(await it.deps(rules)), now: () => new Date(Date.now() + ahead) });
  for (let runs = 0; runs < 4; runs += 1) {
    untilSearchable(rehearsal);
    await runContacts(await deps(), rules, { trigger: "test" });
    await runConsent(await deps(), rules, "test");
    rehearsal.klaviyo.world.clock.advance(60_000);
    ahead += 60_000;
  }
  const profileOf = (name: string) => klaviyo.profile(`${name}.new@example.com`);
  expect(people.map((name) => klaviyo.profile(`${name}@example.com`))).toEqual([null, null, null, null]);
  expect(people.map((name) => profileOf(name)?.consent)).toEqual([
    "UNSUBSCRIBED",
    "UNSUBSCRIBED",
    "NEVER_SUBSCRIBED",
    "UNSUBSCRIBED",
  ]);
});

const MINUTE = 60_000;

describe("an opt-out that Klaviyo applies long after it took the job", () => {
  const all = { count: 100 };
  const rules = mapping({
    consent: { unsubscribeFrom: [], hubspotOptOut: "unsubscribe" },
    limits: { ...mapping().limits, creates: all, updates: all, unsubscribes: { count: 1 } },
  });

  /** Somebody who is subscribed in Klaviyo and opts out in HubSpot; the job is so late. */
  async function optedOut(lateMs: number) {
    const it = await engine();
    onTestFinished(() => it.fresh.drop());
    const jo = it.hubspot.user.create("jo@example.com", { firstname: "Jo" }, ["all"]);
    for (let runs = 0; runs < 2; runs += 1) await it.sync(rules);
    const profile = it.klaviyo.user.all()[0]?.id ?? "";
    it.klaviyo.user.setConsent(profile, plainConsent("subscribed"));
    await it.sync(rules);
    it.klaviyo.quirks.optOutLagMs = lateMs;
    it.hubspot.user.setConsent(jo, plainConsent("unsubscribed"));
    it.wait(SECOND);
    await runConsent(it.deps(), rules, "test");
    /** The consent lane each minute, the contact lane in every fifteenth. */
    const live = async (minutes: number): Promise<void> => {
      for (let minute = 1; minute <= minutes; minute += 1) {
        it.wait(MINUTE);
        await runConsent(it.deps(), rules, "test");
        if (minute % 15 === 0) await runContacts(it.deps(), rules, { trigger: "test" });
      }
    };
    const shown = () => {
      const { shownEmail, consent } = it.klaviyo.user.see(profile) ?? {};
      return [shownEmail, consent?.status];
    };
    const state = async () =>
      (await it.fresh.database.link.findMany({ where: { klaviyoId: profile } })).map((link) => [
        link.state,
        link.reason,
      ]);
    return { it, jo, profile, live, shown, state };
  }

  test.each([3, 75])(
    "reaches the profile that was renamed in Klaviyo meanwhile: %d minutes late",
    async (late) => {
      const { it, profile, live, shown, state } = await optedOut(late * MINUTE);
      it.klaviyo.user.join(profile, "engaged");
      it.klaviyo.user.changeEmail(profile, "jo.new@example.com");
      await live(2 * late + 30);
      expect(shown()).toEqual(["jo.new@example.com", "unsubscribed"]);
      expect(await state()).toMatchObject([["in_sync", ""]]);
      const sent = it.klaviyo.writes.filter(({ operation }) => operation.kind === "opt_out").length;
      // Once to each email address, and once more after each hour.
      expect(sent).toBeLessThanOrEqual(2 + Math.ceil(late / 60));
    },
  );

  test.each([3, 75])(
    "holds a new address of HubSpot back until Klaviyo shows it: %d minutes late",
    async (late) => {
      const { it, jo, profile, live, shown, state } = await optedOut(late * MINUTE);
      it.hubspot.user.changeEmail(jo, "jo.new@example.com");
      await live(late - 1);
      expect(shown()).toEqual(["jo@example.com", "subscribed"]);
      await live(late + 45);
      expect(shown()).toEqual(["jo.new@example.com", "unsubscribed"]);
      // A second job may be under way after an hour. Whom it makes is opted out.
      const others = it.klaviyo.user.all().filter(({ id }) => id !== profile);
      expect(others.map(({ consent }) => consent?.status)).toEqual(late > 60 ? ["unsubscribed"] : []);
      expect(await state()).toEqual([["in_sync", ""]]);
    },
  );

  test("is told while it is not confirmed, of the person at once and of the connection after a while", async () => {
    const { it, live, state } = await optedOut(60 * MINUTE);
    const problems = async () =>
      (await it.fresh.database.problem.findMany({ where: { code: "SK-OPT-OUT" } })).map(({ title }) => title);
    expect(await problems()).toEqual([]);
    await live(20);
    expect(await state()).toEqual([["waiting", "Waits until Klaviyo shows the opt-out"]]);
    expect(await problems()).toEqual(["Klaviyo has not applied 1 opt-out yet"]);
    await live(75);
    expect(await state()).toEqual([["in_sync", ""]]);
    expect(await problems()).toEqual([]);
  });

  test("is sent again after an hour where Klaviyo lost the job", async () => {
    const { it, live, shown, state } = await optedOut(100 * 24 * 60 * MINUTE);
    it.klaviyo.quirks.optOutLagMs = 0;
    await live(50);
    expect(shown()).toEqual(["jo@example.com", "subscribed"]);
    await live(40);
    expect(shown()).toEqual(["jo@example.com", "unsubscribed"]);
    expect(await state()).toEqual([["in_sync", ""]]);
  });

  test("is looked for no more once nobody asks for it", async () => {
    const { it, jo, live } = await optedOut(300 * MINUTE);
    it.hubspot.user.setConsent(jo, plainConsent("never_subscribed"));
    await live(20);
    const waiting = { where: { optOutSentAt: { not: null } } };
    expect(await it.fresh.database.sighting.count(waiting)).toBe(0);
  });
});
