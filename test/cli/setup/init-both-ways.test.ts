import { afterEach, expect, test, vi } from "vitest";
import { freshDatabase } from "../../support/fresh-database.ts";
import type { Closing } from "./beginner.ts";
import { beginnerWith, closeAll } from "./beginner.ts";

// Each of these runs several whole commands, one after the other.
vi.setConfig({ testTimeout: 120_000 });

const closing: Closing = [];
afterEach(() => closeAll(closing));

/** Sets up, syncs, and edits the city of somebody of Klaviyo's list in Klaviyo. @returns what HubSpot has after a sync */
async function cityAfterEdit(args: readonly string[]): Promise<unknown> {
  const it = await beginnerWith(60, closing);
  const fresh = await freshDatabase();
  closing.push(() => fresh.drop());
  const env = { DATABASE_URL: fresh.url };
  await it.init(args);
  expect(await it.run(["sync"], env)).toMatchObject({ status: 1 });
  const { hubspot, klaviyo } = it.rehearsal;
  const linked = new Map(
    hubspot.sandbox.dumpContacts(null, 1_000).contacts.map(({ id, properties }) => [properties["email"], id]),
  );
  const text = it.read("config/mapping.yaml");
  const segment = /segments: \["?(\w{6})"?\]/.exec(text)?.[1];
  const reader = klaviyo.sandbox
    .dump(null, 1_000)
    .profiles.find(
      ({ email, segments }) =>
        linked.has(email ?? "") && (segment === undefined || segments.includes(segment)),
    );
  if (reader?.email == null) throw new Error("nobody of Klaviyo's list is in HubSpot");
  klaviyo.sandbox.editProfile(reader.id, { location: { city: "Haapsalu" } });
  it.rehearsal.hubspot.world.clock.advance(7_200_000);
  await it.run(["sync"], env);
  const contact = hubspot.sandbox
    .dumpContacts(null, 1_000)
    .contacts.find(({ id }) => id === linked.get(reader.email ?? ""));
  return contact?.properties["city"];
}

test("with the mapping as init writes it, an edit in Klaviyo arrives in HubSpot", async () => {
  expect(await cityAfterEdit([])).toBe("Haapsalu");
});

test("with --one-way it stays in Klaviyo, and no rule is from there", async () => {
  expect(await cityAfterEdit(["--one-way"])).not.toBe("Haapsalu");
});
