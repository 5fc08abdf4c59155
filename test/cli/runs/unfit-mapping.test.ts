import { afterAll, beforeAll, expect, test } from "vitest";
import type { Company } from "../company.ts";
import { company } from "../company.ts";
import { expectOneScreen } from "../command-line.ts";

let it: Company;
beforeAll(async () => void (it = await company(12)));
afterAll(() => it.close());

const CLASHES = [
  ["text into a number", "{ hubspot: seats, klaviyo: properties.Staff, type: text }", /M304/],
  ["a read-only target", "{ hubspot: createdate, klaviyo: properties.Since, type: datetime }", /M302/],
  [
    "an option that HubSpot has not",
    "{ hubspot: hs_lead_status, klaviyo: properties.Kind, type: option, options: { nonsense: other } }",
    /M303/,
  ],
] as const;

test.each(CLASHES)(
  "%s is refused by every command that would use it, and nothing is written",
  async (...row) => {
    const [, entry, code] = row;
    const config = await it.mapping((text) => `${text}  - ${entry}\n`);
    const line = it.mappingText.split("\n").length;
    const checked = await it.run(["check", "--remote", "--config", config]);
    expect(checked.out + checked.talk).toMatch(code);
    for (const command of [["sync"], ["plan"], ["retry"], ["undo", "--run", "1"], ["start", "--no-web"]]) {
      const { status, out, talk } = await it.run([...command, "--config", config]);
      expect({ command, status, out }).toEqual({ command, status: 78, out: "" });
      expect(talk).toMatch(code);
      expect(talk).toContain(`${config}:${line}:`);
      expectOneScreen(talk);
    }
    const told = await it.run(["sync", "--json", "--config", config]);
    expect(JSON.parse(told.out)).toMatchObject({ exitCode: 78, details: { diagnostics: [{ line }] } });
    expect(it.writes()).toBe(0);
  },
);

test("a mapping that has run continues without what an account lost, and says so", async () => {
  const entry = "  - { hubspot: seats, klaviyo: properties.Seats, type: number }\n";
  const config = await it.mapping((text) => text + entry);
  const first = await it.run(["sync", "--config", config]);
  expect(first.status).not.toBe(78);
  const { hubspot } = it.rehearsal;
  const headers = { authorization: `Bearer ${hubspot.token}` };
  const property = `${hubspot.url}/crm/v3/properties/contacts/seats`;
  expect((await fetch(property, { method: "DELETE", headers })).status).toBe(204);
  const runs = await it.fresh.database.run.count();
  const { out } = await it.run(["sync", "--config", config]);
  expect(await it.fresh.database.run.count()).toBeGreaterThan(runs);
  expect(out).toContain("HubSpot has no property seats");
});
