import { readFacets } from "../../../src/store/pages/cause-trends.ts";
import {
  ALL_FAILING,
  countSelected,
  eachFailing,
  readContacts,
  readFailing,
} from "../../../src/store/pages/failing-contacts.ts";
import { failingSince } from "../../../src/store/pages/failing-since.ts";
import { readFreshness } from "../../../src/store/pages/freshness.ts";
import { endIgnores, ignoreLinks, resumeLinks } from "../../../src/store/pages/ignored.ts";
import { readOverview } from "../../../src/store/pages/overview.ts";
import { previewRetry, retryLinks, retryProgress } from "../../../src/store/pages/retries.ts";
import {
  beginSession,
  endSession,
  endSessions,
  forgetSessions,
  listSessions,
  readSession,
  touchSession,
} from "../../../src/store/pages/web-sessions.ts";
import type { Entries } from "./entry.ts";
import { reads, writes } from "./entry.ts";
import { NOW, ago } from "./known.ts";
import { RULE } from "./samples.ts";

const LIMITS = { idleMs: 3_600_000, wholeMs: 12 * 3_600_000 };
const SIGNED_IN = "a".repeat(64);
const FAILING = { kind: "matching", query: ALL_FAILING } as const;
const IGNORED = { kind: "matching", query: { ...ALL_FAILING, state: "ignored" } } as const;
const TERMS = { by: "Kay", reason: "A test person", ends: "changed", until: null } as const;
/** All that can be asked for at once. */
const NARROW = {
  ...ALL_FAILING,
  search: "fay",
  cause: "KL-400",
  side: "klaviyo",
  field: "phone",
  rule: { ...RULE, collections: ["32"] },
  within: "day",
} as const;

export const PAGES: Entries = {
  readFacets: reads((store) => readFacets(store, NOW)),
  countSelected: reads((store) => countSelected(store, FAILING, NOW)),
  eachFailing: reads((store) => Array.fromAsync(eachFailing(store, NARROW, NOW))),
  readContacts: reads((store, { links }) => readContacts(store, Object.values(links))),
  readFailing: reads((store) => readFailing(store, { ...ALL_FAILING, state: "ignored" }, NOW)),
  failingSince: reads((store) => failingSince(store, ago(9))),
  readFreshness: reads((store) => readFreshness(store)),
  endIgnores: writes((store) => endIgnores(store, NOW)),
  ignoreLinks: writes((store) => ignoreLinks(store, FAILING, TERMS, NOW)),
  resumeLinks: writes((store) => resumeLinks(store, IGNORED, NOW)),
  readOverview: reads((store) => readOverview(store)),
  previewRetry: reads((store) => previewRetry(store, FAILING, NOW)),
  retryLinks: writes((store) => retryLinks(store, FAILING, NOW)),
  retryProgress: reads((store) => retryProgress(store, ago(90))),
  beginSession: writes(({ statements }) =>
    beginSession(statements, "d".repeat(64), { who: "Kay", role: "viewer", way: "oidc", proof: "p" }, NOW),
  ),
  endSession: writes(({ statements }) => endSession(statements, SIGNED_IN, NOW)),
  endSessions: writes(({ statements }) => endSessions(statements, { id: null, who: "Kay" }, NOW)),
  forgetSessions: writes(({ statements }) => forgetSessions(statements, ago(5_000))),
  listSessions: reads(({ statements }) => listSessions(statements, null, LIMITS, NOW)),
  readSession: reads(({ statements }) => readSession(statements, SIGNED_IN, LIMITS, NOW)),
  touchSession: writes(({ statements }) => touchSession(statements, SIGNED_IN, LIMITS, NOW)),
};
