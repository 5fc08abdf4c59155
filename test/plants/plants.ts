import { ONCE_SURVIVED } from "./once-survived.ts";
import type { Plant } from "./plant.ts";

/** Bugs that `npm run plants` plants, one after another: each has to be noticed. */
export const PLANTS: readonly Plant[] = [
  ...ONCE_SURVIVED,
  {
    name: "opt-out-lost-by-rename",
    bug: "an opt-out under an email address that its person has left is not carried",
    changes: [
      {
        file: "src/plan/plan-consent.ts",
        text: '!carriedTo.includes(side) && (from === "klaviyo" || rules.hubspotOptOut === "unsubscribe"),',
        planted: 'carriedTo.includes(side) && (from === "klaviyo" || rules.hubspotOptOut === "unsubscribe"),',
      },
    ],
    noticedBy: {
      file: "test/consent/opt-out-and-rename.test.ts",
      test: "an opt-out under the address that Tandem itself is about to change reaches its person",
    },
  },
  {
    name: "stale-reading-after-suspension",
    bug: "a reading is as old as the slower of two clocks says, which stood still with the machine or was set back",
    changes: [
      {
        file: "src/write/age.ts",
        text: "return Math.max(monotonic - mark.monotonic, wall - mark.wall);",
        planted: "return Math.min(monotonic - mark.monotonic, wall - mark.wall);",
      },
    ],
    noticedBy: {
      file: "test/write/write-gate.test.ts",
      test: "is measured by the clock that says more",
    },
  },
  {
    name: "job-forgotten",
    bug: "nobody asks for an import job of an earlier run, and newer values overtake it",
    changes: [
      {
        file: "src/write/follow-jobs.ts",
        text: 'if (job !== null) return (await jobs.state(job, signal)) === "running";',
        planted: "if (job !== null) return false;",
      },
    ],
    noticedBy: {
      file: "test/write/follow-jobs.test.ts",
      test: "a job that has not ended is waited for by later runs",
    },
  },
  {
    name: "create-sent-again",
    bug: "HubSpot is asked again to create somebody though the first answer was only lost",
    changes: [
      {
        file: "src/connectors/hubspot/wire/calls.ts",
        text: "if (!isPassing(failure) || (writing && mayBeDone(failure))) return { retry: false };",
        planted: "if (!isPassing(failure)) return { retry: false };",
      },
    ],
    noticedBy: {
      file: "test/connectors/hubspot/faults.test.ts",
      test: "is sent once, and nobody knows",
    },
  },
  {
    name: "asked-twice",
    bug: "somebody whom another process has just asked to subscribe is asked once more",
    changes: [
      {
        file: "src/consent/subscribe-gate.ts",
        text: "else if (!candidate.asked) candidate.clearance = null;",
        planted: "else if (!candidate.asked) candidate.asked = true;",
      },
    ],
    noticedBy: {
      file: "test/consent/subscribe-trouble.test.ts",
      test: "nobody is asked for whom the ledger has as asked for since they were planned",
    },
  },
  {
    name: "lease-without-progress",
    bug: "a run that hangs keeps its lease",
    changes: [
      {
        file: "src/lanes/connection-lease.ts",
        text: "if (lease === null || beating || dog.idleMs() >= times.stuckMs) return;",
        planted: "if (lease === null || beating) return;",
      },
    ],
    noticedBy: { file: "test/engine/lease.test.ts", test: "a lease is not prolonged without progress" },
  },
  {
    name: "base-kept-after-parting",
    bug: "a link keeps what it had agreed on with a contact that it has lost to another link",
    changes: [
      {
        file: "src/store/links/pair-by-address.ts",
        text: "${sought} = NULL, base = '{}', refused = '{}',",
        planted: "${sought} = NULL, refused = '{}',",
      },
    ],
    noticedBy: {
      file: "test/engine/address-passed-on.test.ts",
      test: "a contact that loses its profile to somebody with that address is linked to the one that has its own",
    },
  },
  {
    name: "base-dropped-by-merge",
    bug: "of two merged people, the pair that is left has forgotten what it had agreed on",
    changes: [
      {
        file: "src/store/links/merged.ts",
        text: "base: own === survivor ? id : null,",
        planted: "base: own === survivor && id < 0n ? id : null,",
      },
    ],
    noticedBy: {
      file: "test/engine/agreed-before.test.ts",
      test: "into another one leaves that one what it had agreed on with its profile",
    },
  },
  {
    name: "list-replaced-silently",
    bug: "a name that stands for another list by now is followed without asking anybody",
    changes: [
      {
        file: "src/mapping/accounts/resolve-scope.ts",
        text: "change !== null && accepts(change) ? change.to : null;",
        planted: "change !== null && (accepts(change) || change.from !== change.to) ? change.to : null;",
      },
    ],
    noticedBy: {
      file: "test/engine/list-names.test.ts",
      test: "another, empty list takes the name of a renamed one",
    },
  },
  {
    name: "gone-list-empty",
    bug: "a Klaviyo list that answers 404 is taken for one that everybody has left",
    changes: [
      {
        file: "src/connectors/klaviyo/pull/pull.ts",
        text: 'yield { kind: "collection_gone", collection: id, problem, cursor: at(null) };',
        planted:
          'yield { kind: "roster", collection: id, scan: problem.title, ids: [], last: true, cursor: at(null) };',
      },
    ],
    noticedBy: {
      file: "test/connectors/klaviyo/pull.test.ts",
      test: "reads a list that was gone and is back as a new one, and takes nobody for gone",
    },
  },
  {
    name: "changes-passed-unread",
    bug: "the cursor of Klaviyo's first page of changes says that all of them were read",
    changes: [
      {
        file: "src/connectors/klaviyo/pull/pull.ts",
        text: "      updated: before.updated,",
        planted: "      updated: started ?? before.updated,",
      },
    ],
    noticedBy: {
      file: "test/connectors/klaviyo/pull.test.ts",
      test: "reads all changes again where Klaviyo no longer takes the saved place among them",
    },
  },
  {
    name: "night-skipped-by-summer-time",
    bug: "a time of the schedule that does not exist on one night is no run",
    changes: [
      {
        file: "src/service/due.ts",
        text: "const last = calculator(times.cron, timezone).previousRuns(1, new Date(now.getTime() + 1))[0];",
        planted: `const hour = new Intl.DateTimeFormat("en", { timeZone: timezone, hour: "numeric", hourCycle: "h23" });
  const last = calculator(times.cron, timezone)
    .previousRuns(2, new Date(now.getTime() + 1))
    .find((run) => ["*", String(Number(hour.format(run)))].includes(times.cron.split(" ")[1] ?? "*"));`,
      },
    ],
    noticedBy: {
      file: "test/engine/scheduler.test.ts",
      test: "a time that does not exist is the next one that does",
    },
  },
  {
    name: "note-not-looked-for",
    bug: "a note is made without looking whether HubSpot has it, as after a restored database",
    changes: [
      {
        file: "src/feeds/engagement/find-shown.ts",
        text: "if (sink.find === null || open.length === 0) return groups;",
        planted: "if (sink.find === null || open.length >= 0) return groups;",
      },
    ],
    noticedBy: {
      file: "test/engagement/lost-database.test.ts",
      test: "60 entries stand once after the database was lost",
    },
  },
  {
    name: "hung-run-not-told",
    bug: "a process in which a run hangs for good says that it is alive",
    changes: [
      {
        file: "src/service/daemon-health.ts",
        text: 'return stuck.length === 0 ? null : stuck.join("; ");',
        planted: 'return stuck.length >= 0 ? null : stuck.join("; ");',
      },
    ],
    noticedBy: {
      file: "test/engine/daemon-health.test.ts",
      test: "a process is alive until a run has hung for five minutes",
    },
  },
  {
    name: "tries-without-end",
    bug: "a value that is rejected again and again is tried for ever",
    changes: [
      {
        file: "src/write/outcome.ts",
        text: "if (attempts >= retry.attempts) return null;",
        planted: "if (attempts < 0) return null;",
      },
    ],
    noticedBy: {
      file: "test/engine/rejected-values.test.ts",
      test: "a rejected value is tried again after twice as long each time, until its tries are over",
    },
  },
  {
    name: "unanswered-asked-after-at-once",
    bug: "a write that was not answered a second ago is looked for already, and what is not seen yet counts as not done",
    changes: [
      {
        file: "src/write/recover.ts",
        text: "const VISIBLE_AFTER_MS = 10_000;",
        planted: "const VISIBLE_AFTER_MS = 0;",
      },
    ],
    noticedBy: {
      file: "test/write/write-gate.test.ts",
      test: "of some seconds ago is not looked for yet",
    },
  },
  {
    name: "refused-without-end",
    bug: "a run in which everything is refused sends one page after another",
    changes: [
      {
        file: "src/lanes/contacts/run-contacts.ts",
        text: "if (counts.refused > mostErrors) break;",
        planted: "if (counts.refused > mostErrors && done < 0) break;",
      },
    ],
    noticedBy: {
      file: "test/engine/holds.test.ts",
      test: "a run in which too many are refused sends no further page",
    },
  },
];
