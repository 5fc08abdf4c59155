import { afterAll, beforeAll, expect, test } from "vitest";
import type { FreshDatabase } from "../support/fresh-database.ts";
import { freshDatabase } from "../support/fresh-database.ts";
import type { TwoServers } from "./two-servers.ts";
import { twoServers } from "./two-servers.ts";

let fresh: FreshDatabase;
let servers: TwoServers;
beforeAll(async () => {
  fresh = await freshDatabase();
  servers = await twoServers(fresh);
});
afterAll(async () => {
  await servers?.close();
  await fresh?.drop();
});

test("a note keeps its older lines when the database was lost and something is added to it", async () => {
  const { hubspot, klaviyo } = servers.rehearsal;
  const email = "reader@example.com";
  hubspot.sandbox.seedContacts([{ properties: { email } }]);
  klaviyo.sandbox.seed([{ email }]);
  const links = ["https://shop.example.com/a", "https://shop.example.com/b"];
  const message = klaviyo.sandbox.createCampaign({ name: "Spring", subject: "Spring is here", links });
  const engage = (kind: "opened" | "clicked", url?: string): void => {
    klaviyo.sandbox.engage({ kind, profile: email, message, ...(url === undefined ? {} : { url }) });
    klaviyo.world.clock.advance(15 * 60_000);
  };
  const notes = () => hubspot.sandbox.timelineOf({ email }).filter(({ kind }) => kind === "note");
  engage("opened");
  engage("clicked", links[0]);
  await (await servers.lane("note")).run();
  expect(notes()).toHaveLength(1);
  const before = notes()[0]?.detail ?? "";
  expect(before).toContain("Opened an email");
  // Another connection to the same accounts, which reads from now on: all that it knows is what happens next.
  const second = await servers.lane("note", "backfill: none");
  await second.run();
  // Klaviyo tells whole seconds: an event of this one would count as earlier.
  klaviyo.world.clock.advance(1_000);
  engage("clicked", links[1]);
  expect((await second.run()).counts).toMatchObject({ recorded: 1 });
  expect(notes()).toHaveLength(1);
  const after = notes()[0]?.detail ?? "";
  for (const line of before.match(/<li>.*?<\/li>/g) ?? []) expect(after).toContain(line);
  expect(after.match(/<li>/g)).toHaveLength(3);
});
