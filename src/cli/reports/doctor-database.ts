import { longestGapMs } from "../../mapping/schedule.ts";
import type { Mapping } from "../../model/mapping.ts";
import { counted } from "../../model/count-words.ts";
import { fromNow, span } from "../../words/time-words.ts";
import type { DatabaseFacts } from "../../store/database/database-facts.ts";
import { databaseFacts } from "../../store/database/database-facts.ts";
import { openDatabase } from "../../store/database/database.ts";
import type { LastRun } from "../../store/runs/last-runs.ts";
import { lastRuns } from "../../store/runs/last-runs.ts";
import type { App } from "../app.ts";
import type { Finding } from "./doctor-finding.ts";
import { failure, ok, warning } from "./doctor-finding.ts";
import { withServer } from "../engine.ts";
import { CommandFailure, EXIT } from "../exit-code.ts";

/** PostgreSQL versions that Tandem's tests know. */
const OLDEST = 15;
const NEWEST = 18;

/** As much a clock may be off before times that are compared mislead somebody. */
const SKEW_TOLERATED_MS = 60_000;

/** How the database is, and what the daemon last did by what it wrote there. Changes nothing in it. */
export async function askDatabase(app: App, mapping: Mapping | null): Promise<readonly Finding[]> {
  try {
    return await withServer(app, async (url) => {
      const facts = await databaseFacts(url, app.now);
      const found = databaseFindings(facts);
      if (mapping === null || facts.pending.length > 0) return found;
      const database = openDatabase(url);
      try {
        return [...found, ...runFindings(await lastRuns(database, mapping.name), mapping, app.now())];
      } finally {
        await database.$disconnect();
      }
    });
  } catch (cause) {
    const fix = "See that PostgreSQL runs, and that DATABASE_URL names it and its user.";
    if (cause instanceof CommandFailure) {
      const [says = "", ...more] = cause.message.split("\n  fix: ");
      return [failure("database", EXIT.unavailable, says, ...more)];
    }
    // Only the code: what a driver says may hold the address with its password.
    const code = cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : "";
    return [failure("database", EXIT.unavailable, `The database does not answer${code}`, fix)];
  }
}

export function databaseFindings(facts: DatabaseFacts): readonly Finding[] {
  const { version, major, bytes, skewMs, applied, pending, newer, halfWay } = facts;
  const says = `PostgreSQL ${version}, ${size(bytes)}, ${counted(applied, "migration")} applied`;
  const found: Finding[] = [];
  if (major < OLDEST) {
    const fix = `Use PostgreSQL ${OLDEST} to ${NEWEST}, or leave DATABASE_URL out for Tandem's own.`;
    found.push(failure("database", EXIT.unavailable, `${says}: too old`, fix));
  } else if (major > NEWEST) {
    found.push(warning("database", `${says}: newer than any that Tandem was tried with (${NEWEST})`));
  } else found.push(ok("database", says));
  if (halfWay !== null) {
    const fix = "Check what it did, then mark it with `prisma migrate resolve`.";
    found.push(failure("database.migrations", EXIT.unavailable, `Migration ${halfWay} failed half way`, fix));
  } else if (newer.length > 0) {
    const fix = "Use the version of Tandem that made it, or another database.";
    const made = `A newer Tandem made this database (${newer.join(", ")})`;
    found.push(failure("database.migrations", EXIT.unavailable, made, fix));
  } else if (pending.length > 0) {
    const waiting = `${counted(pending.length, "migration is", "migrations are")} not applied yet`;
    found.push(warning("database.migrations", waiting, "Any command but `doctor` applies them."));
  }
  const skew = skewFinding("database.clock", "The database's clock", skewMs);
  return skew === null ? found : [...found, skew];
}

/** A clock that is off by more than anybody should trust; `null` where it is not. */
export function skewFinding(what: string, whose: string, skewMs: number): Finding | null {
  if (Math.abs(skewMs) <= SKEW_TOLERATED_MS) return null;
  const way = skewMs > 0 ? "ahead of" : "behind";
  const says = `${whose} is ${span(Math.abs(skewMs))} ${way} this machine's`;
  return warning(what, says, "Set this machine's clock by NTP (`timedatectl set-ntp true`).");
}

const LANES: Readonly<Record<string, string>> = {
  contacts: "contacts",
  consent: "refusals",
  engagement: "engagement",
};

/** So many times its schedule may a lane be late before somebody should look. */
const LATE = 3;

/** When each lane last ran. The lane of refusals makes no run where nobody refused, so its age says nothing. */
export function runFindings(runs: readonly LastRun[], mapping: Mapping, now: Date): readonly Finding[] {
  const contacts = runs.find(({ kind }) => kind === "contacts");
  if (contacts === undefined) {
    return [
      warning(
        "daemon",
        "Nothing has synced yet",
        "`tandem plan` shows the changes, `tandem start` starts syncing.",
      ),
    ];
  }
  const told = runs.filter(({ kind }) => Object.hasOwn(LANES, kind));
  const ages = told.map(
    (one) => `${LANES[one.kind] ?? one.kind} ${fromNow(one.finishedAt, now)} (${words(one)})`,
  );
  const says = `Last runs: ${ages.join(", ")}`;
  const late = now.getTime() - contacts.finishedAt.getTime() > LATE * longestGapMs(mapping.schedule.contacts);
  if (late) return [warning("daemon", says, "Is the daemon running? `tandem start` runs it.")];
  const bad = told.find(({ result }) => result === "stopped" || result === "held");
  if (bad === undefined) return [ok("daemon", says)];
  const fix = bad.result === "held" ? "`tandem approve` shows what is held." : "`tandem status` says why.";
  return [warning("daemon", says, fix)];
}

function words({ result }: LastRun): string {
  return result.replaceAll("_", " ");
}

function size(bytes: number): string {
  const megabytes = bytes / 1024 ** 2;
  return megabytes < 1024 ? `${Math.ceil(megabytes)} MB` : `${(megabytes / 1024).toFixed(1)} GB`;
}
