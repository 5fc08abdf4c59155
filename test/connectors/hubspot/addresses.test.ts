import { expect, onTestFinished, test } from "vitest";
import type { EmailKey } from "../../../src/model/email.ts";
import { live, rehearse } from "./rehearsal.ts";

test("a contact is found by an additional address, and tells all of them as keys", async () => {
  const { connector, portal, close } = await rehearse();
  onTestFinished(close);
  const additionalEmails = ["Jo@Home.example.com", "jo@club.example.com"];
  const [id = ""] = portal.seedContacts([{ properties: { email: "jo@work.example.com" }, additionalEmails }]);
  const requested = ["jo@home.example.com" as EmailKey];
  const {
    contacts: [found, ...others],
  } = await connector.contacts.find(requested, [], live());
  expect(others).toEqual([]);
  expect(found).toMatchObject({ id, email: "jo@work.example.com" });
  expect([...(found?.otherEmails ?? [])].sort()).toEqual(["jo@club.example.com", "jo@home.example.com"]);
});

test("history is asked for in batches of fifty, which is all that HubSpot takes with it", async () => {
  const { connector, portal, calls, close } = await rehearse();
  onTestFinished(close);
  const people = Array.from({ length: 101 }, (_, index) => ({
    properties: { email: `p${index}@example.com` },
  }));
  const ids = portal.seedContacts(people);
  const { readHistory } = connector.contacts;
  calls();
  const read = await readHistory?.(ids, [{ property: "firstname", type: "text" }], ["firstname"], live());
  expect(read?.histories).toHaveLength(101);
  expect(calls()).toHaveLength(3);
});
