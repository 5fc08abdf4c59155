import * as fc from "fast-check";
import { expect, test } from "vitest";
import { erasePerson } from "../../src/lanes/erase-person.ts";
import { plainConsent } from "../../src/model/consent.ts";
import { refusedAmong } from "../../src/store/consent/tombstones.ts";
import { databaseDump } from "../support/database-dump.ts";
import { engine } from "../support/engine.ts";
import { assertLawOf } from "../support/law.ts";
import { fieldRule, mapping, phoneSteps } from "../support/rule.ts";
import { key } from "../support/email.ts";
import { storeOf } from "../../src/store/database/store.ts";
const phone = fieldRule("phone", "phone_number", { transforms: phoneSteps("EE") });
const both = mapping({ fields: [...mapping().fields, fieldRule("lastname", "last_name"), phone] });
const OUT = {
  ...plainConsent("unsubscribed"),
  suppressions: [{ reason: "UNSUBSCRIBE", at: "2026-11-01T07:00:00Z" }],
};

/** Words that cannot stand in anybody else's rows by chance. */
const word = fc.stringMatching(/^[a-z]{12}$/);
const person = fc.record({
  local: word,
  first: word,
  last: word,
  phone: fc.integer({ min: 5_000_000, max: 5_999_999 }),
  on: fc.constantFrom("hubspot", "klaviyo", "both"),
  shouting: fc.boolean(),
  additional: fc.option(word, { nil: null }),
  refused: fc.boolean(),
  erased: fc.boolean(),
});

test("of forty random people the erased leave no byte, come back on no side, and the rest stay", async () => {
  const people = fc.uniqueArray(person, { minLength: 40, maxLength: 40, selector: ({ local }) => local });
  await assertLawOf(
    fc.asyncProperty(people, async (all) => {
      const one = await engine();
      try {
        const address = ({ local }: (typeof all)[number]) => key(`${local}@example.com`);
        const ids = all.map((who) => {
          const shown = who.shouting ? address(who).toUpperCase() : address(who);
          const [first, last, number] = [who.first, who.last, `+372${who.phone}`];
          const contact =
            who.on === "klaviyo"
              ? null
              : one.hubspot.user.create(shown, { firstname: first, lastname: last, phone: number }, ["all"]);
          if (contact !== null && who.additional !== null)
            one.hubspot.user.addEmail(contact, `${who.additional}@example.com`);
          const profile =
            who.on === "hubspot" ? null : one.klaviyo.user.create(shown, { first_name: first }, ["engaged"]);
          if (profile !== null && who.refused) one.klaviyo.user.setConsent(profile, OUT);
          return { contact, profile };
        });
        await one.sync(both);
        const erased = all.filter((who) => who.erased);
        for (const who of erased) await erasePerson(one.deps(), address(who));
        const before = [one.hubspot, one.klaviyo].map(({ user }) => user.all().length);
        for (const { contact, profile } of ids) {
          if (contact !== null) one.hubspot.user.edit(contact, { jobtitle: "Changed" });
          if (profile !== null) one.klaviyo.user.edit(profile, { title: "Changed too" });
        }
        await one.sync({ ...both, hash: "read anew" });
        await one.sync({ ...both, hash: "read anew" });
        expect([one.hubspot, one.klaviyo].map(({ user }) => user.all().length)).toEqual(before);
        const after = await databaseDump(one.fresh.database);
        const left = erased.flatMap(({ local, first, last, additional }) =>
          [local, first, last, ...(additional === null ? [] : [additional])].filter((each) =>
            after.includes(each),
          ),
        );
        expect(left).toEqual([]);
        const kept = all.filter((who) => !who.erased).map(address);
        const rows = await one.fresh.database.link.findMany({ select: { emailKey: true } });
        expect(rows.map(({ emailKey: email }) => email).toSorted()).toEqual(kept.toSorted());
        const refused = all.filter((who) => who.refused && who.on !== "hubspot").map(address);
        expect(await refusedAmong(storeOf(one.fresh.database, 1), refused)).toEqual(new Set(refused));
      } finally {
        await one.fresh.drop();
      }
    }),
    1 / 500,
  );
});
