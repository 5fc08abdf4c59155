import { afterEach, beforeEach, expect, test } from "vitest";
import type { Rehearsal } from "./rehearsal.ts";
import { live, rehearse } from "./rehearsal.ts";

/** Which contacts were removed for good, and which HubSpot could still bring back. */
let it: Rehearsal;
beforeEach(async () => void (it = await rehearse()));
afterEach(() => it.close());

const CONTACTS = "/crm/objects/2026-03/contacts";

/** @returns the id of the contact that it answers with */
async function call(method: string, path: string, body?: object): Promise<string> {
  const response = await fetch(`${it.url}${CONTACTS}${path}`, {
    method,
    headers: { authorization: "Bearer pat-eu1-secret-canary", "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  expect(response.status).toBeLessThan(300);
  return response.status === 204 ? "" : ((await response.json()) as { id: string }).id;
}

const contacts = (count: number): readonly string[] =>
  it.portal.seedContacts(
    Array.from({ length: count }, (_, nth) => ({ properties: { email: `p${nth}@example.com` } })),
  );
const erase = (id: string) => call("POST", "/gdpr-delete", { objectId: id });
const merge = (survivor: string, other: string) =>
  call("POST", "/merge", { primaryObjectId: survivor, objectIdToMerge: other });
const removed = (ids: readonly string[]) => it.connector.contacts.removed?.forGood(ids, live());

test("only those that HubSpot can bring back no more", async () => {
  const [there = "", deleted = "", erased = ""] = contacts(3);
  await call("DELETE", `/${deleted}`);
  await erase(erased);
  expect(await removed([there, deleted, erased].slice(1))).toEqual([erased]);
});

test("no contact that was merged into one that was deleted, however many are deleted", async () => {
  const [one = "", merged = "", erased = "", ...others] = contacts(250);
  const survivor = await merge(one, merged);
  for (const id of [survivor, ...others.slice(0, 210)]) {
    await call("DELETE", `/${id}`);
    it.clock.advance(1_000);
  }
  await erase(erased);
  expect(await removed([merged, erased])).toEqual([erased]);
});

test("a contact that was merged into one that was removed for good", async () => {
  const [one = "", merged = ""] = contacts(2);
  const survivor = await merge(one, merged);
  await erase(survivor);
  expect(await removed([merged, survivor])).toEqual([merged, survivor]);
});

test("the deleted contacts are only read where somebody may be removed for good", async () => {
  const [deleted = ""] = contacts(1);
  await call("DELETE", `/${deleted}`);
  it.calls();
  expect(await removed([deleted])).toEqual([]);
  expect(it.calls()).toHaveLength(1);
});
