import { describe, expect, test } from "vitest";
import type { WriteResult } from "../../../src/connectors/connector.ts";
import type { Operation } from "../../../src/model/operation.ts";
import type { RehearsedKlaviyo } from "../../support/klaviyo-connector.ts";
import { create, live, people, rehearse, update } from "./rehearse.ts";
import { OPEN_GATE } from "../../support/open-gate.ts";

const PROPERTIES = [
  { property: "first_name", type: "text" },
  { property: "phone_number", type: "phone" },
  { property: "properties.notes", type: "text" },
] as const;

const write = async (
  klaviyo: RehearsedKlaviyo,
  operations: readonly Operation[],
): Promise<readonly WriteResult[]> =>
  (await klaviyo.connector.contacts.write(operations, PROPERTIES, OPEN_GATE, live())).results;
const outcomes = (results: readonly WriteResult[]): readonly string[] => [
  ...new Set(results.map(({ outcome }) => outcome)),
];
const many = (lists: readonly string[] = []): readonly Operation[] =>
  people(120).map(({ email }) => create(email, { first_name: email }, lists));

describe("an import of many to Klaviyo", () => {
  test("is one job and one look at it, tells the ids that it made, and joins the list on the way", async () => {
    const klaviyo = await rehearse();
    const list = klaviyo.sandbox.createList({ name: "All" });
    const results = await write(klaviyo, many([list]));
    expect(outcomes(results)).toEqual(["done"]);
    const id = klaviyo.sandbox.profile("p0@example.com")?.id;
    expect(results[0]).toEqual({ outcome: "done", id, stored: null, updatedAt: null, refused: [] });
    expect(klaviyo.sandbox.counts()).toMatchObject({ profiles: 120, lists: { [list]: 120 } });
    expect(klaviyo.world.truth.calls.map(({ operation }) => operation)).toEqual([
      "bulk_import_profiles",
      "get_bulk_import_profiles_job",
      "get_profiles_for_bulk_import_profiles_job",
      "get_profiles_for_bulk_import_profiles_job",
    ]);
    expect(klaviyo.sandbox.profile("p7@example.com")).toMatchObject({ consent: "NEVER_SUBSCRIBED" });
  });

  test("of thousands is still one job, and is asked about no sooner than it can be done", async () => {
    const klaviyo = await rehearse();
    klaviyo.sandbox.configure({ import_queued_ms: 900, import_processing_ms: 900 });
    const operations = people(2_000).map(({ email }) => create(email, { first_name: email }));
    expect(klaviyo.connector.contacts.writeSize).toBeGreaterThanOrEqual(2_000);
    expect(outcomes(await write(klaviyo, operations))).toEqual(["done"]);
    expect(klaviyo.called("bulk_import_profiles")).toBe(1);
    expect(klaviyo.called("get_bulk_import_profiles_job")).toBe(1);
    expect(klaviyo.called("get_profiles_for_bulk_import_profiles_job")).toBe(0);
  });

  test.each([1, 2])(
    "of whom %i were renamed before its ids were read tells whose is certain",
    async (count) => {
      const now = (): number => {
        for (let at = 0; at < count; at += 1) {
          const isMade = klaviyo?.sandbox.profile(`p${at}@example.com`) ?? null;
          if (isMade !== null)
            klaviyo?.sandbox.editProfile(`p${at}@example.com`, { email: `new${at}@example.com` });
        }
        return klaviyo?.world.clock.now() ?? 0;
      };
      let klaviyo: RehearsedKlaviyo | null = null;
      klaviyo = await rehearse({ now });
      const results = await write(klaviyo, many());
      const ids = results.map((result) => (result.outcome === "done" ? result.id : null));
      const renamed = klaviyo.sandbox.profile("new0@example.com")?.id;
      expect(ids[0]).toBe(count === 1 ? renamed : null);
      expect(ids[119]).toBe(klaviyo.sandbox.profile("p119@example.com")?.id);
    },
  );

  test("whose ids cannot be read is done all the same", async () => {
    const klaviyo = await rehearse();
    const fault = { kind: "status", status: 500, applied: "before" } as const;
    klaviyo.world.faults.add({ match: "get_profiles_for_bulk_import_profiles_job", times: 99, fault });
    const results = await write(klaviyo, many());
    expect(outcomes(results)).toEqual(["done"]);
    expect(results[0]).toMatchObject({ id: null });
  });

  test("joins several lists, one job each", async () => {
    const klaviyo = await rehearse();
    const lists = [klaviyo.sandbox.createList({ name: "One" }), klaviyo.sandbox.createList({ name: "Two" })];
    expect(outcomes(await write(klaviyo, many(lists)))).toEqual(["done"]);
    expect(Object.values(klaviyo.sandbox.counts().lists)).toEqual([120, 120]);
    expect(klaviyo.called("bulk_import_profiles")).toBe(2);
  });

  test("leaves those who empty something to single calls, and empties", async () => {
    const klaviyo = await rehearse();
    const ids = klaviyo.sandbox.seed(people(100).map((person) => ({ ...person, first_name: "old" })));
    const updates = ids.map((id, at) => update(id, { first_name: at % 10 === 0 ? null : "new" }));
    const results = await write(klaviyo, updates);
    expect(outcomes(results)).toEqual(["done"]);
    for (const [at, id] of ids.entries()) {
      expect(klaviyo.sandbox.profile(id)?.attributes["first_name"]).toBe(at % 10 === 0 ? null : "new");
    }
    expect(klaviyo.called("update_profile")).toBe(10);
  });

  test("sends the rows that failed once more by themselves, and tells what is wrong with each", async () => {
    const klaviyo = await rehearse();
    const phone = "+37255512345";
    klaviyo.sandbox.createProfile({ email: "owner@example.com", phone_number: phone });
    const operations = [
      ...many(),
      create("a(b@example.com", { first_name: "refused" }),
      create("ada@example.com", { first_name: "Ada", phone_number: phone }),
    ];
    const results = await write(klaviyo, operations);
    expect(outcomes(results.slice(0, 120))).toEqual(["done"]);
    expect(results[120]).toMatchObject({ outcome: "refused", problem: { code: "KL-EMAIL" } });
    expect(results[121]).toMatchObject({ outcome: "done", refused: [{ code: "KL-PHONE-TAKEN" }] });
    expect(klaviyo.sandbox.profile("ada@example.com")?.attributes["first_name"]).toBe("Ada");
    expect(klaviyo.called("create_profile")).toBe(3);
  });

  test("does not bring back somebody who was deleted meanwhile", async () => {
    const klaviyo = await rehearse();
    const ids = klaviyo.sandbox.seed(people(100));
    const gone = ids[42] ?? "";
    klaviyo.sandbox.deleteProfile(gone);
    const results = await write(
      klaviyo,
      ids.map((id, at) => update(id, { first_name: "new" }, `p${at}@example.com`)),
    );
    expect(results[42]).toMatchObject({ outcome: "gone", problem: { code: "KL-GONE" } });
    expect(klaviyo.sandbox.counts().profiles).toBe(99);
  });

  test.for(["stuck", "cancelled"] as const)("that is %s leaves its outcome to be read", async (mishap) => {
    const klaviyo = await rehearse({ importBudgetMs: 60_000 });
    klaviyo.sandbox.nextImport(mishap);
    const results = await write(klaviyo, many());
    // A job that still runs is followed by the next runs. Of a cancelled one only reading can tell.
    expect(outcomes(results)).toEqual([mishap === "stuck" ? "pending" : "unknown"]);
    expect(klaviyo.called("bulk_import_profiles")).toBe(1);
    // A cancelled job is not waited for.
    expect(klaviyo.called("get_bulk_import_profiles_job") > 3).toBe(mishap === "stuck");
  });

  test.for(["before", "after"] as const)(
    "whose answer is lost, done or not (%s), is not sent twice",
    async (applied) => {
      const klaviyo = await rehearse();
      const fault = { kind: "reset", applied } as const;
      klaviyo.world.faults.add({ match: "profile-bulk-import-jobs", method: "POST", times: 1, fault });
      expect(outcomes(await write(klaviyo, many()))).toEqual(["unknown"]);
      expect(klaviyo.called("bulk_import_profiles")).toBe(1);
    },
  );

  test("whose state cannot be read is pending, not failed", async () => {
    const klaviyo = await rehearse();
    const fault = { kind: "html", status: 200, applied: "before" } as const;
    klaviyo.world.faults.add({ match: "get_bulk_import_profiles_job", times: 99, fault });
    expect(outcomes(await write(klaviyo, many()))).toEqual(["pending"]);
  });

  test("that Klaviyo refuses as a whole goes in parts, until the one that is wrong is alone", async () => {
    const klaviyo = await rehearse();
    const pointer = "/data/attributes/profiles/data/5/attributes/first_name";
    const invalid = { id: "e", code: "invalid", title: "No.", detail: "No.", source: { pointer } };
    const refuse = (body: unknown): void => {
      const fault = { kind: "status", status: 400, applied: "before", body } as const;
      klaviyo.world.faults.add({ match: "bulk_import_profiles", method: "POST", times: 1, fault });
    };
    refuse({ errors: [invalid] });
    refuse({ errors: [{ ...invalid, source: {} }] });
    expect(outcomes(await write(klaviyo, many()))).toEqual(["done"]);
    expect(klaviyo.sandbox.counts().profiles).toBe(120);
    // The named one alone; then the rest, refused once more without a name, in two halves.
    expect(klaviyo.called("create_profile")).toBe(1);
    expect(klaviyo.called("bulk_import_profiles")).toBe(4);
  });

  test("keeps under five megabytes a job", async () => {
    const klaviyo = await rehearse();
    const notes = "n".repeat(90_000);
    const operations = people(120).map(({ email }) => create(email, { "properties.notes": notes }));
    expect(outcomes(await write(klaviyo, operations))).toEqual(["done"]);
    expect(klaviyo.called("bulk_import_profiles")).toBe(3);
    expect(klaviyo.sandbox.counts().profiles).toBe(120);
  });

  test("to a list that is gone creates everybody, and says so of each", async () => {
    const klaviyo = await rehearse();
    const results = await write(klaviyo, many(["NoList"]));
    expect(outcomes(results)).toEqual(["done"]);
    expect(results.every((result) => "refused" in result && result.refused[0]?.code === "KL-LIST")).toBe(
      true,
    );
    expect(klaviyo.sandbox.counts().profiles).toBe(120);
  });
});
