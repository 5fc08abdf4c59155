import { describe, expect, it } from "vitest";
import { hubspot } from "../../../src/connectors/hubspot/index.ts";
import { live, rehearse } from "./rehearsal.ts";
import { stub } from "./stub.ts";

const account = {
  portalId: 147893286,
  accountType: "SANDBOX",
  timeZone: "US/Eastern",
  uiDomain: "app-eu1.hubspot.com",
};

const DEPS = {
  token: "t",
  apiVersion: "2026-03",
  apiShare: 1,
  now: Date.now,
  sleep: async () => {},
  log: () => {},
} as const;

describe("HubSpot's address", () => {
  it.each([
    "http://api.hubapi.com",
    "https://evil.example",
    "https://api.hubapi.com.evil.example",
    "https://user:key@api.hubapi.com",
    "http://169.254.169.254",
    "https://127.0.0.1",
    "http://127.0.0.1/path",
    "ftp://127.0.0.1",
    "nonsense",
  ])("is not %s", (baseUrl) => {
    expect(() => hubspot({ ...DEPS, baseUrl })).toThrow(RangeError);
  });

  it.each([
    null,
    "https://api.hubapi.com",
    "https://api.hubapi.com/",
    "http://127.0.0.1:4010/",
    "http://localhost:1",
    "http://[::1]:9",
  ])("may be %s", (baseUrl) => {
    expect(hubspot({ ...DEPS, baseUrl }).side).toBe("hubspot");
  });

  it("is not changed by a redirect", async () => {
    const elsewhere = await stub(() => ({ status: 200, body: { results: [] } }));
    const { connector } = await stub(() => ({ status: 302, headers: { location: `${elsewhere.url}/` } }));
    await expect(connector.contacts.read(["1"], [], live())).rejects.toMatchObject({
      problem: { code: "HS-DOWN" },
    });
    await expect(connector.account(live())).rejects.toMatchObject({ problem: { code: "HS-DOWN" } });
    expect(elsewhere.calls).toEqual([]);
  });
});

describe("HubSpot's account", () => {
  it("is known by its portal, with the way to a contact's page", async () => {
    const { connector, calls } = await stub(() => ({ status: 200, body: account }));
    expect(await connector.account(live())).toEqual({
      id: "147893286",
      name: "HubSpot 147893286 (SANDBOX)",
      timeZone: "US/Eastern",
      contactUrl: "https://app-eu1.hubspot.com/contacts/147893286/record/0-1/{id}",
    });
    expect(calls).toMatchObject([
      { path: "/account-info/2026-03/details", headers: { authorization: "Bearer pat-eu1-secret-canary" } },
    ]);
  });

  it("asks for a fresh token before every call", async () => {
    let requested = 0;
    const token = async (): Promise<string> => `token-${(requested += 1)}`;
    const { connector, calls } = await stub(() => ({ status: 200, body: { results: [] } }), { token });
    await connector.contacts.read(["1"], [], live());
    await connector.contacts.read(["1"], [], live());
    expect(calls.map(({ headers }) => headers["authorization"])).toEqual([
      "Bearer token-1",
      "Bearer token-2",
    ]);
  });

  it("has properties and lists, a page at a time, and only lists of contacts", async () => {
    const list = (listId: string, more: object = {}): object => ({
      listId,
      name: `List ${listId}`,
      objectTypeId: "0-1",
      processingType: "MANUAL",
      ...more,
    });
    const pages: Readonly<Record<number, object>> = {
      0: { lists: [list("1"), list("2", { objectTypeId: "0-2" })], hasMore: true, offset: 2 },
      2: {
        lists: [list("3", { processingType: "DYNAMIC" }), list("4", { processingType: "SNAPSHOT" })],
        hasMore: false,
        offset: 4,
      },
    };
    const { connector } = await stub(({ path, body }) => {
      if (path.includes("/properties/")) return { status: 200, body: { results: [] } };
      return { status: 200, body: pages[(body as { offset: number }).offset] };
    });
    const { collections } = await connector.discover(live());
    expect(collections.map(({ id, kind, writable }) => [id, kind, writable])).toEqual([
      ["1", "list", true],
      ["3", "list", false],
      ["4", "list", true],
    ]);
  });

  it("counts its requests by operation", async () => {
    const { connector, close, portal } = await rehearse();
    const [id = ""] = portal.seedContacts([{ properties: { email: "a@example.com" } }]);
    await connector.contacts.read([id], [], live());
    await connector.contacts.read([id], [], live());
    await connector.discover(live());
    expect(Object.fromEntries(connector.requests())).toEqual({
      "batch read": 2,
      properties: 1,
      "lists search": 1,
    });
    await close();
  });
});
