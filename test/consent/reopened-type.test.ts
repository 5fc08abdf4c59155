import { expect, onTestFinished, test } from "vitest";
import { runConsent } from "../../src/lanes/consent-lane.ts";
import { runContacts } from "../../src/lanes/contacts/run-contacts.ts";
import { ledgerOf } from "../../src/store/consent/consent-ledger.ts";
import { freshDatabase } from "../support/fresh-database.ts";
import { realEngine, rehearsedMapping, startUnlimited, untilSearchable } from "../support/real-engine.ts";
import { storeOf } from "../../src/store/database/store.ts";
const CONSENT = `
consent:
  klaviyo_to_hubspot: { unsubscribe_from: [Marketing Information] }
  hubspot_to_klaviyo: { opted_out: unsubscribe }
limits: { unsubscribes_per_run: 100 }
`;
const JO = "jo@example.com";
const MARKETING = 1;
const HOUR = 3_600_000;

test("a type that Tandem opted somebody out of, and that they opened again, is their own refusal the next time", async () => {
  const rehearsal = await startUnlimited({ seed: 21, contacts: 0 });
  onTestFinished(() => rehearsal.close());
  const fresh = await freshDatabase();
  onTestFinished(() => fresh.drop());
  const mapping = rehearsedMapping(rehearsal, (demo) => demo + CONSENT);
  const engine = realEngine(rehearsal, fresh);
  const portal = rehearsal.hubspot.sandbox;
  const klaviyo = rehearsal.klaviyo.sandbox;
  let later = 0;
  const deps = async () => {
    untilSearchable(rehearsal);
    return { ...(await engine.deps(mapping)), now: () => new Date(Date.now() + later) };
  };
  const cycle = async () => runContacts(await deps(), mapping, { trigger: "test" });
  const carry = async () => runConsent(await deps(), mapping, "test");
  const kinds = async () => (await ledgerOf(storeOf(fresh.database, 1), JO)).map(({ kind }) => kind);

  portal.seedContacts([{ properties: { email: JO }, lists: [rehearsal.story.hubspotList] }]);
  for (let runs = 0; runs < 2; runs += 1) await cycle();
  klaviyo.unsubscribe(JO);
  await carry();
  klaviyo.subscribe(JO);
  await cycle();
  expect(await kinds()).toEqual(["opted_out", "carried", "opted_in"]);

  portal.setSubscription(JO, MARKETING, "SUBSCRIBED");
  later = HOUR;
  await cycle();
  expect((await kinds()).at(-1)).toBe("reopened");

  portal.setSubscription(JO, MARKETING, "UNSUBSCRIBED");
  await carry();
  untilSearchable(rehearsal);
  klaviyo.settle();
  expect(klaviyo.profile(JO)?.consent).toBe("UNSUBSCRIBED");
});
