import type { Plant } from "./plant.ts";

/** Bugs that survived every test that should have noticed them when they were first planted. */
export const ONCE_SURVIVED: readonly Plant[] = [
  {
    name: "moved-field-sent",
    bug: "a field that moved since the plan is not left out by the reading before the write",
    changes: [
      {
        file: "src/write/unmoved-fields.ts",
        text: "return value !== undefined && sameValue(value, planned.pre[field] ?? null);",
        planted: "return value !== undefined;",
      },
    ],
    noticedBy: {
      file: "test/write/write-gate.test.ts",
      test: "is not sent over an edit that was made meanwhile",
    },
  },
  {
    name: "lease-not-checked",
    bug: "the lease is not looked at in the database before a request goes",
    changes: [
      {
        file: "src/write/lease-gate.ts",
        text: "if (last !== undefined && ageMs(last, held) <= CHECK_AGAIN_MS) return;",
        planted: "if (checked.set(held.lease, markNow(held)) !== undefined) return;",
      },
    ],
    noticedBy: {
      file: "test/write/write-gate.test.ts",
      test: "is not sent by a process that has lost its lease meanwhile",
    },
  },
  {
    name: "unanswered-not-left-open",
    bug: "a write whose answer never came is closed as not sent",
    changes: [
      { file: "src/write/write-page.ts", text: "  unknown: null,", planted: '  unknown: "not_sent",' },
    ],
    noticedBy: {
      file: "test/write/write-gate.test.ts",
      test: "stays open until it was looked for, and is not sent again before",
    },
  },
  {
    name: "one-absence-enough",
    bug: "who is missing once from a Klaviyo segment has left it",
    changes: [
      { file: "src/lanes/contacts/apply-removals.ts", text: "klaviyo: 2 };", planted: "klaviyo: 1 };" },
    ],
    noticedBy: {
      file: "test/engine/seen-and-stored.test.ts",
      test: "one roster of a Klaviyo segment without a member proves nothing",
    },
  },
  {
    name: "deletion-guard-off",
    bug: "however many are gone at once count as deleted",
    changes: [
      {
        file: "src/lanes/contacts/confirm-deletions.ts",
        text: "const isHeld = surprising.length > allowed;",
        planted: "const isHeld = surprising.length > allowed && linked < allowed;",
      },
    ],
    noticedBy: {
      file: "test/engine/holds.test.ts",
      test: "twenty deleted at once wait",
    },
  },
  {
    name: "cursor-outside-its-page",
    bug: "a cursor is saved in a transaction before the one that stores its page",
    changes: [
      {
        file: "src/pull/pull-side.ts",
        text: "        await storeContacts(context, side, stream, page, full);",
        planted: `        const onlyCursor = { ...page, contacts: [], unreadable: [], members: new Map<string, string[]>() };
        await storeContacts(context, side, stream, onlyCursor, full);
        await storeContacts(context, side, stream, page, full);`,
      },
    ],
    noticedBy: {
      file: "test/engine/seen-and-stored.test.ts",
      test: "a page that could not be stored leaves its cursor where it was",
    },
  },
  {
    name: "lost-create-not-looked-for",
    bug: "a create that was never answered is planned again without asking for its email address",
    changes: [
      {
        file: "src/write/recover.ts",
        text: 'entries.filter(({ kind }) => kind === "create").map(({ linkId }) => linkId)',
        planted: 'entries.filter(({ kind }) => kind === "opt_out").map(({ linkId }) => linkId)',
      },
    ],
    noticedBy: {
      file: "test/write/write-gate.test.ts",
      test: "of a create: the address is asked for again before anything is made there",
    },
  },
  {
    name: "opt-outs-passed-before-carrying",
    bug: "how far it was looked for opt-outs is noted before they are carried",
    changes: [
      {
        file: "src/lanes/consent-lane.ts",
        text: `  const carried = await carryOptOuts(context, changed, mapping.limits);
  await markRead();`,
        planted: `  await markRead();
  const carried = await carryOptOuts(context, changed, mapping.limits);`,
      },
    ],
    noticedBy: {
      file: "test/consent/lost-opt-outs.test.ts",
      test: "by a system that was out for longer than its changes are looked at again",
    },
  },
  {
    name: "rejected-value-sent-again",
    bug: "a value that a side rejected is sent again in each run",
    changes: [
      {
        file: "src/plan/refused.ts",
        text: "if (rejected === undefined || !sameValue(rejected.value, value)) return true;",
        planted: "if (rejected === undefined || rejected.value !== undefined) return true;",
      },
    ],
    noticedBy: {
      file: "test/plan/refused.test.ts",
      test: "is not sent again while it is the same",
    },
  },
];
