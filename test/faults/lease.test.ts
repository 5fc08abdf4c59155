import { expect, onTestFinished, test } from "vitest";
import type { Passing } from "../crash/vendor-gate.ts";
import { vendorGate } from "../crash/vendor-gate.ts";
import type { Daemon, FaultyWorld } from "./faulty-world.ts";
import { faultyWorld, LONG_FAULTS, PATIENCE_MS, until, wait } from "./faulty-world.ts";

/** At least so long, and in any case until another process has written: then the lease is over. */
const SUSPENDED_MS = LONG_FAULTS ? 60_000 : 0;
const EDITED = 20;
/** Of these so many are edited twice more, and so many get their value back: the other daemon has nothing to write to them. */
const EDITED_LAST = 8;
const TAKEN_BACK = 8;

/** A daemon whose every mutating request is looked at before the vendor gets it. */
interface Watched {
  readonly daemon: Daemon;
  /** By this it holds leases. */
  readonly holder: string;
}

test(
  "a daemon that is suspended while it writes a page writes nothing without a lease when it wakes, and no edit is lost",
  { timeout: PATIENCE_MS },
  async () => {
    const it = await faultyWorld(40);
    onTestFinished(() => it.close());
    const { hubspot, klaviyo } = it.rehearsal;
    const known = new Map<string, string>();
    const unheld: string[] = [];
    let suspend: ((who: string) => void) | null = null;
    let wokenAt = Number.NaN;
    let writesOf = new Map<string, number>();

    const arriving =
      (who: string) =>
      async ({ method, path }: Passing): Promise<void> => {
        const suspending = suspend;
        suspend = null;
        suspending?.(who);
        const [lease] = await it.ask<{ holder: string; held: boolean }>(
          "SELECT holder, expires_at > now() AS held FROM lease",
        );
        const isOwn = !known.has(who) || lease?.holder === known.get(who);
        // Asks with nobody in it whether the key may unsubscribe; it always answers 400.
        if (path.includes("profile-subscription-bulk-delete-jobs")) return;
        if (lease?.held !== true || !isOwn)
          unheld.push(
            `${who}: ${method} ${path}, ${Math.round(performance.now() - wokenAt)} ms after waking`,
          );
        writesOf.set(who, (writesOf.get(who) ?? 0) + 1);
      };
    const start = async (who: string): Promise<Watched> => {
      const gates = [
        await vendorGate(hubspot.url, arriving(who)),
        await vendorGate(klaviyo.url, arriving(who)),
      ] as const;
      onTestFinished(async () => void (await Promise.all(gates.map((gate) => gate.close()))));
      const daemon = await it.daemon({ hubspot: gates[0].url, klaviyo: gates[1].url });
      const holder = await holderOtherThan(it, [...known.values()]);
      known.set(who, holder);
      return { daemon, holder };
    };
    const daemons = new Map([["first", await start("first")]]);
    await it.quiet();
    daemons.set("second", await start("second"));
    await it.quiet();

    const members = it.members();
    const edited = members.slice(0, EDITED);
    const { promise: suspended, resolve } = Promise.withResolvers<string>();
    suspend = (who) => {
      daemons.get(who)?.daemon.kill("SIGSTOP");
      resolve(who);
    };
    for (const [index, { id }] of edited.entries())
      hubspot.sandbox.editContact({ id }, { city: `Old ${index}` });
    const asleep = await suspended;
    writesOf = new Map();
    const from = performance.now();
    // What it was about to write is out of date from now on. Of those who get their value back, Klaviyo shows nothing of it.
    const before = (index: number) => edited[index]?.properties["city"] ?? "";
    const isBack = (index: number) => index >= EDITED - TAKEN_BACK;
    for (const [index, { id }] of edited.entries())
      hubspot.sandbox.editContact({ id }, { city: isBack(index) ? before(index) : `New ${index}` });
    const awake = asleep === "first" ? "second" : "first";
    await until("the other daemon writes", () => writesOf.has(awake), 60_000);
    console.log(`the other daemon wrote ${Math.round(performance.now() - from)} ms after the suspension`);
    await wait(Math.max(0, SUSPENDED_MS - (performance.now() - from)));
    const written = writesOf.get(asleep) ?? 0;
    for (const [index, { id }] of edited.slice(0, EDITED_LAST).entries())
      hubspot.sandbox.editContact({ id }, { city: `Newest ${index}` });
    wokenAt = performance.now();
    daemons.get(asleep)?.daemon.kill("SIGCONT");
    await wait(3_000);
    await it.quiet();

    expect(unheld).toEqual([]);
    console.log(
      `it wrote ${(writesOf.get(asleep) ?? 0) - written} times after it woke, each under its lease`,
    );
    const cities = new Map(
      klaviyo.sandbox.dump(null, 1_000).profiles.map(({ email, location }) => [email, location["city"]]),
    );
    for (const [index, { id, properties }] of edited.entries()) {
      const last = isBack(index) ? before(index) : `${index < EDITED_LAST ? "Newest" : "New"} ${index}`;
      const kept = hubspot.sandbox.dumpContacts().contacts.find((one) => one.id === id)?.properties["city"];
      expect([kept, cities.get(properties["email"] ?? "")]).toEqual([last, last]);
    }
  },
);

async function holderOtherThan(it: FaultyWorld, known: readonly string[]): Promise<string> {
  let found = "";
  const isThere = async (): Promise<boolean> => {
    found = (await it.ask<{ holder: string }>("SELECT holder FROM lease"))[0]?.holder ?? "";
    return found !== "" && !known.includes(found);
  };
  await until("a daemon has taken the lease", isThere, 60_000);
  return found;
}
