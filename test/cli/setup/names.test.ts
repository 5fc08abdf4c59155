import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Company } from "../company.ts";
import { company } from "../company.ts";
import { expectOneScreen } from "../command-line.ts";

let it: Company;
/** Few enough people that no limit holds a removal. */
beforeAll(async () => {
  it = await company(10);
  await it.run(["sync"]);
  it.rehearsal.klaviyo.sandbox.createList({ name: "Two" });
  it.rehearsal.klaviyo.sandbox.createList({ name: "Two" });
});
afterAll(() => it.close());

const removals = (): number =>
  it.rehearsal.klaviyo.world.truth.changes.filter(({ action }) => action === "list.remove").length;
const members = async (): Promise<number> => {
  const links = await it.fresh.database.link.findMany({ select: { lists: true } });
  return links.filter(({ lists }) => lists.length > 0).length;
};

describe("a name that the account does not have ends check --remote and sync with 78, at its line", () => {
  test.each([
    [
      "a mistyped list",
      (text: string) => text.replace("All customers", "All custmers"),
      /error\[M310\][\s\S]*did you mean `All customers`/,
    ],
    [
      "a segment that is not there",
      (text: string) => text.replace("Engaged 90 days", "Engaged 30 days"),
      /error\[M310\]/,
    ],
    [
      "a name that two lists share",
      (text: string) => text.replace("[Newsletter]", "[Two]"),
      /error\[M313\][\s\S]*use an id/,
    ],
    [
      "a property that is not there",
      (text: string) => text.replace("hubspot: jobtitle", "hubspot: jobtitel"),
      /error\[M301\][\s\S]*did you mean `jobtitle`/,
    ],
  ])("%s", async (_name, change, told) => {
    const config = await it.mapping(change);
    const onLists = await members();
    expect(onLists).toBeGreaterThan(0);
    const check = await it.run(["check", "--remote", "--config", config]);
    expect(check).toMatchObject({ status: 78 });
    expect(check.out).toMatch(told);
    const sync = await it.run(["sync", "--config", config]);
    expect(sync).toMatchObject({ status: 78, out: "" });
    expect(sync.talk).toMatch(told);
    expectOneScreen(sync.talk);
    expect(removals()).toBe(0);
    expect(await members()).toBe(onLists);
    expect(await it.run(["sync"])).toMatchObject({ status: 1 });
    expect(await it.fresh.database.problem.count({ where: { linkId: null } })).toBe(0);
  });
});
