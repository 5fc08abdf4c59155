import { expect, onTestFinished, test } from "vitest";
import { seededRandom } from "../../src/sandbox/random.ts";
import type { FaultyWorld } from "./faulty-world.ts";
import { faultyWorld, LONG_FAULTS, PATIENCE_MS, until, wait } from "./faulty-world.ts";

/** How old a reading may be when a write rests on it (P16). */
const OLDEST_READ_MS = 10_000;
const EDITS = 520;
const PEOPLE = 100;
/** Longer than a reading is good for. */
const RETRY_AFTER_S = LONG_FAULTS ? 45 : 12;
/** How often in a row Klaviyo asks for that. */
const TIMES_LIMITED = LONG_FAULTS ? 2 : 1;
const SUSPENDED_MS = LONG_FAULTS ? 30_000 : 6_000;
const JOB_TAKES_MS = LONG_FAULTS ? 60_000 : 5_000;
const EDITS_LAST_MS = LONG_FAULTS ? 150_000 : 20_000;
/** Between the reading of a contact and the write that rests on it, beside what the run tells: a request on its way. */
const ON_ITS_WAY_MS = 1_000;

interface Edit {
  readonly id: string;
  readonly property: "firstname" | "city";
  readonly value: string;
}

test(
  "over 429s, a suspension and slow jobs no write rests on an old reading, no edit in HubSpot is lost, and in Klaviyo only one after it was read",
  { timeout: PATIENCE_MS },
  async () => {
    const it = await faultyWorld(PEOPLE);
    onTestFinished(() => it.close());
    const { hubspot, klaviyo, story } = it.rehearsal;
    const daemon = await it.daemon();
    await it.quiet();
    const random = seededRandom(11);
    // Whom both sides lead: what either writes goes to the other.
    const members = it
      .members()
      .filter(({ properties: { email } }) => email !== undefined && klaviyo.sandbox.profile(email) !== null)
      .slice(0, 90);
    const emails = members.flatMap(({ properties: { email } }) => email ?? []);
    klaviyo.sandbox.addToSegment(story.klaviyoSegment, emails);
    await it.quiet();

    klaviyo.sandbox.configure({ import_queued_ms: JOB_TAKES_MS / 2, import_processing_ms: JOB_TAKES_MS / 2 });
    const limited = {
      kind: "status",
      status: 429,
      applied: "before",
      headers: { "retry-after": String(RETRY_AFTER_S) },
    } as const;
    const edits: Edit[] = [];
    const inKlaviyo: string[] = [];
    const from = performance.now();
    const isAfter = (share: number) => performance.now() - from > share * EDITS_LAST_MS;
    let faults = 0;
    while (edits.length < EDITS) {
      const { id, properties } = random.pick(members);
      const property = random.pick(["firstname", "city"] as const);
      const value = `H${edits.length}`;
      edits.push({ id, property, value });
      hubspot.sandbox.editContact({ id }, { [property]: value });
      if (random.chance(0.5)) {
        const words = `K${edits.length}`;
        inKlaviyo.push(words);
        const other = random.chance(0.5) ? (properties["email"] ?? "") : random.pick(emails);
        klaviyo.sandbox.editProfile(
          other,
          random.chance(0.5) ? { first_name: words } : { location: { city: words } },
        );
      }
      if (faults === 0 && isAfter(0.1)) {
        hubspot.world.faults.add({ method: "POST", match: "/batch/update", times: 1, fault: limited });
        faults += 1;
      }
      if (faults === 1 && isAfter(0.3)) {
        klaviyo.world.faults.add({ match: "update_profile", times: TIMES_LIMITED, fault: limited });
        klaviyo.world.faults.add({ match: "bulk_import_profiles", times: 1, fault: limited });
        faults += 1;
      }
      if (faults === 2 && isAfter(0.5)) {
        daemon.kill("SIGSTOP");
        setTimeout(() => daemon.kill("SIGCONT"), SUSPENDED_MS);
        faults += 1;
      }
      await wait(EDITS_LAST_MS / EDITS);
    }
    klaviyo.sandbox.configure({ import_queued_ms: 25, import_processing_ms: 25 });
    expect(faults).toBe(3);
    await it.quiet();
    const open = async () => (await it.ask("SELECT FROM journal WHERE outcome = 'sent'")).length === 0;
    await until("nothing that was sent is open", open, 120_000);

    const [ages] = await it.ask<{ oldest: number | null; p99: number | null }>(
      `SELECT max((counts ->> 'oldest_read_ms')::int) AS oldest, max((counts ->> 'oldest_read_p99_ms')::int) AS p99 FROM run`,
    );
    const lost = await lostEdits(it, edits);
    const overwritten = await overwrittenInKlaviyo(it, inKlaviyo);
    const kept = await it.ask<{ kind: string; n: number }>(
      "SELECT kind, count(*)::int AS n FROM conflict GROUP BY kind ORDER BY kind",
    );
    console.log(
      `${edits.length} edits, oldest reading ${ages?.oldest} ms, p99 ${ages?.p99} ms, conflicts`,
      kept,
    );
    console.log(`${overwritten.length} of ${inKlaviyo.length} edits in Klaviyo overwritten`, overwritten);
    expect(lost).toEqual([]);
    const afterReading = (ages?.oldest ?? 0) + JOB_TAKES_MS + ON_ITS_WAY_MS;
    expect(overwritten.filter(({ afterMs }) => afterMs > afterReading)).toEqual([]);
    expect(ages?.oldest ?? 0).toBeGreaterThan(0);
    expect(ages?.oldest).toBeLessThanOrEqual(OLDEST_READ_MS);
  },
);

/**
 * Edits that stand nowhere. One that was carried to Klaviyo is not lost: a person who edits it there later does so knowing it,
 * and one that HubSpot's own people replaced is not either.
 */
async function lostEdits(it: FaultyWorld, edits: readonly Edit[]): Promise<readonly Edit[]> {
  const { hubspot, klaviyo } = it.rehearsal;
  const now = new Map(
    hubspot.sandbox.dumpContacts().contacts.map(({ id, properties }) => [id, properties] as const),
  );
  const rows = await it.ask<{ hubspot_id: string; lost: unknown }>(
    "SELECT link.hubspot_id, conflict.lost FROM conflict JOIN link ON link.id = conflict.link_id",
  );
  const kept = new Set(rows.map(({ hubspot_id: id, lost }) => `${id} ${String(lost)}`));
  const carried = JSON.stringify(klaviyo.world.truth.changes.filter(({ actor }) => actor === "api"));
  const last = new Map(edits.map((edit) => [`${edit.id} ${edit.property}`, edit]));
  return [...last.values()].filter(
    ({ id, property, value }) =>
      now.get(id)?.[property] !== value && !kept.has(`${id} ${value}`) && !carried.includes(`"${value}"`),
  );
}

/** Edits that a write of Tandem's replaced and that are kept nowhere, with how long after each that was. */
async function overwrittenInKlaviyo(
  it: FaultyWorld,
  edits: readonly string[],
): Promise<readonly { readonly value: string; readonly afterMs: number }[]> {
  const { hubspot, klaviyo } = it.rehearsal;
  const rows = await it.ask<{ lost: unknown }>("SELECT lost FROM conflict");
  const kept = new Set(rows.map(({ lost }) => String(lost)));
  const carried = JSON.stringify(hubspot.world.truth.changes.filter(({ actor }) => actor === "api"));
  const shows = (values: unknown, value: string): boolean => JSON.stringify(values).includes(`"${value}"`);
  const { changes } = klaviyo.world.truth;
  return edits.flatMap((value) => {
    const edit = changes.find(({ actor, after }) => actor === "user" && shows(after, value));
    const next = changes.find(({ before }) => shows(before, value));
    if (edit === undefined || next?.actor !== "api" || kept.has(value) || carried.includes(`"${value}"`))
      return [];
    return [{ value, afterMs: Date.parse(next.at) - Date.parse(edit.at) }];
  });
}
