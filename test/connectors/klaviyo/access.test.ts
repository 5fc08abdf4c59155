import { afterEach, expect, test } from "vitest";
import type { RehearsedKlaviyo } from "../../support/klaviyo-connector.ts";
import { rehearsedKlaviyo } from "../../support/klaviyo-connector.ts";

const live = (): AbortSignal => new AbortController().signal;

let klaviyo: RehearsedKlaviyo;
afterEach(() => klaviyo.close());

const flow = (id: string, name: string, more: object = {}) =>
  ({ id, name, status: "live", archived: false, ...more }) as const;

test("the flows that joining a list starts are told by name; drafts and archived ones start nothing", async () => {
  klaviyo = await rehearsedKlaviyo();
  const list = klaviyo.sandbox.createList({
    name: "News",
    flows: [
      flow("F1", "Welcome"),
      flow("F2", "Old", { archived: true }),
      flow("F3", "Soon", { status: "draft" }),
    ],
  });
  const quiet = klaviyo.sandbox.createList({ name: "Quiet" });
  expect(await klaviyo.connector.startedBy(list, live())).toEqual(["Welcome"]);
  expect(await klaviyo.connector.startedBy(quiet, live())).toEqual([]);
  expect(await klaviyo.connector.startedBy("NoList", live())).toEqual([]);
  expect(klaviyo.unspecified).toEqual([]);
});

test("a key that may not see flows is told nothing, and that is no failure", async () => {
  klaviyo = await rehearsedKlaviyo();
  const list = klaviyo.sandbox.createList({ name: "News" });
  const body = { errors: [{ code: "permission_denied", detail: "You do not have permission." }] };
  klaviyo.world.faults.add({
    match: "get_list",
    times: 1,
    fault: { kind: "status", status: 403, applied: "before", body },
  });
  expect(await klaviyo.connector.startedBy(list, live())).toBe(null);
});

test("every scope that reading lacks is named at once", async () => {
  klaviyo = await rehearsedKlaviyo({ key: "pk_little" });
  klaviyo.sandbox.addKey({ key: "pk_little", scopes: ["accounts:read", "lists:read"] });
  expect(await klaviyo.connector.missingScopes(live())).toEqual(["profiles:read", "segments:read"]);
  klaviyo.sandbox.addKey({ key: "pk_little", scopes: "full" });
  expect(await klaviyo.connector.missingScopes(live())).toEqual([]);
});
