import pkg from "../../../package.json" with { type: "json" };
import { eachAuditEntry, readAudit } from "../../store/chains/audit.ts";
import { readChannels } from "../../store/alerts/alert-channels.ts";
import { recentAlerts } from "../../store/alerts/alerts.ts";
import { readFreshness } from "../../store/pages/freshness.ts";
import { countLinks } from "../../store/links/links.ts";
import { readServerFacts } from "../../store/database/server-facts.ts";
import { readSideHealth } from "../../store/runs/side-health.ts";
import { readSideNotes } from "../../store/runs/side-notes.ts";
import { listSessions } from "../../store/pages/web-sessions.ts";
import { OPEN } from "../frame/access/access.ts";
import { mappingInUse } from "../mapping/mapping-in-use.ts";
import type { PageDeps } from "../frame/page-deps.ts";
import type { StatusPage } from "../frame/layout/page.ts";
import { auditCsv } from "./audit-csv.ts";
import { SESSION_LIMITS } from "../frame/access/sessions.ts";
import { diagnosticsOf } from "./diagnostics.ts";
import { scopeNeeds } from "./scope-needs.ts";
import { settingsPage } from "./settings-page.ts";
const ACTIONS_SHOWN = 20;
const ALERTS_SHOWN = 10;

/** What Tandem is connected to and who may use it; changes nothing. */
export function settingsRoutes({ act, now, access = OPEN, nextRuns }: PageDeps): readonly StatusPage[] {
  const { store } = act;
  return [
    {
      address: "/settings/audit.csv",
      place: "/settings",
      answer: ({ frame }) =>
        Promise.resolve({
          kind: "table",
          name: `audit-${frame.now.toISOString().slice(0, 10)}.csv`,
          lines: auditCsv(eachAuditEntry(store)),
        }),
    },
    {
      address: "/settings",
      place: "/settings",
      async answer({ frame, visitor }) {
        const [used, notes, freshness, linked, server, audit, sessions, alerts, channels, health] =
          await Promise.all([
            mappingInUse(store),
            readSideNotes(store),
            readFreshness(store),
            countLinks(store, "live"),
            readServerFacts(store.statements),
            visitor.role === "admin" ? readAudit(store, ACTIONS_SHOWN) : [],
            listSessions(
              store.statements,
              visitor.role === "admin" ? null : visitor.name,
              SESSION_LIMITS,
              now(),
            ),
            recentAlerts(store, ALERTS_SHOWN),
            readChannels(store),
            readSideHealth(store),
          ]);
        const { runs } = frame.overview;
        const lastRun = runs.find(({ kind, result }) => kind === "contacts" && result !== "running") ?? null;
        const view = {
          frame,
          used,
          notes,
          nextRuns: nextRuns?.() ?? [],
          freshness,
          linked,
          lastRun,
          access,
          server,
          audit,
          sessions,
          alerts,
          channels,
          health,
          version: pkg.version,
          node: process.versions.node,
        };
        const scopes = used === null || used.mapping === null ? [] : scopeNeeds(used.mapping, notes);
        return {
          kind: "page",
          title: "Settings",
          content: settingsPage(view),
          document: {
            connection: frame.overview.name,
            accounts: frame.overview.accounts,
            scopes,
            ...diagnosticsOf(view),
          },
        };
      },
    },
  ];
}
