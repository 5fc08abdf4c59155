import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import type { DumpPage } from "../../src/sandbox/hubspot/control/dump.ts";
import type { AppliedChange, ReceivedCall } from "../../src/sandbox/ground-truth.ts";
import type { dumpPage } from "../../src/sandbox/klaviyo/control/dump.ts";
import type { Side } from "../../src/model/side.ts";
import { SIDES } from "../../src/model/side.ts";
import type { Person } from "../../src/sandbox/rehearsal/person.ts";
import type { Shown } from "./people.ts";
import { contactOf, profileOf, shownByHubSpot, shownByKlaviyo } from "./people.ts";

/** What the vendors know of a scenario: every request that came, and what really changed through the API. */
export interface Tally {
  readonly requests: ReadonlyMap<string, number>;
  readonly writes: Readonly<Record<string, number>>;
}

/** Both rehearsal servers in their own process, so that what is measured here is the engine alone. */
export interface RehearsalServers {
  readonly hubspot: { readonly url: string; readonly token: string };
  readonly klaviyo: { readonly url: string; readonly key: string };
  /** Puts these people on the side's list or segment, as if a day ago. */
  fill(side: Side, people: Iterable<Person>): Promise<void>;
  /** Somebody retypes the cities of these people on one side. */
  retype(side: Side, people: readonly Person[]): Promise<void>;
  pass(milliseconds: number): Promise<void>;
  /** What people do there, beside what is offered here. */
  ask(side: Side, method: string, path: string, body: unknown): Promise<unknown>;
  /** Since the last tally. */
  tally(): Promise<Tally>;
  shown(): Promise<Readonly<Record<Side, readonly Shown[]>>>;
  close(): Promise<void>;
}

interface Addresses {
  readonly hubspot: { readonly url: string; readonly token: string };
  readonly klaviyo: { readonly url: string; readonly key: string };
  readonly story: { readonly hubspotList: string; readonly klaviyoSegment: string };
}

const DAY_MS = 86_400_000;
/** Below the servers' largest body, and dumped in reasonable answers. */
const PER_CALL = 2_000;
/** With no limits at all HubSpot sends no headers, and the engine keeps to the smallest plan's pace. */
const NO_LIMITS = { burstLimit: 1_000_000, dailyLimit: 1_000_000_000, searchLimit: 1_000_000 };
/** Klaviyo takes a while over a job; how long is documented nowhere. So each is asked about more than once. */
const IMPORT_TIMES = { import_queued_ms: 500, import_processing_ms: 1_500 };

export async function startRehearsalServers(limits: "off" | "real"): Promise<RehearsalServers> {
  const { process: child, addresses } = await startSandbox();
  const { hubspot, klaviyo, story } = addresses;
  const urls: Readonly<Record<Side, string>> = { hubspot: hubspot.url, klaviyo: klaviyo.url };
  const seen: Record<Side, number> = { hubspot: 0, klaviyo: 0 };
  const ask = <T>(side: Side, method: string, path: string, body?: unknown): Promise<T> =>
    request<T>(`${urls[side]}/_sandbox/${path}`, method, body);

  await ask("klaviyo", "PATCH", "settings", { ...IMPORT_TIMES, limits });
  if (limits === "off") await ask("hubspot", "POST", "settings", NO_LIMITS);

  async function tallySide(side: Side) {
    const { calls } = await ask<{ calls: readonly ReceivedCall[] }>(side, "GET", `calls?since=${seen[side]}`);
    const { changes } = await ask<{ changes: readonly AppliedChange[] }>(
      side,
      "GET",
      `log?since=${seen[side]}`,
    );
    seen[side] = [...calls.slice(-1), ...changes.slice(-1)].reduce(
      (last, { sequence }) => Math.max(last, sequence),
      seen[side],
    );
    return {
      calls: calls.map(({ operation }) => `${side} ${operation}`),
      writes: changes.filter(({ actor }) => actor === "api").map(({ action }) => action),
    };
  }

  async function* pages<Page extends { readonly next: string | null }>(side: Side, path: string) {
    let after: string | null = null;
    do {
      const from: string = after === null ? "" : `&after=${after}`;
      const page: Page = await ask<Page>(side, "GET", `${path}?limit=${PER_CALL}${from}`);
      yield page;
      after = page.next;
    } while (after !== null);
  }

  return {
    hubspot,
    klaviyo,
    ask,
    async fill(side, people) {
      const all = [...people];
      for (let start = 0; start < all.length; start += PER_CALL) {
        const some = all.slice(start, start + PER_CALL);
        if (side === "hubspot") {
          const contacts = some.map((who) => contactOf(who, story.hubspotList));
          await ask("hubspot", "POST", "contacts", { contacts });
        } else {
          const profiles = some.map((who) => profileOf(who, story.klaviyoSegment));
          await ask("klaviyo", "POST", "profiles/seed", { profiles });
        }
      }
      await ask("hubspot", "POST", "time", { advance_ms: DAY_MS });
    },
    async retype(side, people) {
      for (const { email, city } of people) {
        if (side === "hubspot")
          await ask("hubspot", "POST", "contacts/edit", { email, properties: { city } });
        else await ask("klaviyo", "PATCH", `profiles/${encodeURIComponent(email)}`, { location: { city } });
      }
    },
    // The two servers share one clock.
    pass: (milliseconds) => ask("hubspot", "POST", "time", { advance_ms: milliseconds }),
    async tally() {
      const sides = await Promise.all(SIDES.map(tallySide));
      return {
        requests: countOf(sides.flatMap(({ calls }) => calls)),
        writes: Object.fromEntries(countOf(sides.flatMap(({ writes }) => writes))),
      };
    },
    async shown() {
      const both = { hubspot: [] as Shown[], klaviyo: [] as Shown[] };
      for await (const { contacts } of pages<DumpPage>("hubspot", "contacts"))
        both.hubspot.push(...contacts.map(shownByHubSpot));
      for await (const { profiles } of pages<ReturnType<typeof dumpPage>>("klaviyo", "profiles"))
        both.klaviyo.push(...profiles.map(shownByKlaviyo));
      return both;
    },
    async close() {
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
    },
  };
}

async function startSandbox(): Promise<{ process: ChildProcess; addresses: Addresses }> {
  const bin = new URL("../../src/cli/bin.js", import.meta.url).pathname;
  const args = [bin, "sandbox", "--hubspot-port", "0", "--klaviyo-port", "0", "--contacts", "0", "--json"];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  let told = "";
  child.stderr.on("data", (chunk) => void (told += String(chunk)));
  for await (const chunk of child.stdout) {
    told += String(chunk);
    if (!told.endsWith("}\n")) continue;
    const addresses = JSON.parse(told) as Partial<Addresses>;
    const { hubspot, klaviyo, story } = addresses;
    if (hubspot && klaviyo && story) return { process: child, addresses: { hubspot, klaviyo, story } };
  }
  throw new Error(`The rehearsal servers did not start: ${told}`);
}

async function request<T>(url: string, method: string, body: unknown): Promise<T> {
  const sent =
    body === undefined
      ? { method }
      : { method, body: JSON.stringify(body), headers: { "content-type": "application/json" } };
  const response = await fetch(url, sent);
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${url} was answered with ${response.status}: ${text}`);
  return (text === "" ? undefined : JSON.parse(text)) as T;
}

function countOf(names: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
