import { expect, test } from "vitest";
import { rehearse } from "./rehearsal.ts";

const live = (): AbortSignal => new AbortController().signal;

test("every scope that reading lacks is named at once, and a list tells its size", async () => {
  const { connector, connect, portal, close } = await rehearse();
  const list = portal.createList("All");
  portal.seedContacts([{ properties: { email: "a@example.com" }, lists: [list] }]);
  expect(await connector.missingScopes(live())).toEqual([]);
  expect((await connector.discover(live())).collections).toMatchObject([{ name: "All", size: 1 }]);
  portal.setToken("pat-na1-little", { scopes: ["crm.schemas.contacts.read"] });
  expect(await connect({ token: "pat-na1-little" }).missingScopes(live())).toEqual([
    "crm.objects.contacts.read",
    "crm.lists.read",
  ]);
  await close();
});
