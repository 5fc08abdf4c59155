import { describe, expect, test } from "vitest";
import type { PullPage } from "../../../src/connectors/connector.ts";
import { EndlessPages } from "../../../src/connectors/http/page-guard.ts";
import { emailKey } from "../../../src/model/email.ts";
import type { RehearsedKlaviyo } from "../../support/klaviyo-connector.ts";
import { live, people, pull, rehearse } from "./rehearse.ts";

const TIMES = { created: "2026-01-01T00:00:00+00:00", updated: "2026-01-01T00:00:00+00:00" };

/** Answers the next call of an operation with this body. */
function answer(klaviyo: RehearsedKlaviyo, match: string, body: unknown, times = 1): void {
  klaviyo.world.faults.add({
    match,
    times,
    fault: { kind: "status", status: 200, applied: "before", body },
  });
}

const pageOf = (data: readonly unknown[], next: string | null = null) => ({ data, links: { next } });

describe("what Klaviyo shows and nobody can read", () => {
  test("leaves alone what it cannot read of a page, and never takes it for empty", async () => {
    const klaviyo = await rehearse();
    const list = klaviyo.sandbox.createList({ name: "All" });
    klaviyo.sandbox.addToList(list, klaviyo.sandbox.seed(people(1)));
    const times = { created: "2026-01-01T00:00:00+00:00", updated: "2026-01-01T00:00:00+00:00" };
    const good = { email: "good@example.com", ...times };
    const data = [
      { id: "01A", attributes: { ...good, first_name: 7, properties: { score: "high" } } },
      { id: "01B", attributes: { ...good, first_name: ["?"], properties: "none", subscriptions: [] } },
      { id: "01C", attributes: { ...good, email: null } },
      { id: "01D", attributes: { ...times } },
      { id: "01E", attributes: { email: 5, ...times } },
      { id: "01F", attributes: "none" },
      { id: null, attributes: good },
      "nobody",
      null,
    ];
    klaviyo.world.faults.add({
      match: "get_profiles_for_list",
      times: 1,
      fault: { kind: "status", status: 200, applied: "before", body: { data, links: { next: null } } },
    });
    const { pages } = await pull(klaviyo, [list], null);
    const contacts = pages.flatMap((page) => (page.kind === "contacts" ? page.contacts : []));
    expect(contacts.map(({ id, values, unreadable, email }) => ({ id, values, unreadable, email }))).toEqual([
      {
        id: "01A",
        values: { first_name: "7" },
        unreadable: { "properties.score": "high" },
        email: good.email,
      },
      { id: "01B", values: {}, unreadable: { first_name: '["?"]' }, email: good.email },
      { id: "01C", values: {}, unreadable: {}, email: null },
    ]);
    const unread = pages.flatMap((page) => (page.kind === "contacts" ? page.unreadable : []));
    expect(unread.map(({ id, email, problem }) => [id, email, problem.code, problem.level])).toEqual([
      ["01F", null, "SK-UNREADABLE", "contact"],
      [null, null, "SK-UNREADABLE", "contact"],
      [null, null, "SK-UNREADABLE", "contact"],
      [null, null, "SK-UNREADABLE", "contact"],
      ["01D", null, "SK-UNREADABLE", "contact"],
      ["01E", null, "SK-UNREADABLE", "contact"],
    ]);
    // Members all the same, but for the three that do not say who they are: those are told of the list.
    const members = pages.flatMap((page) => (page.kind === "contacts" ? (page.members.get(list) ?? []) : []));
    expect(members.toSorted()).toEqual(["01A", "01B", "01C", "01D", "01E", "01F"]);
    expect(pages.flatMap((page) => (page.kind === "collection_gone" ? page.problem.code : []))).toEqual([
      "SK-MEMBERS",
    ]);
    expect(klaviyo.logged.length).toBe(7);
  });

  test.for<[number, unknown, string]>([
    [
      403,
      { errors: [{ code: "permission_denied", detail: "missing required scopes: lists:read" }] },
      "KL-SCOPE",
    ],
    [400, { errors: [{ code: "invalid", detail: "A filter we did not know of." }] }, "KL-UNKNOWN"],
  ])(
    "of one list that is refused with %i is that list's problem, and the others continue",
    async ([status, body, code]) => {
      const klaviyo = await rehearse();
      const refused = klaviyo.sandbox.createList({ name: "A" });
      const fine = klaviyo.sandbox.createList({ name: "B" });
      klaviyo.sandbox.addToList(fine, klaviyo.sandbox.seed(people(1)));
      klaviyo.world.faults.add({
        match: "get_profiles_for_list",
        times: 1,
        fault: { kind: "status", status, applied: "before", body },
      });
      const [first, other] = [refused, fine].toSorted();
      const { pages } = await pull(klaviyo, [refused, fine], null);
      const gone = pages.filter((page) => page.kind === "collection_gone");
      expect(gone.map(({ collection, problem }) => [collection, problem.code, problem.level])).toEqual([
        [first, code, "mapping"],
      ]);
      expect(pages.some((page) => page.kind === "contacts" && page.members.has(other ?? ""))).toBe(true);
    },
  );

  test("a profile with a time that is none is unreadable, and not gone", async () => {
    const klaviyo = await rehearse();
    const bad = { id: "01A", attributes: { email: "ann@example.com", ...TIMES, updated: "yesterday" } };
    answer(klaviyo, "get_profiles", pageOf([bad]));
    const { contacts, unreadable } = await klaviyo.connector.contacts.read(["01A", "01B"], [], live());
    expect(contacts).toEqual([]);
    expect(unreadable).toMatchObject([{ side: "klaviyo", id: "01A", email: "ann@example.com" }]);
    expect(unreadable[0]?.problem.explanation).toContain('"updated" of Klaviyo profile 01A is "yesterday"');
  });

  test("a record without an id makes nobody seem gone who may be it", async () => {
    const klaviyo = await rehearse();
    answer(klaviyo, "get_profiles", pageOf([{ attributes: {} }]));
    const { unreadable } = await klaviyo.connector.contacts.read(["01A", "01B"], [], live());
    expect(unreadable.map(({ id }) => id)).toEqual(["01A", "01B"]);
  });

  test("an opt-out is seen whatever the times of its profile look like", async () => {
    const klaviyo = await rehearse();
    const marketing = {
      consent: "UNSUBSCRIBED",
      suppression: [{ reason: "UNSUBSCRIBE", timestamp: "2026-06-01T00:00:00+00:00" }],
    };
    const attributes = {
      email: "no@example.com",
      updated: "yesterday",
      subscriptions: { email: { marketing } },
    };
    answer(klaviyo, "get_profiles", pageOf([{ id: "01A", attributes }]));
    const shown = [];
    for await (const { contacts } of klaviyo.connector.consent.optOuts(0, live())) shown.push(...contacts);
    expect(shown).toMatchObject([
      { id: "01A", email: "no@example.com", consent: { status: "unsubscribed" } },
    ]);
  });

  test("a lookup by address tells of the one that is there and cannot be read", async () => {
    const klaviyo = await rehearse();
    const key = emailKey("ann@example.com");
    if (key === null) throw new Error("no address");
    answer(
      klaviyo,
      "get_profiles",
      pageOf([{ id: "01A", attributes: { email: "Ann@example.com", updated: 7 } }]),
    );
    const { contacts, unreadable } = await klaviyo.connector.contacts.find([key], [], live());
    expect([contacts, unreadable.map(({ id, email }) => [id, email])]).toEqual([[], [["01A", key]]]);
  });

  test("a roster with a member that does not say who it is proves nobody's leave, and is read again", async () => {
    const klaviyo = await rehearse();
    const list = klaviyo.sandbox.createList({ name: "All" });
    const ids = klaviyo.sandbox.seed(people(4));
    klaviyo.sandbox.addToList(list, ids);
    const first = await pull(klaviyo, [list], null);
    klaviyo.sandbox.removeFromList(list, ids.slice(0, 1));
    answer(
      klaviyo,
      "get_profile_ids_for_list",
      pageOf([null, ...ids.slice(2)].map((id) => ({ type: "profile", id }))),
    );
    const lastOf = ({ pages }: { readonly pages: readonly PullPage[] }) =>
      pages.flatMap((page) => (page.kind === "roster" ? [page.last] : []));
    const broken = await pull(klaviyo, [list], first.cursor);
    expect(lastOf(broken)).toEqual([false]);
    expect(broken.pages.filter(({ kind }) => kind === "collection_gone")).toMatchObject([
      { collection: list, problem: { code: "SK-MEMBERS" } },
    ]);
    const whole = await pull(klaviyo, [list], broken.cursor);
    expect(lastOf(whole)).toEqual([true]);
    const rosters = whole.pages.flatMap((page) => (page.kind === "roster" ? page.ids : []));
    expect(rosters.toSorted()).toEqual(ids.slice(1).toSorted());
  });

  test("pages that lead in a circle end a pass with a problem, of one list for that list alone", async () => {
    const klaviyo = await rehearse();
    const list = klaviyo.sandbox.createList({ name: "All" });
    const next = (cursor: string) => `${klaviyo.url}/api/x?page%5Bcursor%5D=${cursor}`;
    for (const cursor of ["A", "B", "A", "B"])
      answer(klaviyo, "get_profiles_for_list", pageOf([], next(cursor)));
    const { pages } = await pull(klaviyo, [list], null);
    expect(pages.filter((page) => page.kind === "collection_gone")).toMatchObject([
      { collection: list, problem: { code: "SK-PAGES", level: "mapping", side: "klaviyo" } },
    ]);
    expect(klaviyo.called("get_profiles_for_list")).toBe(3);

    for (const cursor of ["A", "B", "A", "B"]) answer(klaviyo, "get_profiles", pageOf([], next(cursor)));
    const all = async () => {
      for await (const page of klaviyo.connector.contacts.everyone([], live())) void page;
    };
    await expect(all()).rejects.toBeInstanceOf(EndlessPages);
  });

  test("more pages than the count of a list allows end its pass", async () => {
    const klaviyo = await rehearse();
    const list = klaviyo.sandbox.createList({ name: "All" });
    for (let page = 0; page < 40; page += 1)
      answer(klaviyo, "get_profiles_for_list", pageOf([], `${klaviyo.url}/api/x?page%5Bcursor%5D=${page}`));
    const { pages } = await pull(klaviyo, [list], null);
    expect(pages.some((page) => page.kind === "collection_gone" && page.problem.code === "SK-PAGES")).toBe(
      true,
    );
    expect(klaviyo.called("get_profiles_for_list")).toBeLessThan(15);
  });
});
