import { expect, test } from "vitest";
import { statusApp } from "../../../src/status/frame/status-app.ts";
import { readAudit } from "../../../src/store/chains/audit.ts";
import { freshDatabase } from "../../support/fresh-database.ts";
import { statusDeps, visit } from "../app.ts";
import { seed } from "../seed.ts";
import { storeOf } from "../../../src/store/database/store.ts";
test("a rule is a filter like the others: of the page, of the file, and of all that match it", async () => {
  const fresh = await freshDatabase();
  const it = await seed(fresh, "acme-main");
  const rules = [
    { id: "customers", from: "hubspot" as const, collections: ["L1", "L2"] },
    { id: "engaged", from: "klaviyo" as const, collections: ["S1"] },
  ];
  const app = await statusApp(statusDeps(fresh, it.connectionId, { rules: () => Promise.resolve(rules) }));
  const visitor = visit(app);
  const { database } = fresh;
  for (const [email, side, collection] of [
    ["a@example.com", "hubspot", "L2"],
    ["b@example.com", "klaviyo", "S1"],
    ["c@example.com", "klaviyo", "L1"],
  ] as const) {
    const id = await it.link(email, "failing");
    await it.problem(id, {});
    await it.sighting(id, side, `x-${email}`, {});
    await database.member.create({
      data: { connectionId: it.connectionId, side, collection, externalId: `x-${email}` },
    });
  }
  const shown = async (query: string) => {
    const { contacts } = (await visitor.get(`/errors${query}`, "application/json")).json() as {
      contacts: readonly { email: string }[];
    };
    return contacts.map(({ email }) => email);
  };
  expect(await shown("?rule=customers")).toEqual(["a@example.com"]);
  expect(await shown("?rule=engaged")).toEqual(["b@example.com"]);
  expect(await shown("?rule=")).toHaveLength(3);
  const { body } = await visitor.get("/errors?rule=customers&cause=KL-PHONE");
  expect(body).toMatch(/<option value="customers" selected\s*>customers/);
  expect(body).toMatch(/href="\/errors\?cause=KL-PHONE"\s*><bdi>Rule customers/);
  expect((await visitor.get("/errors.csv?rule=engaged")).body.trimEnd().split("\r\n")).toHaveLength(2);
  const requested = await visitor.post("/errors", { all: "1", rule: "engaged", do: "retry" });
  expect(requested.body).toContain("Retry 1 contact?");
  expect(requested.body).toContain("the rule engaged");
  await visitor.post("/errors/retry", { all: "1", rule: "engaged" });
  const [latest] = await readAudit(storeOf(database, it.connectionId), 1);
  expect(latest).toMatchObject({ contacts: 1, about: { rule: "engaged" } });
  const wrong = await visitor.get("/errors?rule=nobodys");
  expect([wrong.status, wrong.body.includes("customers, engaged")]).toEqual([400, true]);
  expect((await visitor.post("/errors/retry", { all: "1", rule: "nobodys" })).status).toBe(400);
  await app.close();
  await fresh.drop();
});
