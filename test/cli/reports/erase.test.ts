import { afterAll, beforeAll, expect, test } from "vitest";
import { tandem as runTandem } from "../command-line.ts";
import type { Company } from "../company.ts";
import { company } from "../company.ts";

/** Somebody asks to be forgotten, and the admin does it. */
let it: Company;

const JO = "jo.erased@example.com";
const OTHER = "jo.other@example.com";

beforeAll(async () => {
  it = await company(5);
  const { sandbox } = it.rehearsal.hubspot;
  const jo = { properties: { email: JO, firstname: "Johanna" }, additionalEmails: [OTHER] };
  sandbox.seedContacts([{ ...jo, lists: [it.rehearsal.story.hubspotList] }]);
  it.rehearsal.hubspot.world.clock.advance(60_000);
  await tandem(["sync"]);
});
afterAll(() => it.close());

/** As somebody at a terminal who gives this answer; `null`: nobody sits there. */
async function tandem(args: readonly string[], answer: string | null = null) {
  let requested = "";
  const answers = (question: string): string => {
    requested += question;
    return answer ?? "";
  };
  const typed = { env: it.env, ...(answer === null ? {} : { answer: answers }) };
  return { ...(await runTandem([...args, "--quiet"], typed)), asked: requested };
}

const known = async () => (await tandem(["explain", JO])).out;

test("without a terminal it asks for --yes, and a no erases nothing", async () => {
  expect(await known()).toContain("Johanna");
  const alone = await tandem(["erase", JO]);
  expect(alone).toMatchObject({ status: 64, out: "" });
  expect(alone.talk).toContain("fix: Add --yes");
  const no = await tandem(["erase", JO], "no");
  expect(no).toMatchObject({ status: 0, out: "Nothing was erased.\n" });
  expect(no.asked).toContain(JO);
  expect(await known()).toContain("Johanna");
});

test("a yes erases; what is printed names nobody, explain says since when, and a second time finds nothing", async () => {
  const yes = await tandem(["erase", JO.toUpperCase()], "yes");
  expect(yes.status).toBe(0);
  expect(yes.asked).toContain(`go with it: ${OTHER}`);
  expect(yes.out).toMatch(/^✔ Erased: 2 contacts under 2 addresses, \d+ writes? of the journal/);
  expect(yes.out).toContain("PostgreSQL vacuumed every table");
  expect(yes.out).toContain("free space in the database's files");
  expect(yes.out).toContain("files that `tandem plan --out` and `tandem undo --out` saved");
  expect(yes.out).not.toContain("Still named");
  expect(yes.out + yes.talk).not.toContain("jo.");
  expect(await known()).toMatch(/erased from Tandem at \d{4}-\d\d-\d\d \d\d:\d\d UTC/);
  const explained = await tandem(["explain", JO, "--json"]);
  expect(JSON.parse(explained.out)).toMatchObject({ known: false, erasedAt: expect.any(String) });
  await tandem(["sync"]);
  expect(await known()).toContain("erased from Tandem");
  const again = await tandem(["erase", JO, "--yes", "--json"]);
  expect(JSON.parse(again.out)).toMatchObject({ erased: true, contacts: 0, links: 0 });
});

test("--allow lets them be synced again, and says where there is nothing to allow", async () => {
  const allowed = await tandem(["erase", JO, "--allow"]);
  expect(allowed.status).toBe(0);
  expect(allowed.out).toMatch(/^✔ Allowed again, erased since \d{4}-\d\d-\d\d\./);
  expect(allowed.out).not.toContain("jo.");
  expect(await tandem(["erase", JO, "--allow"])).toMatchObject({ status: 1 });
  const stranger = await tandem(["erase", "nobody@example.com", "--allow"]);
  expect(stranger.talk).toContain("No one with this email address was erased");
  // Nothing of them changes any more; they are in a list all along.
  await tandem(["sync"]);
  expect(await known()).toContain("Johanna");
});
