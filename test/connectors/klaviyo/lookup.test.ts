import { expect, test } from "vitest";
import type { EmailKey } from "../../../src/model/email.ts";
import { emailKey } from "../../../src/model/email.ts";
import type { RehearsedKlaviyo } from "../../support/klaviyo-connector.ts";
import { live, rehearse } from "./rehearse.ts";

const keys = (...addresses: string[]): readonly EmailKey[] =>
  addresses.map(emailKey).filter((key) => key !== null);
const find = async (klaviyo: RehearsedKlaviyo, ...addresses: string[]): Promise<readonly string[]> => {
  const { contacts: found } = await klaviyo.connector.contacts.find(keys(...addresses), [], live());
  return found.map(({ shownEmail }) => String(shownEmail));
};

test("finds an address in either spelling of its domain, and with signs that mean something in a filter", async () => {
  const klaviyo = await rehearse();
  const odd = ["post@BÜCHER.example.com", "o'neil@example.com", "a+b&c=d%20@example.com", "x)y@example.com"];
  klaviyo.sandbox.seed(odd.map((email) => ({ email })));
  expect((await find(klaviyo, ...odd)).toSorted()).toEqual(odd.toSorted());
});

test("one address that Klaviyo cannot be asked for hides no other", async () => {
  const klaviyo = await rehearse();
  const addresses = Array.from({ length: 20 }, (_, at) => `p${at}@example.com`);
  klaviyo.sandbox.seed(addresses.map((email) => ({ email })));
  const fault = { kind: "status", status: 400, applied: "before" } as const;
  klaviyo.world.faults.add({ match: "p7%40example", times: 99, fault });
  const found = await find(klaviyo, ...addresses);
  expect(found.toSorted()).toEqual(addresses.filter((address) => address !== "p7@example.com").sort());
});

test("asks in URLs that arrive, however long the addresses", async () => {
  const klaviyo = await rehearse();
  const addresses = Array.from({ length: 150 }, (_, at) => `${"x".repeat(150)}${at}@example.com`);
  klaviyo.sandbox.seed(addresses.map((email) => ({ email })));
  expect((await find(klaviyo, ...addresses)).length).toBe(150);
  for (const { path } of klaviyo.world.truth.calls) expect(path.length).toBeLessThan(8_000);
});

test("asks for no id that cannot be one", async () => {
  const klaviyo = await rehearse();
  const ids = ['01X"]),any(email,["a@b.ee', "", "../lists"];
  expect(await klaviyo.connector.contacts.read(ids, [], live())).toMatchObject({
    contacts: [],
    unreadable: [],
  });
  expect(klaviyo.world.truth.calls).toEqual([]);
});
