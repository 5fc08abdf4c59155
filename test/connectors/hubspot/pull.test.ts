import { describe, expect, it, onTestFinished } from "vitest";
import type { Connector, Cursor, PropertyRequest, PullPage } from "../../../src/connectors/connector.ts";
import type { Settings } from "../../../src/sandbox/hubspot/settings.ts";
import { live, PROPERTIES, rehearse } from "./rehearsal.ts";
import type { Rehearsal } from "./rehearsal.ts";

const MINUTE = 60_000;

interface Started extends Rehearsal {
  readonly list: string;
  readonly ids: readonly string[];
}

async function withMembers(count: number, settings: Partial<Settings> = {}): Promise<Started> {
  const started = await rehearse(settings);
  onTestFinished(() => started.close());
  const list = started.portal.createList("Members");
  const ids = started.portal.seedContacts(
    Array.from({ length: count }, (_, index) => ({
      properties: { email: `person-${index}@example.com`, firstname: `Name ${index}` },
      lists: [list],
    })),
  );
  started.pass();
  return { ...started, list, ids };
}

interface Pulled {
  readonly pages: readonly PullPage[];
  readonly cursor: Cursor;
  readonly contacts: ReadonlySet<string>;
  readonly members: ReadonlySet<string>;
}

async function pull(
  connector: Connector,
  collections: readonly string[],
  cursor: Cursor | null,
  properties: readonly PropertyRequest[] = PROPERTIES,
): Promise<Pulled> {
  const pages: PullPage[] = [];
  for await (const page of connector.contacts.pull({ collections, properties }, cursor, live()))
    pages.push(page);
  const shown = pages.flatMap((page) => (page.kind === "contacts" ? [page] : []));
  return {
    pages,
    cursor: pages.at(-1)?.cursor ?? "",
    contacts: new Set(shown.flatMap(({ contacts }) => contacts.map(({ id }) => id))),
    members: new Set(shown.flatMap(({ members }) => [...members.values()].flat())),
  };
}

const rosters = ({ pages }: Pulled) => pages.flatMap((page) => (page.kind === "roster" ? [page] : []));

describe("a pull from HubSpot (P19)", () => {
  it("reads 500 members in eight requests, and nothing has changed in three", async () => {
    const { connector, list, ids, calls, clock } = await withMembers(500);
    calls();
    const first = await pull(connector, [list], null);
    expect(first.members).toEqual(new Set(ids));
    expect(calls().length).toBe(1 + 2 + 5);
    clock.advance(5 * MINUTE);
    const second = await pull(connector, [list], first.cursor);
    expect(second.contacts.size).toBe(0);
    expect(calls().length).toBe(3);
  });

  it("asks for the sizes of several lists at once", async () => {
    const { connector, portal, list, calls, clock } = await withMembers(3);
    const other = portal.createList("Other");
    const { cursor } = await pull(connector, [list, other], null);
    clock.advance(5 * MINUTE);
    calls();
    await pull(connector, [list, other], cursor);
    expect(calls().length).toBe(4);
  });

  it("reads more than 10,000 changes of one moment to the end", async () => {
    const { connector, list, portal, pass } = await withMembers(0, { indexLagMs: 0 });
    const { cursor } = await pull(connector, [list], null);
    const ids = portal.seedContacts(
      Array.from({ length: 10_450 }, (_, index) => ({ properties: { email: `bulk-${index}@example.com` } })),
    );
    const { contacts } = await pull(connector, [list], cursor);
    expect(contacts).toEqual(new Set(ids));
    pass();
  });

  it("continues with a long search where it was stopped", async () => {
    const { connector, list, portal, calls } = await withMembers(0, { indexLagMs: 0 });
    const { cursor } = await pull(connector, [list], null);
    const ids = portal.seedContacts(
      Array.from({ length: 650 }, (_, index) => ({ properties: { email: `bulk-${index}@example.com` } })),
    );
    const seen = new Set<string>();
    let stopped = "";
    for await (const page of connector.contacts.pull(
      { collections: [list], properties: PROPERTIES },
      cursor,
      live(),
    )) {
      if (page.kind === "contacts") for (const { id } of page.contacts) seen.add(id);
      stopped = page.cursor;
      if (seen.size >= 400) break;
    }
    calls();
    const rest = await pull(connector, [list], stopped);
    for (const id of rest.contacts) seen.add(id);
    expect(seen).toEqual(new Set(ids));
    expect(calls().filter((operation) => operation.endsWith("/search")).length).toBe(2);
  });

  it("finds a change that the index showed up to an hour late, within 75 minutes", async () => {
    const { connector, list, ids, portal, clock } = await withMembers(30, { indexLagMs: 60 * MINUTE });
    let { cursor } = await pull(connector, [list], null);
    for (const id of ids) portal.editContact({ id }, { firstname: "Later" });
    const seen = new Set<string>();
    for (let minutes = 0; minutes < 75; minutes += 5) {
      clock.advance(5 * MINUTE);
      const pulled = await pull(connector, [list], cursor);
      cursor = pulled.cursor;
      for (const page of pulled.pages) {
        if (page.kind !== "contacts") continue;
        for (const { id, values } of page.contacts) if (values["firstname"] === "Later") seen.add(id);
      }
    }
    expect(seen).toEqual(new Set(ids));
  });

  it("looks a second time at a change, and then no more", async () => {
    const { connector, list, ids, portal, clock } = await withMembers(1);
    let { cursor } = await pull(connector, [list], null);
    portal.editContact({ id: ids[0] ?? "" }, { firstname: "Later" });
    const seen: number[] = [];
    for (let minutes = 20; minutes <= 200; minutes += 20) {
      clock.advance(20 * MINUTE);
      const pulled = await pull(connector, [list], cursor);
      cursor = pulled.cursor;
      if (pulled.contacts.size > 0) seen.push(minutes);
    }
    expect(seen).toEqual([20, 80]);
  });

  it("shows the survivor of a merge with the ids it had, and who left by it", async () => {
    const { connector, list, ids, portal, pass } = await withMembers(3);
    const { cursor } = await pull(connector, [list], null);
    const [one = "", two = ""] = ids;
    const survivor = portal.mergeContacts({ id: one }, { id: two });
    pass();
    const pulled = await pull(connector, [list], cursor);
    const contact = pulled.pages
      .flatMap((page) => (page.kind === "contacts" ? page.contacts : []))
      .find(({ id }) => id === survivor);
    expect([...(contact?.mergedIds ?? [])].sort()).toEqual([one, two].sort());
    expect(rosters(pulled).flatMap((roster) => roster.ids)).not.toContain(one);
  });

  it("shows a list that was emptied as an empty roster", async () => {
    const { connector, list, ids, portal, pass } = await withMembers(25);
    const { cursor } = await pull(connector, [list], null);
    portal.changeMembers(list, { remove: [...ids] });
    pass();
    const found = rosters(await pull(connector, [list], cursor));
    expect(found).toMatchObject([{ collection: list, ids: [], last: true }]);
  });

  it("takes nobody for gone while HubSpot computes a dynamic list again, and finds who left afterwards", async () => {
    const { connector, portal, ids, pass } = await withMembers(3);
    const list = portal.createList("Computed", "DYNAMIC");
    portal.changeMembers(list, { add: [...ids] });
    pass();
    let { cursor } = await pull(connector, [list], null);
    portal.rebuildList(list, 2.5 * 60 * MINUTE);
    pass();
    const computing = await pull(connector, [list], cursor);
    cursor = computing.cursor;
    expect(rosters(computing)).toEqual([]);
    pass();
    portal.changeMembers(list, { remove: [ids[0] ?? ""] });
    expect(rosters(await pull(connector, [list], cursor))).toMatchObject([{ ids: ids.slice(1), last: true }]);
  });

  it("shows a long roster in parts of one scan, of which only the last moves the cursor on", async () => {
    const { connector, list, ids, portal, pass } = await withMembers(600);
    const { cursor } = await pull(connector, [list], null);
    portal.changeMembers(list, { remove: [ids[0] ?? ""] });
    pass();
    const parts = rosters(await pull(connector, [list], cursor));
    expect(parts.map(({ ids: part, last }) => [part.length, last])).toEqual([
      [250, false],
      [250, false],
      [99, true],
    ]);
    expect(new Set(parts.map(({ scan }) => scan)).size).toBe(1);
    const again = rosters(await pull(connector, [list], parts[1]?.cursor ?? ""));
    expect(again.flatMap((part) => part.ids).sort()).toEqual(ids.slice(1).toSorted());
  });

  it("counts nobody twice who leaves and comes back, and looks once more", async () => {
    const { connector, list, ids, portal, pass, clock } = await withMembers(3);
    let { cursor } = await pull(connector, [list], null);
    portal.changeMembers(list, { remove: [ids[0] ?? ""] });
    clock.advance(MINUTE);
    portal.changeMembers(list, { add: [ids[0] ?? ""] });
    const found: number[] = [];
    for (let cycle = 0; cycle < 4; cycle += 1) {
      pass();
      const pulled = await pull(connector, [list], cursor);
      cursor = pulled.cursor;
      found.push(rosters(pulled).length);
      expect(rosters(pulled).every((roster) => roster.ids.length === 3)).toBe(true);
    }
    expect(found.slice(2)).toEqual([0, 0]);
  });

  it("reads a list again when HubSpot no longer takes the saved place", async () => {
    const { connector, list, ids, world, portal, pass } = await withMembers(3);
    const { cursor } = await pull(connector, [list], null);
    pass();
    const [leaver = "", ...others] = ids;
    portal.changeMembers(list, { remove: [leaver] });
    const body = { status: "error", message: "after is not a valid cursor", category: "VALIDATION_ERROR" };
    world.faults.add({
      match: "join-order",
      times: 1,
      fault: { kind: "status", status: 400, applied: "before", body },
    });
    const reread = await pull(connector, [list], cursor);
    expect(reread.members).toEqual(new Set(others));
    // Nothing of that tells who is not there any more: the whole membership does.
    const next = await pull(connector, [list], reread.cursor);
    expect(rosters(next).map((roster) => [...roster.ids].sort())).toEqual([[...others].sort()]);
    expect(rosters(await pull(connector, [list], next.cursor))).toEqual([]);
  });

  it("reads directly what is too much to ask of a search", async () => {
    const { connector, list, ids, portal, pass } = await withMembers(2);
    const wide = Array.from({ length: 120 }, (_, index) => `a_rather_long_property_name_number_${index}`);
    for (const name of wide) {
      portal.createProperty({
        groupName: "contactinformation",
        name,
        label: name,
        type: "string",
        fieldType: "text",
      });
    }
    const properties = wide.map((property) => ({ property, type: "text" }) as const);
    const { cursor } = await pull(connector, [list], null, properties);
    portal.editContact({ id: ids[0] ?? "" }, { [wide[7] ?? ""]: "here" });
    pass();
    const { pages } = await pull(connector, [list], cursor, properties);
    const [contact] = pages.flatMap((page) => (page.kind === "contacts" ? page.contacts : []));
    expect(contact?.values[wide[7] ?? ""]).toBe("here");
    const everyone = [];
    for await (const page of connector.contacts.everyone(properties, live())) everyone.push(...page.contacts);
    expect(everyone.map(({ values }) => Object.keys(values).length)).toEqual([120, 120]);
  });

  it.each(["", "null", "{}", '{"version":2}', "%"])(
    "begins again from %j, which is no cursor, and then asks who left meanwhile",
    async (cursor) => {
      const { connector, list, ids } = await withMembers(2);
      const reread = await pull(connector, [list], cursor);
      expect(reread.members).toEqual(new Set(ids));
      expect(rosters(await pull(connector, [list], reread.cursor)).length).toBe(1);
    },
  );

  it.each(["v3", "2026-09"] as const)("speaks %s as well", async (apiVersion) => {
    const { connect, list, ids, world } = await withMembers(2);
    const { members } = await pull(connect({ apiVersion }), [list], null);
    expect(members).toEqual(new Set(ids));
    const paths = world.truth.calls.map(({ path }) => path);
    expect(paths.every((path) => path.includes(`/${apiVersion}/`))).toBe(true);
  });
});
