import { SIDES } from "../../model/side.ts";
import type { SettingsView } from "./settings-view.ts";

/**
 * What somebody needs who helps, and nothing of anybody: numbers, codes, versions and times. Names of accounts, people,
 * lists and rules are left out, and so are the words of problems, which may quote a value.
 */
export function diagnosticsOf(view: SettingsView): object {
  const { frame, used, notes, freshness, linked, lastRun, server, version, node, nextRuns } = view;
  const { overview, health, now } = frame;
  const mapping = used?.mapping ?? null;
  return {
    at: now,
    versions: { tandem: version, node, postgres: server.version },
    database: { bytes: server.bytes, migrations: server.migrations, last: server.lastMigration },
    health: health.word,
    contacts: { ...overview.counters, total: overview.total, linked },
    causes: overview.causes.map(({ code, contacts }) => ({ code, contacts })),
    problems: overview.connectionProblems.map(({ code, level, side, firstSeen }) => ({
      code,
      level,
      side,
      firstSeen,
    })),
    freshness,
    oldestWaiting: overview.oldestWaiting,
    paused: overview.pause !== null,
    runs: overview.runs.map(({ id, kind, result, startedAt, finishedAt, counts }) => ({
      id,
      kind,
      result,
      startedAt,
      finishedAt,
      counts,
    })),
    lastRun: lastRun?.id ?? null,
    mapping:
      mapping === null
        ? null
        : {
            version: used?.version,
            hash: mapping.hash.slice(0, 12),
            fields: mapping.fields.length,
            rules: mapping.rules.length,
            engagement: mapping.engagement?.recordAs ?? null,
            hubspot: mapping.hubspot.apiVersion,
            klaviyo: mapping.klaviyo.revision,
          },
    lanes: nextRuns.map(({ name, schedule, at }) => ({ name, schedule, at })),
    sides: Object.fromEntries(
      SIDES.map((side) => {
        const note = notes[side];
        if (note === null) return [side, null];
        const { missingScopes, maySubscribe, quotas, requests, skewMs, toldAt } = note;
        const calls = view.health[side];
        return [side, { missingScopes, maySubscribe, quotas, requests, skewMs, toldAt, calls }];
      }),
    ),
  };
}
