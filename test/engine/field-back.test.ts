import { expect, test } from "vitest";
import { engine } from "../support/engine.ts";
import { fieldRule, mapping } from "../support/rule.ts";

test("a field taken out of the mapping and put back is met for the first time: nothing is emptied", async () => {
  const it = await engine();
  const mapped = mapping({ fields: [fieldRule("firstname", "first_name", { onEmpty: "clear" })], hash: "1" });
  const jo = it.hubspot.user.create("jo@example.com", { firstname: "Jo" }, ["all"]);
  await it.sync(mapped);
  await it.sync(mapping({ fields: [], hash: "2" }));
  it.hubspot.user.clear(jo, "firstname");
  await it.sync(mapping({ fields: [], hash: "2" }));
  await it.sync(mapped);
  expect(it.klaviyo.user.all()[0]?.values.get("first_name")).toBe("Jo");
  await it.fresh.drop();
});
