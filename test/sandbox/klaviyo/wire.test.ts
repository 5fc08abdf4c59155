import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SANDBOX_KEY } from "../../../src/sandbox/klaviyo/klaviyo-sandbox.ts";
import type { KlaviyoRehearsal, RawAnswer } from "../../support/klaviyo-rehearsal.ts";
import { dataIn, klaviyoRehearsal } from "../../support/klaviyo-rehearsal.ts";

let klaviyo: KlaviyoRehearsal;

beforeEach(async () => {
  klaviyo = await klaviyoRehearsal();
});
afterEach(() => klaviyo.close());

const detail = ({ body }: RawAnswer): unknown => body?.errors?.[0]["detail"];

describe("the gate", () => {
  it("opens to no key but a living one, and counts nobody who stays outside", async () => {
    for (const authorization of [null, "Klaviyo-API-Key pk_wrong", `Bearer ${SANDBOX_KEY}`]) {
      const { status, body, headers } = await klaviyo.raw("/api/accounts", { headers: { authorization } });
      expect(status).toBe(401);
      expect(body?.errors?.[0]).toMatchObject({
        code: "authentication_failed",
        title: "Incorrect authentication credentials.",
        detail: "Incorrect authentication credentials.",
      });
      expect(headers.get("ratelimit-limit")).toBeNull();
    }
    klaviyo.sandbox.revokeKey(SANDBOX_KEY);
    expect((await klaviyo.raw("/api/accounts")).status).toBe(401);
  });

  it("asks for a revision", async () => {
    expect((await klaviyo.raw("/api/accounts", { headers: { revision: null } })).status).toBe(400);
    expect((await klaviyo.raw("/api/accounts", { headers: { revision: "latest" } })).status).toBe(400);
  });

  it("takes a body as JSON only, of either name", async () => {
    const body = { data: { type: "profile", attributes: { email: "ada@example.com" } } };
    const upsert = async (type: string) => {
      const headers = { "content-type": type };
      return (await klaviyo.raw("/api/profile-import", { method: "POST", headers, body })).status;
    };
    expect(await upsert("text/plain")).toBe(415);
    expect(await upsert("application/x-www-form-urlencoded")).toBe(415);
    expect(await upsert("application/json")).toBe(201);
    expect(await upsert("application/vnd.api+json; charset=utf-8")).toBe(200);
  });

  it("names the scope a key lacks", async () => {
    klaviyo.sandbox.addKey({ key: "pk_reader", scopes: ["profiles:read", "lists:read"] });
    const headers = { authorization: "Klaviyo-API-Key pk_reader" };
    expect((await klaviyo.raw("/api/profiles", { headers })).status).toBe(200);
    const write = await klaviyo.raw("/api/profile-import", { method: "POST", headers, body: {} });
    expect(write.status).toBe(403);
    expect(write.body?.errors?.[0]).toMatchObject({ code: "permission_denied" });
    expect(detail(write)).toContain("profiles:write");
  });

  it("keeps webhooks for those with the plan", async () => {
    const answer = await klaviyo.raw("/api/webhooks", { method: "POST", body: {} });
    expect(answer.status).toBe(403);
    expect(detail(answer)).toBe("You must have Advanced KDP enabled to use this endpoint.");
  });

  it("counts each operation for itself, in seconds and in minutes", async () => {
    klaviyo.sandbox.configure({ limits: "real" });
    const tags = () => klaviyo.raw("/api/tags");
    for (let minute = 0; minute < 20; minute += 1) {
      for (let call = 0; call < 3; call += 1) expect((await tags()).status).toBe(200);
      klaviyo.world.clock.advance(1_000);
    }
    const full = await tags();
    expect(full.status).toBe(429);
    expect(Number(full.headers.get("retry-after"))).toBeGreaterThan(30);
    expect((await klaviyo.raw("/api/lists")).status).toBe(200);
  });
});

describe("reading", () => {
  it("refuses what it does not understand with 400", async () => {
    const list = klaviyo.sandbox.createList({ name: "All" });
    for (const path of [
      "/api/profiles?page[size]=101",
      "/api/profiles?page[size]=0",
      "/api/profiles?page[number]=2",
      "/api/lists?page[size]=11",
      "/api/metrics?page[size]=10",
      "/api/profiles?sort=first_name",
      "/api/profiles?include=lists",
      "/api/profiles?fields[profile]=emial",
      "/api/profiles?additional-fields[profile]=everything",
      '/api/profiles?filter=equals(first_name,"Ada")',
      '/api/profiles?filter=contains(email,"ada")',
      "/api/profiles?filter=equals(email,ada@example.com)",
      '/api/profiles?filter=greater-than(updated,"2026-01-01T00:00:00Z")',
      "/api/profiles?filter=greater-than(updated,2026-01-01T00:00:00+00:00)",
      '/api/profiles?filter=or(equals(email,"a@b.c"),equals(email,"d@e.f"))',
      '/api/events?filter=any(metric_id,["a","b"])',
      `/api/lists/${list}/profiles?filter=any(profile_id,["x"])`,
    ]) {
      expect({ path, status: (await klaviyo.raw(path)).status }).toEqual({ path, status: 400 });
    }
    const unreadable = await klaviyo.raw("/api/profiles?filter=equals(email,ada@example.com)");
    expect(detail(unreadable)).toBe("Invalid filter provided.");
  });

  it("joins clauses with AND, and takes both kinds of quotes", async () => {
    klaviyo.sandbox.seed([
      { email: "ada@example.com", external_id: "1", updated: "2026-01-01T00:00:00Z" },
      { email: "o'hara@example.com", external_id: "2", updated: "2026-02-01T00:00:00Z" },
    ]);
    const ids = async (filter: string) => {
      const rows = dataIn(await klaviyo.raw(`/api/profiles?filter=${encodeURIComponent(filter)}`)) as {
        attributes: { external_id: string };
      }[];
      return rows.map(({ attributes }) => attributes.external_id);
    };
    expect(await ids("equals(external_id,'1')")).toEqual(["1"]);
    expect(await ids(`equals(email,"o'hara@example.com")`)).toEqual(["2"]);
    expect(await ids(`equals(email,'o\\'hara@example.com')`)).toEqual(["2"]);
    const window = "greater-than(updated,2026-01-15T00:00:00Z),less-than(updated,2026-03-01T00:00:00+00:00)";
    expect(await ids(window)).toEqual(["2"]);
    expect(await ids(`${window},equals(external_id,"1")`)).toEqual([]);
  });

  it("compares whole seconds, so that a strict bound misses who changed later in that second", async () => {
    const id = klaviyo.sandbox.createProfile({ email: "ada@example.com" });
    const { attributes } = dataIn(await klaviyo.raw(`/api/profiles/${id}`)) as {
      attributes: { updated: string };
    };
    const { updated } = attributes;
    expect(updated).toMatch(/T\d\d:\d\d:\d\d\+00:00$/);
    const bound = encodeURIComponent(`greater-than(updated,${updated})`);
    expect((await klaviyo.raw(`/api/profiles?filter=${bound}`)).body?.data).toEqual([]);
  });

  it("shows microseconds where it just wrote, and keys nobody documents", async () => {
    const written = await klaviyo.raw("/api/profile-import", {
      method: "POST",
      body: { data: { type: "profile", attributes: { email: "ada@example.com" } } },
    });
    const { attributes } = dataIn(written) as { attributes: Record<string, unknown> };
    expect(attributes["updated"]).toMatch(/\.\d{6}\+00:00$/);
    expect(attributes).toHaveProperty("anonymous_id", null);
    const read = await klaviyo.raw("/api/profiles?additional-fields[profile]=subscriptions");
    expect(read.text).toContain("click_tracking");
  });

  it("takes a cursor only for the filter and order it was given for", async () => {
    klaviyo.sandbox.seedMany(30);
    const first = await klaviyo.raw("/api/profiles?sort=email&page[size]=10");
    const next = first.body?.links?.next ?? "";
    expect(
      next.startsWith(`${klaviyo.url}/api/profiles?sort=email&page%5Bsize%5D=10&page%5Bcursor%5D=`),
    ).toBe(true);
    expect(first.body?.links?.prev).toBeNull();
    expect((await klaviyo.raw(next)).status).toBe(200);
    for (const wrong of [
      next.replace("sort=email", "sort=-email"),
      "/api/profiles?page[cursor]=bogus",
      `/api/profiles?page[cursor]=${encodeURIComponent(next)}`,
    ]) {
      const answer = await klaviyo.raw(wrong);
      expect(answer.status).toBe(400);
      expect(detail(answer)).toBe("Invalid cursor provided.");
    }
  });

  it("gives a link back that leads nowhere when lists are asked for by id", async () => {
    const id = klaviyo.sandbox.createList({ name: "All" });
    const { body } = await klaviyo.raw(`/api/lists?filter=any(id,["${id}"])`);
    expect((await klaviyo.raw(body?.links?.prev ?? "")).status).toBe(400);
  });

  it("answers with or without a trailing slash, and 404 in the right words", async () => {
    expect((await klaviyo.raw("/api/accounts/")).status).toBe(200);
    expect(detail(await klaviyo.raw("/api/profiles/NOPE01"))).toBe(
      "A profile with id NOPE01 does not exist.",
    );
    expect(detail(await klaviyo.raw("/api/lists/NOPE01"))).toBe("A list with id `NOPE01` does not exist.");
    expect(detail(await klaviyo.raw("/api/events/NOPE01"))).toBe("Invalid Event ID: 'NOPE01'");
    expect((await klaviyo.raw("/api/nothing")).status).toBe(404);
  });
});

describe("writing", () => {
  const upsert = (attributes: object): Promise<RawAnswer> =>
    klaviyo.raw("/api/profile-import", { method: "POST", body: { data: { type: "profile", attributes } } });

  it("tells what is wrong with a value, and where, in Klaviyo's words", async () => {
    const phone = await upsert({ email: "ada@example.com", phone_number: "0176 1234" });
    expect(phone.body?.errors?.[0]).toMatchObject({
      code: "invalid",
      detail: "Invalid phone number format (Example of a valid format: +12345678901)",
      source: { pointer: "/data/attributes/phone_number" },
    });
    const email = await upsert({ email: "ada(at)example.com" });
    expect(email.body?.errors?.[0]).toMatchObject({
      detail: "Invalid email address",
      source: { pointer: "/data/attributes/email" },
    });
    expect(detail(await upsert({ email: "ada@example.com", company: "x" }))).toBe(
      "'company' is not a valid field for the resource 'profile'.",
    );
    expect((await upsert({ first_name: "Nobody" })).status).toBe(400);
    expect(klaviyo.sandbox.counts().profiles).toBe(0);
  });

  it("refuses what is too large, and JSON that is none", async () => {
    expect((await upsert({ email: "ada@example.com", title: "x".repeat(110_000) })).status).toBe(413);
    const broken = await fetch(`${klaviyo.url}/api/profile-import`, {
      method: "POST",
      headers: {
        authorization: `Klaviyo-API-Key ${SANDBOX_KEY}`,
        revision: "2026-07-15",
        "content-type": "application/json",
      },
      body: "{",
    });
    expect(broken.status).toBe(400);
    expect(await broken.text()).toContain("JSON parse error");
  });

  it("keeps an address once, whatever its case", async () => {
    const first = await upsert({ email: "Ada@Example.com" });
    const second = await upsert({ email: "ada@example.com", first_name: "Ada" });
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(klaviyo.sandbox.counts().profiles).toBe(1);
  });
});
