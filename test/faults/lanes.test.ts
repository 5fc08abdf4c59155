import { afterAll, afterEach, beforeAll, expect, onTestFailed, test } from "vitest";
import type { Daemon, DaemonTimes, FaultyWorld } from "./faulty-world.ts";
import { faultyWorld, LONG_FAULTS, wait } from "./faulty-world.ts";
import type { TcpGate } from "./tcp-gate.ts";
import { tcpGate } from "./tcp-gate.ts";

/** Times of the product, or a part of each, so that a fault need not last as long to outlast them. */
const TIMES: Partial<DaemonTimes> = LONG_FAULTS
  ? {}
  : {
      requestMs: 4_000,
      database: { connectMs: 5_000, statementMs: 6_000, longMs: 20_000, graceMs: 1_000 },
      graceMs: 4_000,
      longestStopMs: 12_000,
    };
/** After a fault has ended, every lane has begun again within so long; and within so long after it began. */
const AFTER_TRICKLING_MS = LONG_FAULTS ? 180_000 : 60_000;
const AFTER_HALF_OPEN_MS = LONG_FAULTS ? 60_000 : 30_000;
const STOP_MS = LONG_FAULTS ? 30_000 : 14_000;
/** How long a vendor's answers trickle in: longer than a request may take. */
const TRICKLES_MS = LONG_FAULTS ? 400_000 : 9_000;

let it: FaultyWorld;
let gates: { readonly hubspot: TcpGate; readonly klaviyo: TcpGate; readonly database: TcpGate };
let daemon: Daemon;

beforeAll(async () => {
  it = await faultyWorld(20);
  const [hubspot, klaviyo, database] = [it.rehearsal.hubspot.url, it.rehearsal.klaviyo.url, it.fresh.url];
  gates = {
    hubspot: await tcpGate(hubspot),
    klaviyo: await tcpGate(klaviyo),
    database: await tcpGate(database),
  };
  const ways = { hubspot: gates.hubspot.url, klaviyo: gates.klaviyo.url, database: gates.database.url };
  daemon = await it.daemon(ways, TIMES);
  await it.quiet();
});
afterEach(() => {
  for (const gate of Object.values(gates)) gate.set("whole");
});
afterAll(async () => {
  for (const gate of Object.values(gates)) gate.close();
  await it.close();
});

test.each(["hubspot", "klaviyo"] as const)(
  "answers of %s that come a byte at a time hold no lane up, and the daemon lives and is ready meanwhile",
  { timeout: TRICKLES_MS + 2 * AFTER_TRICKLING_MS },
  async (side) => {
    gates[side].set("trickling");
    await wait(TRICKLES_MS);
    expect([await daemon.probe("/healthz"), await daemon.probe("/readyz")]).toEqual(["200 ok", "200 ready"]);
    gates[side].set("whole");
    const took = await it.allLanesBegin(AFTER_TRICKLING_MS);
    console.log(`${side}: all lanes began ${Math.round(took)} ms after its answers had trickled in`);
    await it.quiet();
  },
);

test(
  "half-open database connections are given up, and all lanes begin again soon after",
  { timeout: 4 * AFTER_HALF_OPEN_MS },
  async () => {
    gates.database.set("silent");
    await wait(3_000);
    expect([await daemon.probe("/healthz"), await daemon.probe("/readyz")]).toEqual([
      "200 ok",
      expect.stringMatching(/^503 not ready: the database does not answer/) as string,
    ]);
    // Those that are open stay as they are: nobody ever closes them.
    gates.database.set("whole", "later");
    const took = await it.allLanesBegin(AFTER_HALF_OPEN_MS);
    console.log(`all lanes began ${Math.round(took)} ms after the connections had gone half open`);
    expect([await daemon.probe("/healthz"), await daemon.probe("/readyz")]).toEqual(["200 ok", "200 ready"]);
  },
);

test("a daemon whose connections the database ends in a run begins all lanes again and writes what is to be written", async () => {
  const { hubspot } = it.rehearsal;
  const people = it.members();
  for (let round = 0; round < 5; round += 1) {
    for (const { id } of people.slice(0, 10)) hubspot.sandbox.editContact({ id }, { city: `City ${round}` });
    await wait(700);
    await it.ask(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tandem' AND datname = current_database()",
    );
  }
  await it.allLanesBegin(AFTER_HALF_OPEN_MS);
  await it.quiet();
  const cities = new Map(
    it.rehearsal.klaviyo.sandbox
      .dump(null, 1_000)
      .profiles.map(({ email, location }) => [email, location["city"]]),
  );
  for (const { properties } of people.slice(0, 10))
    expect([properties["email"], cities.get(properties["email"] ?? "")]).toEqual([
      properties["email"],
      "City 4",
    ]);
  expect(await it.ask("SELECT trace_id FROM journal WHERE outcome = 'sent'")).toEqual([]);
});

test("a clock that is set back and ahead by twenty minutes holds no lane up, changes nothing and is told", async () => {
  onTestFailed(() => console.log(daemon.talk().slice(-4_000)));
  const changes = () =>
    [it.rehearsal.hubspot, it.rehearsal.klaviyo].map(
      ({ world }) => world.truth.changes.filter(({ actor }) => actor === "api").length,
    );
  const before = changes();
  for (const minutes of [-20, 40, -20]) {
    daemon.shiftClock(minutes * 60_000);
    const took = await it.allLanesBegin(60_000);
    console.log(`clock ${minutes} min: all lanes began after ${Math.round(took)} ms`);
  }
  expect(daemon.talk().match(/the clock was set/g)?.length ?? 0).toBeGreaterThanOrEqual(2);
  expect(changes()).toEqual(before);
});

test("SIGTERM ends a daemon in time while both vendors' answers trickle in", async () => {
  gates.hubspot.set("trickling");
  gates.klaviyo.set("trickling");
  await wait(3_000);
  const ms = await daemon.stop();
  console.log(`stopped after ${Math.round(ms)} ms`);
  expect(ms).toBeLessThan(STOP_MS);
});
