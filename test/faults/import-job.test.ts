import { expect, onTestFinished, test } from "vitest";
import { faultyWorld, PATIENCE_MS, until } from "./faulty-world.ts";

/** More than Klaviyo is written one by one. */
const EDITED = 90;
const EDITED_AGAIN = 25;
/** By the vendors' clock, which the test sets on. */
const JOB_TAKES_MS = 5 * 60_000;
const IMPORTS = "profile-bulk-import-job";

test(
  "after kill -9 during an import job the next process follows it to its end and sends nothing newer before",
  { timeout: PATIENCE_MS },
  async () => {
    const it = await faultyWorld(170);
    onTestFinished(() => it.close());
    const { hubspot, klaviyo } = it.rehearsal;
    const first = await it.daemon();
    await it.quiet();

    const edited = it.members().slice(0, EDITED);
    expect(edited).toHaveLength(EDITED);
    klaviyo.sandbox.configure({ import_queued_ms: JOB_TAKES_MS / 2, import_processing_ms: JOB_TAKES_MS / 2 });
    for (const { id } of edited) hubspot.sandbox.editContact({ id }, { city: "First" });
    const accepted = async () =>
      (await it.ask("SELECT FROM journal WHERE outcome = 'sent' AND job_id IS NOT NULL")).length > 0;
    await until("Klaviyo has accepted a job", accepted, 60_000);
    first.kill("SIGKILL");
    // That a dead process's lease runs out is another test's.
    await it.ask("UPDATE lease SET expires_at = 'epoch'");

    for (const { id } of edited.slice(0, EDITED_AGAIN))
      hubspot.sandbox.editContact({ id }, { city: "Second" });
    const { calls } = klaviyo.world.truth;
    const profiles = edited.flatMap(
      ({ properties: { email = "" } }) => klaviyo.sandbox.profile(email)?.id ?? [],
    );
    const planned = calls.length;
    /** What was sent of those people, or may have been: a job does not say in its address whose it is. */
    const sent = () =>
      calls.slice(planned).flatMap(({ mutating, operation, path }) => {
        const isTheirs = operation === "bulk_import_profiles" || profiles.some((id) => path.includes(id));
        return mutating && isTheirs ? [`${operation} ${path}`] : [];
      });
    await it.daemon();
    await it.allLanesBegin(60_000);
    const follows = () =>
      calls
        .slice(planned)
        .filter(({ path, mutating: writes }) => !writes && path.includes(`/api/${IMPORTS}s/`)).length;
    await until("the job is asked for in several runs", () => follows() >= 4, 60_000);
    expect(sent()).toEqual([]);

    hubspot.world.clock.advance(2 * JOB_TAKES_MS);
    klaviyo.sandbox.configure({ import_queued_ms: 25, import_processing_ms: 25 });
    const settled = async () => (await it.ask("SELECT FROM journal WHERE outcome = 'sent'")).length === 0;
    await until("nothing that was sent is open", settled, 60_000);
    await it.quiet();
    const cities = new Map(
      klaviyo.sandbox.dump(null, 1_000).profiles.map(({ email, location }) => [email, location["city"]]),
    );
    const now = new Map(
      hubspot.sandbox.dumpContacts().contacts.map(({ id, properties }) => [id, properties["city"]]),
    );
    for (const [index, { id, properties }] of edited.entries()) {
      const last = index < EDITED_AGAIN ? "Second" : "First";
      const shown = [now.get(id), cities.get(properties["email"] ?? "")];
      expect([properties["email"], ...shown]).toEqual([properties["email"], last, last]);
    }
  },
);
