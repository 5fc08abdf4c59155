import { expect, test } from "vitest";
import type { OptOut } from "../../../src/model/operation.ts";
import type { OptOutFrom } from "../../../src/model/consent.ts";
import { SystemUnavailable } from "../../../src/model/problem.ts";
import { live, member, rehearse } from "./rehearse.ts";
import { OPEN_GATE } from "../../support/open-gate.ts";
import { key } from "../../support/email.ts";

function optOut(email: string, id: string, from: OptOutFrom): OptOut {
  return { kind: "opt_out", traceId: `trace ${id}`, side: "klaviyo", email: key(email), id, from };
}

test("leaving a list is not asked for twice: anybody who is off it by then would be unsubscribed from everything", async () => {
  const { sandbox, world, connector } = await rehearse({
    settings: { limits: "off", global_unsubscribe: false },
  });
  const list = sandbox.createList({ name: "Offers" });
  sandbox.seed([{ email: "a@example.com", consent: "SUBSCRIBED", lists: [list] }]);
  const id = sandbox.profile("a@example.com")?.id ?? "";
  world.faults.add({
    match: "bulk_unsubscribe",
    times: 1,
    fault: { kind: "status", status: 504, applied: "after" },
  });
  const leave = optOut("a@example.com", id, { kind: "list", list });
  const { results } = await connector.contacts.write([leave], [], OPEN_GATE, live());
  sandbox.settle();
  expect(results).toEqual([{ outcome: "unknown" }]);
  expect(sandbox.profile("a@example.com")?.lists).toEqual([]);
  expect(sandbox.profile("a@example.com")?.consent).toBe("SUBSCRIBED");
});

test("of all e-mail a lost answer is asked for again, under the address that the profile has now", async () => {
  const { sandbox, world, connector } = await rehearse();
  sandbox.seed([{ email: "new@example.com" }]);
  const id = sandbox.profile("new@example.com")?.id ?? "";
  world.faults.add({
    match: "bulk_unsubscribe",
    times: 1,
    fault: { kind: "status", status: 504, applied: "before" },
  });
  const {
    results: [result],
  } = await connector.contacts.write([optOut("old@example.com", id, { kind: "all" })], [], OPEN_GATE, live());
  sandbox.settle();
  expect(result).toMatchObject({ outcome: "done" });
  expect(sandbox.profile("new@example.com")?.consent).toBe("UNSUBSCRIBED");
  expect(sandbox.profile("old@example.com")).toBeNull();
});

test("leaving a list is not asked for a minute after who is on it was read: they may be off it by then", async () => {
  let wait: () => void = () => {};
  const klaviyo = await rehearse({
    settings: { limits: "off", global_unsubscribe: false },
    sleep: async () => wait(),
  });
  const { sandbox, world, connector } = klaviyo;
  const list = sandbox.createList({ name: "Offers" });
  sandbox.seed([{ email: "a@example.com", consent: "SUBSCRIBED", lists: [list] }]);
  const id = sandbox.profile("a@example.com")?.id ?? "";
  const busy = { kind: "status", status: 429, applied: "before" } as const;
  world.faults.add({ match: "bulk_unsubscribe", times: 1, fault: busy });
  wait = () => {
    world.clock.advance(61_000);
    sandbox.removeFromList(list, ["a@example.com"]);
  };
  const leave = optOut("a@example.com", id, { kind: "list", list });
  const { results } = await connector.contacts.write([leave], [], OPEN_GATE, live());
  expect(results).toEqual([{ outcome: "unknown" }]);
  sandbox.settle();
  expect(klaviyo.called("bulk_unsubscribe_profiles")).toBe(1);
  expect(sandbox.profile("a@example.com")?.consent).toBe("SUBSCRIBED");
});

test.each(["memberships", "opt-outs"])(
  "of %s the refusal that follows a lost answer leaves them unknown",
  async (kind) => {
    const { sandbox, world, connector } = await rehearse();
    const list = sandbox.createList({ name: "All" });
    const [id = ""] = sandbox.seed([{ email: "a@example.com" }]);
    const joins = kind === "memberships";
    const match = joins ? "add_profiles_to_list" : "bulk_unsubscribe_profiles";
    const answers = [
      { kind: "status", status: 504, applied: "after" },
      { kind: "status", status: 401, applied: "before" },
    ] as const;
    for (const fault of answers) world.faults.add({ match, times: 1, fault });
    const change = joins ? member("add_to_list", id, list) : optOut("a@example.com", id, { kind: "all" });
    const { results, stoppedBy } = await connector.contacts.write([change], [], OPEN_GATE, live());
    expect(results).toEqual([{ outcome: "unknown" }]);
    expect(stoppedBy?.reason).toBeInstanceOf(SystemUnavailable);
  },
);
