import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import type { App } from "../../../src/cli/app.ts";
import { terminalAsk } from "../../../src/cli/ask.ts";
import { initKeys } from "../../../src/cli/setup/init-keys.ts";
import type { ReadAccounts } from "../../../src/cli/setup/init-questions.ts";
import { askAboutMapping } from "../../../src/cli/setup/init-questions.ts";
import { portal, shop } from "../../mapping/accounts/schemas.ts";

/** What the questions use of an app; anything else would throw. */
function talking(env: Record<string, string> = {}) {
  const said: string[] = [];
  const app = { talk: (text: string) => void said.push(text), env } as Partial<App> as App;
  return { app, said };
}

/** Somebody who gives these answers, in order. */
function answering(...answers: readonly string[]) {
  const left = [...answers];
  const questions: string[] = [];
  const ask = (question: string) => {
    questions.push(question);
    const answer = left.shift();
    return answer === undefined ? Promise.reject(new Error("asked too often")) : Promise.resolve(answer);
  };
  return { ask, questions };
}

const [customers, leads] = portal.collections;
if (customers === undefined || leads === undefined) throw new Error("the portal has lists");
const [newsletter] = shop.collections;
if (newsletter === undefined) throw new Error("the shop has a list");
const nobody = { contacts: [], whole: true };
const accounts = {
  schemas: {
    hubspot: {
      ...portal,
      collections: [
        { ...customers, size: 90 },
        { ...leads, size: 100 },
      ],
    },
    klaviyo: { ...shop, collections: [{ ...newsletter, size: 40 }] },
  },
  samples: { hubspot: nobody, klaviyo: nobody },
  fields: [],
} as Partial<ReadAccounts> as ReadAccounts;

test("a person chooses among the largest lists and names a country; what is none is asked again", async () => {
  const { app, said } = talking();
  const { ask } = answering("7", "2", "perhaps", "both", "1", "Estonia", "ee");
  expect(await askAboutMapping(app, accounts, ask)).toEqual({
    rule: { from: "hubspot", collection: { ...customers, size: 90 } },
    bothWays: true,
    returning: { from: "klaviyo", collection: { ...newsletter, size: 40 } },
    country: { country: "EE", numbers: 0, of: 0 },
  });
  expect(said.join("")).toMatch(/1 {2}Leads \(100\)\n {2}2 {2}All customers \(90\)/);
  expect(said.join("")).toMatch(
    /There is no 7 in this list[\s\S]*Type both or one[\s\S]*Two letters are needed/,
  );
});

test("Enter takes what the data says, which here is nothing", async () => {
  const { app } = talking();
  const { ask, questions } = answering("", "", "", "");
  expect(await askAboutMapping(app, accounts, ask)).toEqual({
    rule: null,
    bothWays: true,
    returning: { from: "klaviyo", collection: { ...newsletter, size: 40 } },
    country: null,
  });
  expect(questions).toEqual([
    "A number, or Enter to decide later: ",
    "Sync both ways, or one way from HubSpot to Klaviyo? (both, one; Enter for both): ",
    "A number, or Enter for 1: ",
    "Country of phone numbers without a country code, or Enter for none: ",
  ]);
});

test("without a terminal nobody is asked", async () => {
  const twoWays = await askAboutMapping(talking().app, accounts, null);
  expect(twoWays).toMatchObject({
    rule: null,
    bothWays: true,
    returning: { from: "klaviyo" },
    country: null,
  });
  const oneWay = await askAboutMapping(talking().app, accounts, null, true);
  expect(oneWay).toEqual({ rule: null, bothWays: false, returning: null, country: null });
});

test("one way asks for no list of Klaviyo", async () => {
  const { app } = talking();
  const { ask, questions } = answering("", "one", "");
  expect(await askAboutMapping(app, accounts, ask)).toMatchObject({ bothWays: false, returning: null });
  expect(questions).toHaveLength(3);
});

test("a key that is not set is asked for and used; one that is set is not asked for", async () => {
  const { app, said } = talking({ HUBSPOT_TOKEN: "token-one" });
  const { ask, questions } = answering("key-two");
  const refs = { hubspot: { env: "HUBSPOT_TOKEN" }, klaviyo: { env: "KLAVIYO_API_KEY" } };
  expect(await initKeys(app, refs, ask)).toEqual({ hubspot: "token-one", klaviyo: "key-two" });
  expect(questions).toHaveLength(1);
  expect(said.join("")).toContain("KLAVIYO_API_KEY is not set");
});

test("a secret is typed without being shown", async () => {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const ask = terminalAsk(input, output, new AbortController().signal);
  const secret = ask("Key: ", { secret: true });
  input.write("hidden-key\r\n");
  expect(await secret).toBe("hidden-key");
  const shown = ask("List: ");
  input.write("42\r\n");
  expect(await shown).toBe("42");
  const seen = String(output.read());
  expect(seen).toContain("Key: ");
  // The line editor clears what stands before its own prompt.
  expect(seen.slice(seen.lastIndexOf("\u001b[0J"))).toMatch(/^\S+List: .*42/s);
  expect(seen).not.toContain("hidden");
});

test("stopping ends the waiting", async () => {
  const stop = new AbortController();
  const waiting = terminalAsk(new PassThrough(), new PassThrough(), stop.signal)("List: ");
  stop.abort();
  await expect(waiting).rejects.toThrow(/abort/i);
});
