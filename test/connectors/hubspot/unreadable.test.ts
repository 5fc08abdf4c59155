import { describe, expect, it } from "vitest";
import type { PullPage } from "../../../src/connectors/connector.ts";
import { EndlessPages } from "../../../src/connectors/http/page-guard.ts";
import { SystemUnavailable } from "../../../src/model/problem.ts";
import { live } from "./rehearsal.ts";
import { stub } from "./stub.ts";
import type { StubAnswer, StubCall } from "./stub.ts";

const AT = "2026-06-15T09:00:00.000Z";
const record = (id: string, parts: object = {}) => ({
  id,
  properties: { email: `${id}@example.com`, ...parts },
  createdAt: AT,
  updatedAt: AT,
});
const bad = (id: string, parts: object = {}) => ({ ...record(id, parts), updatedAt: "yesterday" });
const ok = (body: object): StubAnswer => ({ status: 200, body });

async function pull(answer: (call: StubCall) => StubAnswer, collections: readonly string[]) {
  const lines: string[] = [];
  const { connector, calls } = await stub(answer, { log: (message) => lines.push(message) });
  const pages: PullPage[] = [];
  for await (const page of connector.contacts.pull({ collections, properties: [] }, null, live()))
    pages.push(page);
  return { pages, calls, lines };
}

const listed = (listId: string) => ({
  listId,
  name: listId,
  objectTypeId: "0-1",
  processingType: "MANUAL",
  size: 2,
});

/** Two lists, whose join pages are answered by the test. */
const twoLists =
  (joins: (list: string, call: StubCall) => StubAnswer) =>
  (call: StubCall): StubAnswer => {
    const { pathname } = new URL(call.path, "http://x");
    const list = /lists\/2026-03\/(\d+)\/memberships/.exec(pathname)?.[1];
    if (list !== undefined) return joins(list, call);
    if (pathname.endsWith("/batch/read")) {
      const { inputs } = call.body as { readonly inputs: readonly { readonly id: string }[] };
      return ok({ results: inputs.map(({ id }) => record(id)) });
    }
    return ok({ lists: [listed("1"), listed("2")] });
  };

describe("what HubSpot shows and nobody can read", () => {
  it("a malformed time makes one contact unreadable, and neither gone nor a lost page", async () => {
    const lines: string[] = [];
    const { connector } = await stub(() => ok({ results: [record("1"), bad("2")] }), {
      log: (message, details) => lines.push(`${message} ${JSON.stringify(details)}`),
    });
    const { contacts, unreadable } = await connector.contacts.read(["1", "2", "3"], [], live());
    expect(contacts.map(({ id }) => id)).toEqual(["1"]);
    expect(unreadable).toMatchObject([
      {
        side: "hubspot",
        id: "2",
        email: "2@example.com",
        problem: { code: "SK-UNREADABLE", level: "contact" },
      },
    ]);
    expect(unreadable[0]?.problem.explanation).toContain('"updatedAt" of HubSpot contact 2 is "yesterday"');
    expect(lines.join()).toContain("could not be read");
    expect(lines.join()).not.toContain("@example.com");
  });

  it("a survivor that cannot be read stands for the contact that was merged into it", async () => {
    const { connector } = await stub(() => ok({ results: [bad("9", { hs_merged_object_ids: "1;2" })] }));
    const { unreadable } = await connector.contacts.read(["1"], [], live());
    expect(unreadable.map(({ id }) => id)).toEqual(["1"]);
  });

  it("a record without an id makes nobody seem gone who may be it; who is called missing is", async () => {
    const missing = { category: "OBJECT_NOT_FOUND", context: { ids: ["3"] } };
    const { connector } = await stub(() => ({
      status: 207,
      body: { results: [record("1"), { properties: {} }], errors: [missing] },
    }));
    const { unreadable } = await connector.contacts.read(["1", "2", "3"], [], live());
    expect(unreadable.map(({ id }) => id)).toEqual(["2"]);
  });

  it("an email that is neither text nor empty is unreadable, not emptied", async () => {
    const { connector } = await stub(() => ok({ results: [record("1", { email: { a: 1 } })] }));
    const { contacts, unreadable } = await connector.contacts.read(["1"], [], live());
    expect([contacts, unreadable.map(({ id }) => id)]).toEqual([[], ["1"]]);
  });

  it("an opt-out is seen whatever the times of its contact look like, and whatever its spelling", async () => {
    const { connector } = await stub(() => ok({ total: 1, results: [bad("1", { hs_email_optout: true })] }));
    const shown = [];
    for await (const { contacts } of connector.consent.optOuts(0, live())) shown.push(...contacts);
    expect(shown).toMatchObject([{ id: "1", consent: { status: "unsubscribed" } }]);
  });

  it("a list's member without a readable id is told of the list, and nobody counts as removed", async () => {
    const member = { recordId: "7", membershipTimestamp: AT };
    const { pages } = await pull(
      twoLists(() => ok({ results: [member, { recordId: null, membershipTimestamp: AT }] })),
      ["1", "2"],
    );
    expect(
      pages.flatMap((page) => (page.kind === "collection_gone" ? [page.collection, page.problem.code] : [])),
    ).toEqual(["1", "SK-MEMBERS", "2", "SK-MEMBERS"]);
    expect(
      pages.some((page) => page.kind === "contacts" && page.members.get("1")?.includes("7") === true),
    ).toBe(true);
  });
});

describe("pages of HubSpot that do not end", () => {
  it("end the pass of their list with a problem, and the other list is read", async () => {
    const next = (after: string) => ok({ results: [], paging: { next: { after } } });
    const { pages, lines } = await pull(
      twoLists((list, { path }) => {
        if (list === "2") return ok({ results: [{ recordId: "7", membershipTimestamp: AT }] });
        return next(path.includes("after=A") ? "B" : "A");
      }),
      ["1", "2"],
    );
    expect(pages.filter((page) => page.kind === "collection_gone")).toMatchObject([
      { collection: "1", problem: { code: "SK-PAGES", level: "mapping" } },
    ]);
    expect(pages.some((page) => page.kind === "contacts" && page.members.has("2"))).toBe(true);
    expect(lines).toContain("pages led nowhere and the pass was ended");
  });

  it("end the reading of the whole account", async () => {
    const { connector } = await stub(({ path }) =>
      ok({ results: [], paging: { next: { after: path.includes("after=A") ? "B" : "A" } } }),
    );
    const all = async () => {
      for await (const page of connector.contacts.everyone([], live())) void page;
    };
    await expect(all()).rejects.toBeInstanceOf(EndlessPages);
  });
});

it("a web page with status 404 is no outage: of a list it is the list's problem, of a path it is told", async () => {
  const page: StubAnswer = { status: 404, body: "<html>not found</html>" };
  const { pages, calls } = await pull(
    (call) =>
      call.path.includes("/account-info/") ? ok({ portalId: 1, uiDomain: "app.hubspot.com" }) : page,
    ["1"],
  );
  expect(pages.filter((one) => one.kind === "collection_gone").map(({ problem }) => problem.code)).toEqual([
    "HS-LIST",
  ]);
  expect(calls.length).toBeLessThan(4);
  const { connector } = await stub(() => page);
  const error: unknown = await connector.account(live()).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(SystemUnavailable);
  expect((error as SystemUnavailable).problem.code).not.toBe("HS-DOWN");
});
