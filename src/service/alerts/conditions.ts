import type { AlertRule } from "../../model/watch/alerting.ts";
import { SEVERITIES } from "../../model/watch/alerting.ts";
import type { ExceededLimit } from "../../model/hold.ts";
import type { Limit } from "../../model/watch/limit.ts";
import type { PerSide, Side } from "../../model/side.ts";
import { SIDES } from "../../model/side.ts";
import * as words from "../../words/alert-words.ts";
import type { Condition } from "./decide-alerts.ts";

/** What alerts are about, read at one moment. Nothing of a contact is in it. */
export interface AlertFacts {
  readonly connection: string;
  /** What keeps the connection from syncing until a person acts; `null` where nothing does. */
  readonly stopped: FactProblem | null;
  readonly overdue: readonly FactProblem[];
  readonly failing: number;
  /** All contacts: what a share of failing ones is a share of. */
  readonly contacts: number;
  readonly causes: readonly { readonly code: string; readonly contacts: number; readonly since: Date }[];
  /** API calls of the last hour. */
  readonly calls: PerSide<CallCount>;
  readonly held: {
    readonly changes: number;
    readonly since: Date;
    readonly exceeded: readonly ExceededLimit[];
  } | null;
  readonly keys: readonly { readonly side: Side; readonly ends: Date }[];
  readonly versions: readonly { readonly side: Side; readonly version: string; readonly ends: Date }[];
}

export interface FactProblem {
  readonly title: string;
  readonly explanation: string;
  readonly fix: readonly string[];
  /** `null`: nobody kept it. */
  readonly since: Date | null;
}

export interface CallCount {
  readonly calls: number;
  readonly failed: number;
}

/** Of fewer calls than this, a share says nothing. */
const FEWEST_CALLS = 20;

/** The conditions that hold now, of the alerts that the mapping asks for. */
export function conditionsOf(
  rules: readonly AlertRule[],
  facts: AlertFacts,
  now: Date,
): readonly Condition[] {
  return rules.flatMap((rule) => {
    const found = FINDERS[rule.type](facts, rule, now);
    if (found === null) return [];
    const since = found.since !== null && found.since < now ? found.since : now;
    return [{ type: rule.type, severity: SEVERITIES[rule.type], ...found, since }];
  });
}

type Found = words.AlertText & { readonly since: Date | null };
type Finder = (facts: AlertFacts, rule: AlertRule, now: Date) => Found | null;

const FINDERS: Readonly<Record<AlertRule["type"], Finder>> = {
  stopped: ({ stopped }) =>
    stopped === null ? null : { ...words.stoppedWords(stopped), since: stopped.since },

  overdue({ overdue }) {
    if (overdue.length === 0) return null;
    return { ...words.overdueWords(overdue), since: earliest(overdue.map(({ since }) => since)) };
  },

  held: ({ held }) => (held === null ? null : { ...words.heldWords(held), since: held.since }),

  failing_above({ failing, contacts, causes }, { above }) {
    if (above === null || !isAbove(failing, contacts, above)) return null;
    return { ...words.failingWords(failing, contacts, causes, above), since: null };
  },

  errors_above({ calls }, { above }) {
    if (above === null) return null;
    const over = SIDES.filter((side) => {
      const { calls: all, failed } = calls[side];
      return all >= FEWEST_CALLS && isAbove(failed, all, above);
    });
    return over.length === 0
      ? null
      : {
          ...words.errorsWords(
            over.map((side) => ({ side, ...calls[side] })),
            above,
          ),
          since: null,
        };
  },

  auth_expiring({ keys }, { beforeMs }, now) {
    const ending = keys.filter(({ ends }) => endsWithin(ends, beforeMs, now));
    return ending.length === 0 ? null : { ...words.keyWords(ending, now), since: null };
  },

  version_sunset({ versions }, { beforeMs }, now) {
    const ending = versions.filter(({ ends }) => endsWithin(ends, beforeMs, now));
    return ending.length === 0 ? null : { ...words.versionWords(ending, now), since: null };
  },
};

function isAbove(count: number, all: number, above: Limit): boolean {
  return "count" in above ? count > above.count : count > all * above.share;
}

function endsWithin(ends: Date, beforeMs: number | null, now: Date): boolean {
  return beforeMs !== null && ends.getTime() - now.getTime() <= beforeMs;
}

function earliest(times: readonly (Date | null)[]): Date | null {
  return times.reduce((one, other) => (one === null || (other !== null && other < one) ? other : one), null);
}
