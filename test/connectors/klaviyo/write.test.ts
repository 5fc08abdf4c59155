import { describe, expect, test } from "vitest";
import type { WriteResult } from "../../../src/connectors/connector.ts";
import { OPERATIONS } from "../../../src/connectors/klaviyo/wire/operations.ts";
import type { Operation } from "../../../src/model/operation.ts";
import { SystemUnavailable } from "../../../src/model/problem.ts";
import type { RehearsedKlaviyo } from "../../support/klaviyo-connector.ts";
import { create, live, member, people, rehearse, update } from "./rehearse.ts";
import { OPEN_GATE } from "../../support/open-gate.ts";

const PROPERTIES = [
  { property: "first_name", type: "text" },
  { property: "phone_number", type: "phone" },
  { property: "email", type: "text" },
  { property: "location.city", type: "text" },
  { property: "properties.score", type: "number" },
  { property: "properties.notes", type: "text" },
] as const;

const write = async (
  klaviyo: RehearsedKlaviyo,
  ...operations: Operation[]
): Promise<readonly WriteResult[]> =>
  (await klaviyo.connector.contacts.write(operations, PROPERTIES, OPEN_GATE, live())).results;

const codes = (result: WriteResult | undefined): unknown =>
  result?.outcome === "done"
    ? result.refused.map(({ code, field }) => `${code} ${field}`)
    : result !== undefined && "problem" in result
      ? result.problem.code
      : result?.outcome;

describe("a write to Klaviyo", () => {
  test("leaves out a number that another profile has, and writes the rest", async () => {
    const klaviyo = await rehearse();
    const phone = "+37255512345";
    const owner = klaviyo.sandbox.createProfile({ email: "owner@example.com", phone_number: phone });
    const other = klaviyo.sandbox.createProfile({ email: "other@example.com" });
    const values = { first_name: "Ada", phone_number: phone };
    const results = await write(klaviyo, update(other, values), create("new@example.com", values));
    for (const result of results) {
      expect(codes(result)).toEqual(["KL-PHONE-TAKEN phone_number"]);
      expect(result).toMatchObject({ outcome: "done", stored: { first_name: "Ada", phone_number: null } });
      expect(JSON.stringify(result)).toContain(owner);
    }
    expect(klaviyo.sandbox.profile("new@example.com")?.attributes["first_name"]).toBe("Ada");
    expect(klaviyo.sandbox.profile(owner)?.attributes["phone_number"]).toBe(phone);
  });

  test("of a create whose address and number are both known links to the address", async () => {
    const klaviyo = await rehearse();
    const phone = "+37255512345";
    klaviyo.sandbox.createProfile({ email: "owner@example.com", phone_number: phone });
    const known = klaviyo.sandbox.createProfile({ email: "known@example.com" });
    const [result] = await write(klaviyo, create("known@example.com", { phone_number: phone }));
    expect(result).toEqual({ outcome: "exists", id: known });
  });

  test("does not give a profile the address of another", async () => {
    const klaviyo = await rehearse();
    klaviyo.sandbox.createProfile({ email: "taken@example.com" });
    const id = klaviyo.sandbox.createProfile({ email: "old@example.com" });
    const values = { email: "taken@example.com", first_name: "Ada" };
    const [taken, moved] = await write(
      klaviyo,
      update(id, values),
      update(id, { email: "free@example.com" }),
    );
    expect(codes(taken)).toBe("KL-EMAIL-TAKEN");
    expect(moved).toMatchObject({ outcome: "done", stored: { email: "free@example.com" } });
    expect(klaviyo.sandbox.profile(id)?.email).toBe("free@example.com");
  });

  test("takes a 404 of a profile that is there for an address that is taken", async () => {
    const klaviyo = await rehearse();
    const id = klaviyo.sandbox.createProfile({ email: "old@example.com" });
    const fault = { kind: "status", status: 404, applied: "before" } as const;
    klaviyo.world.faults.add({ match: "update_profile", times: 1, fault });
    const [result] = await write(klaviyo, update(id, { email: "new@example.com" }));
    expect(codes(result)).toBe("KL-EMAIL-TAKEN");
  });

  test("says that a deleted or merged profile is gone, and does not bring it back", async () => {
    const klaviyo = await rehearse();
    const [deleted = "", merged = "", winner = ""] = klaviyo.sandbox.seed(people(3));
    klaviyo.sandbox.deleteProfile(deleted);
    klaviyo.sandbox.mergeProfiles(merged, winner);
    const results = await write(
      klaviyo,
      update(deleted, { first_name: "x" }),
      update(merged, { first_name: "x" }),
    );
    expect(results.map(codes)).toEqual(["KL-GONE", "KL-GONE"]);
    expect(klaviyo.sandbox.counts().profiles).toBe(1);
  });

  test("leaves out each field that Klaviyo names, and what it cannot hold", async () => {
    const klaviyo = await rehearse();
    const [id = ""] = klaviyo.sandbox.seed(people(1));
    const pointer = "/data/attributes/location/city";
    const body = {
      errors: [{ id: "e", code: "invalid", title: "No.", detail: "No such city.", source: { pointer } }],
    };
    const fault = { kind: "status", status: 400, applied: "before", body } as const;
    klaviyo.world.faults.add({ match: "update_profile", times: 1, fault });
    const [result] = await write(
      klaviyo,
      update(id, {
        first_name: "Ada",
        phone_number: "12345",
        "location.city": "Atlantis",
        "properties.score": "9007199254740993",
        "properties.$source": "us",
        external_id: "7",
        country: "EE",
      }),
    );
    expect(codes(result)).toEqual([
      "KL-UNKNOWN location.city",
      "KL-PHONE phone_number",
      "SK-TRANSFORM properties.score",
      "KL-FIELD properties.$source",
      "KL-FIELD external_id",
      "KL-FIELD country",
    ]);
    expect(result).toMatchObject({ stored: { first_name: "Ada", "location.city": null } });
  });

  test("sends nothing where nothing is left to send", async () => {
    const klaviyo = await rehearse();
    const [id = ""] = klaviyo.sandbox.seed(people(1));
    const [result] = await write(klaviyo, update(id, { phone_number: "12345" }));
    expect(codes(result)).toEqual(["KL-PHONE phone_number"]);
    expect(klaviyo.called("update_profile")).toBe(0);
  });

  test("empties by unset and by null, and touches nothing else", async () => {
    const klaviyo = await rehearse();
    const id = klaviyo.sandbox.createProfile({
      email: "a@example.com",
      first_name: "Ada",
      last_name: "Lovelace",
      location: { city: "London", country: "UK" },
      properties: { score: 7, notes: "n", kept: ["x"], $source: "them" },
    });
    await write(klaviyo, update(id, { first_name: null, "location.city": null, "properties.score": null }));
    const profile = klaviyo.sandbox.profile(id);
    expect(profile?.attributes).toMatchObject({ first_name: null, last_name: "Lovelace" });
    expect(profile?.location).toMatchObject({ city: null, country: "UK" });
    expect(profile?.properties).toMatchObject({ notes: "n", kept: ["x"], $source: "them" });
    expect(Object.keys(profile?.properties ?? {})).not.toContain("score");
  });

  test("says that a profile is too large, and which fields make it so", async () => {
    const klaviyo = await rehearse();
    const [result] = await write(
      klaviyo,
      create("a@example.com", { "properties.notes": "n".repeat(120_000) }),
    );
    expect(codes(result)).toBe("KL-SIZE");
    expect(JSON.stringify(result)).toContain("properties.notes");
    expect(klaviyo.called("create_profile")).toBe(0);
  });

  test.for<["before" | "after", "reset" | "status" | "html"]>([
    ["before", "reset"],
    ["after", "reset"],
    ["before", "status"],
    ["after", "status"],
    ["after", "html"],
  ])(
    "that was done %s the fault or not, and is answered by %s, is unknown and not repeated",
    async ([applied, kind]) => {
      const klaviyo = await rehearse();
      const fault =
        kind === "reset" ? { kind, applied } : { kind, status: kind === "html" ? 200 : 504, applied };
      klaviyo.world.faults.add({ match: "create_profile", times: 1, fault });
      const results = await write(klaviyo, create("a@example.com"), create("b@example.com"));
      expect(results.map(({ outcome }) => outcome).sort()).toEqual(["done", "unknown"]);
      expect(klaviyo.called("create_profile")).toBe(2);
      expect(klaviyo.sandbox.counts().profiles).toBe(applied === "after" ? 2 : 1);
    },
  );

  test("that was throttled is certainly not done, and is repeated", async () => {
    const klaviyo = await rehearse();
    const fault = { kind: "status", status: 429, applied: "before" } as const;
    klaviyo.world.faults.add({ match: "create_profile", times: 3, fault });
    const [result] = await write(klaviyo, create("a@example.com"));
    expect(result?.outcome).toBe("done");
    expect(klaviyo.sandbox.counts().profiles).toBe(1);
  });

  test("stops sending once Klaviyo no longer answers, and does not lose what was done", async () => {
    const klaviyo = await rehearse();
    const fault = { kind: "status", status: 502, applied: "before" } as const;
    klaviyo.world.faults.add({ match: "create_profile", skip: 20, times: 99, fault });
    const results = await write(klaviyo, ...people(60).map(({ email }) => create(email)));
    expect(results.filter(({ outcome }) => outcome === "done").length).toBe(20);
    // Of what was called for nothing is known; nothing else was sent.
    const unanswered = klaviyo.called("create_profile") - 20;
    expect(unanswered).toBeLessThan(20);
    expect(results.filter(({ outcome }) => outcome === "unknown").length).toBe(unanswered);
    expect(results.filter(({ outcome }) => outcome === "not_sent").length).toBe(40 - unanswered);
  });

  test("with a key that is refused stops the side, and tells what was done before", async () => {
    const klaviyo = await rehearse();
    const fault = { kind: "status", status: 401, applied: "before" } as const;
    klaviyo.world.faults.add({ match: "create_profile", skip: 1, times: 99, fault });
    const operations = [create("a@example.com"), create("b@example.com")];
    const { contacts } = klaviyo.connector;
    const { results, stoppedBy } = await contacts.write(operations, PROPERTIES, OPEN_GATE, live());
    expect(results.map(({ outcome }) => outcome).sort()).toEqual(["done", "not_sent"]);
    expect(stoppedBy?.reason).toBeInstanceOf(SystemUnavailable);
  });

  test("keeps to Klaviyo's limits, and to its share of them", async () => {
    const klaviyo = await rehearse({ apiShare: 0.5 });
    const [id = ""] = klaviyo.sandbox.seed(people(1));
    const { clock, truth } = klaviyo.world;
    const started = clock.now();
    for (let round = 0; round < 6; round += 1) {
      const updates = Array.from({ length: 75 }, () => update(id, { "properties.score": null }));
      await write(klaviyo, ...updates);
    }
    expect(truth.calls.filter(({ status }) => status === 429)).toEqual([]);
    // 375 a minute are half of 750: the 450 calls need a second minute.
    expect(clock.now() - started).toBeGreaterThanOrEqual(60_000);
  });

  test("puts a thousand on a list at once, and finds the one who is gone", async () => {
    const klaviyo = await rehearse();
    const list = klaviyo.sandbox.createList({ name: "All" });
    const ids = klaviyo.sandbox.seed(people(40));
    const gone = ids[17] ?? "";
    klaviyo.sandbox.deleteProfile(gone);
    const results = await write(klaviyo, ...ids.map((id) => member("add_to_list", id, list)));
    expect(results.filter(({ outcome }) => outcome === "done").length).toBe(39);
    expect(codes(results[17])).toBe("KL-GONE");
    expect(klaviyo.sandbox.counts().lists[list]).toBe(39);
    expect(klaviyo.called("add_profiles_to_list")).toBeLessThan(15);
  });

  test("of a membership that is not answered is repeated: twice is once", async () => {
    const klaviyo = await rehearse();
    const list = klaviyo.sandbox.createList({ name: "All" });
    const [id = ""] = klaviyo.sandbox.seed(people(1));
    const fault = { kind: "status", status: 504, applied: "after" } as const;
    klaviyo.world.faults.add({ match: "add_profiles_to_list", times: 1, fault });
    const [result] = await write(klaviyo, member("add_to_list", id, list));
    expect(result?.outcome).toBe("done");
  });

  test("creates somebody whose list is gone, and says so", async () => {
    const klaviyo = await rehearse();
    const [result] = await write(klaviyo, create("a@example.com", { first_name: "Ada" }, ["NoList"]));
    expect(codes(result)).toEqual(["KL-LIST null"]);
    expect(klaviyo.sandbox.profile("a@example.com")?.attributes["first_name"]).toBe("Ada");
  });

  test("that is stopped on the way tells what was done", async () => {
    const stop = new AbortController();
    const sleep = async (): Promise<void> => {
      stop.abort(new Error("stopped"));
      throw stop.signal.reason;
    };
    // A share of one call a second: the second create would have to wait.
    const klaviyo = await rehearse({ apiShare: 1 / 75, sleep });
    const operations = [create("a@example.com"), create("b@example.com")];
    const { results } = await klaviyo.connector.contacts.write(
      operations,
      PROPERTIES,
      OPEN_GATE,
      stop.signal,
    );
    expect(results.map(({ outcome }) => outcome)).toEqual(["done", "not_sent"]);
    expect(klaviyo.sandbox.counts().profiles).toBe(1);
  });

  test("can call nothing that suppresses, takes a suppression away, merges or deletes", async () => {
    const forbidden = /bulk_(un)?suppress|merge|delet|client|privacy/;
    expect(Object.keys(OPERATIONS).filter((operation) => forbidden.test(operation))).toEqual([]);
  });
});
