import { afterAll, beforeAll, expect, test } from "vitest";
import type { Company } from "../company.ts";
import { company } from "../company.ts";

let it: Company;
beforeAll(async () => {
  it = await company(20);
  await it.run(["sync"]);
});
afterAll(() => it.close());

test("one person is tried again, and nobody else is written to", async () => {
  const [bad = "", other = ""] = it.rehearsal.story.broken.badPhone;
  for (const email of [bad, other])
    it.rehearsal.hubspot.sandbox.editContact({ email }, { phone: "+12125550199" });
  const before = it.writes();
  const { status, out } = await it.run(["retry", "--email", bad]);
  expect(out).toMatch(/^Retried 1 contact\.\nRead \d+ contacts?: 0 created, 1 updated/);
  // The others still fail.
  expect(status).toBe(1);
  expect(it.writes() - before).toBe(1);
});

test.each([
  [
    ["--cause", "kl-size"],
    "Nothing to retry: no contact is failing with KL-SIZE. tandem status shows the causes.\n",
  ],
  [
    ["--email", "nobody@example.com"],
    /^Nothing to retry: nobody@example\.com is not failing\. tandem explain/,
  ],
])(
  "retry %j of nobody says so, and leaves the others to the schedule",
  async (args, words) => {
    const runs = () => it.fresh.database.run.count();
    const before = await runs();
    const { status, out } = await it.run(["retry", ...args]);
    expect({ status, out }).toEqual({ status: 0, out: expect.stringMatching(words) });
    expect(await runs()).toBe(before);
    const told = await it.run(["retry", ...args, "--json"]);
    expect(JSON.parse(told.out)).toEqual({ retried: 0, events: 0, run: null });
  },
  120_000,
);

test.each([
  ["NOPE", "`tandem status` shows the codes"],
  ["KL-PHNE", "did you mean `KL-PHONE`?"],
])("retry --cause %s is wrong usage", async (code, help) => {
  const { status, out, talk } = await it.run(["retry", "--cause", code]);
  expect({ status, out }).toEqual({ status: 64, out: "" });
  expect(talk).toContain(help);
});
