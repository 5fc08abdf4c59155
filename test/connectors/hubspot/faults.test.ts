import { inspect } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import type { WriteResult } from "../../../src/connectors/connector.ts";
import { SystemUnavailable } from "../../../src/model/problem.ts";
import type { FaultKind } from "../../../src/sandbox/faults.ts";
import type { Settings } from "../../../src/sandbox/hubspot/settings.ts";
import { create, update } from "./operations.ts";
import { live, PROPERTIES, rehearse, type Rehearsal } from "./rehearsal.ts";
import { OPEN_GATE } from "../../support/open-gate.ts";

const ADDRESS = "canary.person@example.com";

interface Started extends Rehearsal {
  readonly id: string;
  fault(fault: FaultKind, times?: number, match?: string): void;
  read(): Promise<readonly unknown[]>;
  write(): Promise<WriteResult | undefined>;
}

const patience = ({ kind }: FaultKind): number => (kind === "hang" ? 250 : 10_000); // only silence is waited out

async function started(settings: Partial<Settings> = {}, timeoutMs = 10_000): Promise<Started> {
  const rehearsal = await rehearse(settings, { timeoutMs });
  onTestFinished(() => rehearsal.close());
  const [id = ""] = rehearsal.portal.seedContacts([{ properties: { email: ADDRESS } }]);
  const { contacts } = rehearsal.connector;
  const renamed = update(id, { firstname: "New" });
  return {
    ...rehearsal,
    id,
    fault: (fault, times = 1, match = "batch") => rehearsal.world.faults.add({ match, times, fault }),
    read: async () => (await contacts.read([id], PROPERTIES, live())).contacts,
    write: async () => (await contacts.write([renamed], PROPERTIES, OPEN_GATE, live())).results[0],
  };
}

async function outage(requested: Promise<unknown>): Promise<SystemUnavailable> {
  const error = await requested.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof SystemUnavailable)) throw new Error(`expected an outage, got ${inspect(error)}`);
  return error;
}

/** Everything that brings no usable answer, and may have been done or not. */
const SILENCES: readonly (readonly [string, FaultKind])[] = [
  ["a 500 before", { kind: "status", status: 500, applied: "before" }],
  ["a 504 after", { kind: "status", status: 504, applied: "after" }],
  ["a page with 502 before", { kind: "html", status: 502, applied: "before" }],
  ["a page with 200 after", { kind: "html", status: 200, applied: "after" }],
  ["half a body", { kind: "truncated-json" }],
  ["a reset before", { kind: "reset", applied: "before" }],
  ["a reset after", { kind: "reset", applied: "after" }],
  ["silence before", { kind: "hang", applied: "before" }],
  ["silence after", { kind: "hang", applied: "after" }],
];

describe("when HubSpot does not answer as it should", () => {
  it.each(SILENCES)("a read survives %s", async (_name, fault) => {
    const rehearsal = await started({}, patience(fault));
    rehearsal.fault(fault, 2);
    expect(await rehearsal.read()).toMatchObject([{ id: rehearsal.id }]);
    expect(rehearsal.slept.length).toBe(2);
  });

  it.each(SILENCES)("a read that meets %s again and again ends in an outage", async (_name, fault) => {
    const rehearsal = await started({}, patience(fault));
    rehearsal.fault(fault, 100);
    const { problem, retryAfterMs } = await outage(rehearsal.read());
    expect(problem).toMatchObject({ code: "HS-DOWN", level: "connection" });
    expect(retryAfterMs).toBe(60_000);
    // Silence costs a whole wait each time, so it has fewer tries.
    expect(rehearsal.world.truth.calls.length).toBe(fault.kind === "hang" ? 3 : 5);
  });

  it.each(SILENCES)("a create that meets %s is sent once, and nobody knows", async (_name, fault) => {
    const rehearsal = await started({}, patience(fault));
    rehearsal.fault(fault);
    const made = [create("new@example.com")];
    const { results } = await rehearsal.connector.contacts.write(made, PROPERTIES, OPEN_GATE, live());
    expect(results).toEqual([{ outcome: "unknown" }]);
    expect(rehearsal.world.truth.calls.length).toBe(1);
  });

  it.each(SILENCES)(
    "an update and a membership that meet %s are unknown, and what follows is done",
    async (_name, fault) => {
      const rehearsal = await started({}, patience(fault));
      const list = rehearsal.portal.createList("List");
      const operation = update(rehearsal.id, { firstname: "New" });
      const operations = [
        operation,
        create("next@example.com"),
        { ...operation, kind: "add_to_list", traceId: "member", list } as const,
      ];
      rehearsal.fault(fault, 1, "batch/update");
      rehearsal.fault(fault, 1, "memberships/add");
      const { results } = await rehearsal.connector.contacts.write(operations, PROPERTIES, OPEN_GATE, live());
      expect(results.map(({ outcome }) => outcome)).toEqual(["unknown", "done", "unknown"]);
    },
  );

  it("takes a value of a wrong kind for unreadable and the rest as it is", async () => {
    const rehearsal = await started();
    const at = "2026-06-15T09:00:00.000Z";
    const properties = { email: ADDRESS, firstname: ["a"], seats: 7, persona: null };
    const body = { status: "COMPLETE", results: [{ id: 12, properties, createdAt: at, updatedAt: at }] };
    rehearsal.fault({ kind: "status", status: 200, applied: "before", body });
    expect(await rehearsal.read()).toMatchObject([
      { id: "12", values: { seats: "7", persona: null }, unreadable: { firstname: '["a"]' } },
    ]);
  });

  it.each([{}, { results: null }, null])("takes %j for no answer", async (body) => {
    const rehearsal = await started();
    rehearsal.fault({ kind: "status", status: 200, applied: "before", body }, 100);
    expect((await outage(rehearsal.read())).problem.code).toBe("HS-DOWN");
    expect(await rehearsal.write()).toEqual({ outcome: "unknown" });
  });

  it("does not take a proxy's 404 or 403 for HubSpot's", async () => {
    const rehearsal = await started();
    rehearsal.fault({ kind: "html", status: 404, applied: "before" });
    expect(await rehearsal.write()).toEqual({ outcome: "unknown" });
    rehearsal.fault({ kind: "html", status: 403, applied: "before" }, 100);
    expect((await outage(rehearsal.read())).problem.code).toBe("HS-DOWN");
  });

  it("was certainly not done what could not be sent", async () => {
    const rehearsal = await started();
    await rehearsal.close();
    const operation = update(rehearsal.id, { firstname: "New" });
    const { contacts } = rehearsal.connector;
    const { results, stoppedBy } = await contacts.write([operation], PROPERTIES, OPEN_GATE, live());
    expect(results).toEqual([{ outcome: "not_sent" }]);
    expect(stoppedBy?.reason).toMatchObject({ problem: { code: "HS-DOWN" } });
  });

  it("stops waiting when told to, and leaves what is under way unknown", async () => {
    const rehearsal = await started();
    rehearsal.fault({ kind: "hang", applied: "after" });
    const stop = new AbortController();
    setTimeout(() => stop.abort(new Error("shutting down")), 50);
    const operation = update(rehearsal.id, { firstname: "New" });
    const { contacts } = rehearsal.connector;
    const { results } = await contacts.write([operation], PROPERTIES, OPEN_GATE, stop.signal);
    expect(results).toEqual([{ outcome: "unknown" }]);
    rehearsal.fault({ kind: "hang", applied: "before" });
    const reading = new AbortController();
    setTimeout(() => reading.abort(new Error("shutting down")), 50);
    await expect(rehearsal.connector.contacts.read([rehearsal.id], [], reading.signal)).rejects.toThrow(
      "shutting down",
    );
  });
});

describe("when HubSpot says not now", () => {
  it("waits ten seconds for the burst limit, and writes what was certainly not done", async () => {
    const rehearsal = await started();
    rehearsal.fault({ kind: "status", status: 429, applied: "before" });
    expect(await rehearsal.write()).toMatchObject({ outcome: "done" });
    expect(rehearsal.slept).toEqual([10_000]);
  });

  it("waits a second or two for the search limit", async () => {
    const rehearsal = await started();
    const list = rehearsal.portal.createList("List");
    const scope = { collections: [list], properties: PROPERTIES };
    let cursor = "";
    for await (const page of rehearsal.connector.contacts.pull(scope, null, live())) ({ cursor } = page);
    const body = {
      status: "error",
      message: "You have reached your secondly limit.",
      category: "RATE_LIMITS",
    };
    rehearsal.fault({ kind: "status", status: 429, applied: "before", body }, 2, "/search");
    for await (const page of rehearsal.connector.contacts.pull(scope, cursor, live())) ({ cursor } = page);
    expect(rehearsal.slept.length).toBe(2);
    for (const wait of rehearsal.slept) expect(wait).toBeGreaterThanOrEqual(1_000);
    for (const wait of rehearsal.slept) expect(wait).toBeLessThanOrEqual(2_000);
  });

  it("waits out a lock of the record", async () => {
    const rehearsal = await started();
    rehearsal.fault({ kind: "status", status: 423, applied: "before" }, 3);
    expect(await rehearsal.write()).toMatchObject({ outcome: "done" });
    expect(rehearsal.slept).toEqual([2_000, 2_000, 2_000]);
  });

  it("gives up a batch whose lock does not end, as certainly not done", async () => {
    const rehearsal = await started();
    rehearsal.fault({ kind: "status", status: 423, applied: "before" }, 6);
    expect(await rehearsal.write()).toMatchObject({
      outcome: "refused",
      problem: { code: "HS-LOCKED", retry: "soon" },
    });
  });

  it("comes back at midnight of the account once the day's calls are used up", async () => {
    // 09:00 UTC is 11:00 in Berlin in June.
    const rehearsal = await started();
    await rehearsal.connector.account(live());
    rehearsal.portal.set({ dailyLimit: 1 });
    const { problem, retryAfterMs } = await outage(rehearsal.read());
    expect(problem.code).toBe("HS-QUOTA");
    expect(retryAfterMs).toBe(13 * 3_600_000);
    expect(rehearsal.slept).toEqual([]);
    rehearsal.clock.advance(retryAfterMs ?? 0);
    expect(await rehearsal.read()).toHaveLength(1);
  });

  it("asks again in an hour where the account's time zone is unknown", async () => {
    const rehearsal = await started({ dailyLimit: 0 });
    expect((await outage(rehearsal.read())).retryAfterMs).toBe(3_600_000);
  });

  it("comes back when a moving account says so", async () => {
    const rehearsal = await started();
    rehearsal.fault({ kind: "status", status: 477, applied: "before" });
    const { problem, retryAfterMs } = await outage(rehearsal.read());
    expect([problem.code, retryAfterMs]).toEqual(["HS-MOVING", 3_600_000]);
  });

  it("keeps under the burst limit without ever meeting it", async () => {
    const rehearsal = await started({ tier: "free" });
    for (let count = 0; count < 250; count += 1) await rehearsal.read();
    expect(rehearsal.world.truth.calls.every(({ status }) => status === 200)).toBe(true);
  });

  it("uses its share of the quota only", async () => {
    const rehearsal = await started({ tier: "professional" });
    const connector = rehearsal.connect({ apiShare: 0.5 });
    const begun = rehearsal.clock.now();
    for (let count = 0; count < 96; count += 1) await connector.contacts.read([rehearsal.id], [], live());
    expect(rehearsal.clock.now() - begun).toBeGreaterThanOrEqual(10_000);
  });
});

describe("when HubSpot does not let us in", () => {
  it("says that the token is no good, and looks again in five minutes", async () => {
    const { connect, id } = await started();
    const reading = connect({ token: "wrong" }).contacts.read([id], [], live());
    expect(await outage(reading)).toMatchObject({ problem: { code: "HS-AUTH" }, retryAfterMs: 300_000 });
  });

  it("says that the sign-in has expired, and that renewing it failed", async () => {
    const { connect, id, portal, clock } = await started();
    portal.setToken("old", { expiresAt: clock.now() - 1_000 });
    expect(
      (await outage(connect({ token: async () => "old" }).contacts.read([id], [], live()))).problem.code,
    ).toBe("HS-AUTH-EXPIRED");
    const token = (): Promise<string> => Promise.reject(new Error("refresh_token=canary-secret"));
    const error = await outage(connect({ token }).contacts.read([id], [], live()));
    expect(error.problem.code).toBe("HS-AUTH-EXPIRED");
    expect(inspect(error, { depth: 9 })).not.toContain("canary-secret");
  });

  it("names the permission that is missing", async () => {
    const { connect, id, portal } = await started();
    portal.setToken("narrow", { scopes: ["crm.lists.read"] });
    const { problem } = await outage(connect({ token: "narrow" }).contacts.read([id], [], live()));
    expect(problem).toMatchObject({
      code: "HS-SCOPE",
      title: 'HubSpot permission "crm.objects.contacts.read" is missing',
    });
  });

  it("loses nothing that was written before the circuit opened", async () => {
    const rehearsal = await started();
    const unauthorised = { status: "error", message: "no", category: "INVALID_AUTHENTICATION" };
    rehearsal.fault(
      { kind: "status", status: 401, applied: "before", body: unauthorised },
      1,
      "batch/update",
    );
    const operations = [update(rehearsal.id, { firstname: "New" }), create("new@example.com")];
    const { contacts } = rehearsal.connector;
    const { results, stoppedBy } = await contacts.write(operations, PROPERTIES, OPEN_GATE, live());
    expect(results).toMatchObject([{ outcome: "not_sent" }, { outcome: "done" }]);
    expect(stoppedBy?.reason).toMatchObject({ problem: { code: "HS-AUTH" } });
  });
});

describe("what the connector throws and logs", () => {
  it("holds no key and no person (P22)", async () => {
    const lines: unknown[] = [];
    const rehearsal = await started();
    const connector = rehearsal.connect({ log: (...line) => lines.push(line) });
    const body = { status: "error", message: `no such thing as ${ADDRESS}`, category: "X" };
    rehearsal.fault({ kind: "status", status: 500, applied: "before", body }, 5);
    const error = await outage(connector.contacts.read([rehearsal.id], PROPERTIES, live()));
    const shown = `${inspect(error, { depth: 9, showHidden: true })} ${error.stack ?? ""} ${JSON.stringify(lines)}`;
    expect(shown).not.toContain("secret-canary");
    expect(`${error.message} ${String(error.cause)} ${JSON.stringify(lines)}`).not.toContain(ADDRESS);
    // Five calls, four of them repeated.
    expect(lines).toHaveLength(4);
  });
});
